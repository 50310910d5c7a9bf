//! Ringing: a tone, the window's title and a notification. A call
//! that rings in beside another one has a tone that one can talk over, and leaves the title alone.
//!
//! Each stops when it is dropped, and leaves the page as it was.

mod tone;

use super::Ribbon;
use crate::ribbon::host::Blink;
use crate::ribbon::json;
use crate::ribbon::model::{Look, Model};
use crate::ribbon::platform::{Listener, global, invoke};
use crate::ribbon::step::Msg;
use js_sys::{Array, Function, Object, Promise, Reflect};
use tone::Tone;
use wasm_bindgen::{JsCast, JsValue};

/// How a call rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct How {
    /// Beside a call that the agent is in.
    waiting: bool,
    /// Whether it is this tab that makes itself heard: of several, one rings and notifies, and
    /// all of them can answer.
    heard: bool,
}

/// A call that rings, until it is dropped.
pub(super) struct Ringing {
    how: How,
    _tone: Option<Tone>,
    _title: Option<Blink>,
    _notice: Option<Notice>,
}

/// Whether a call comes in, and how it rings.
fn rings(model: &Model) -> Option<How> {
    let waiting = model.look() != Look::Incoming;
    (!waiting || model.calling().is_some()).then_some(How { waiting, heard: model.owns_stream })
}

impl Ribbon {
    /// Rings while a call comes in, and only then.
    pub(super) fn keep_ringing(&self) {
        let rings = self.read(rings).flatten();
        if rings == self.ringing.borrow().as_ref().map(|ringing| ringing.how) {
            return;
        }
        // What stops may call back into the page's own code; nothing is borrowed meanwhile.
        let before = self.ringing.replace(None);
        drop(before);
        if let Some(how) = rings {
            let ringing = self.ring(how);
            self.ringing.replace(Some(ringing));
        }
    }

    fn ring(&self, how: How) -> Ringing {
        let told = self.read(|model| {
            let words = model.words;
            let line = if how.waiting { model.calling() } else { model.line.as_ref() };
            let (who, phone) =
                line.map(|line| (line.caller(words), line.phone.clone())).unwrap_or_default();
            (words.fill("ring.title", who), phone, words.tag, words.say("dir"))
        });
        let (title, phone, tag, dir) = told.unwrap_or_default();
        Ringing {
            how,
            _tone: how.heard.then(|| Tone::start(how.waiting)),
            _notice: if how.heard { Notice::show(&title, &phone, tag, dir) } else { None },
            _title: if how.waiting { None } else { self.blink(&title) },
        }
    }

    fn blink(&self, title: &str) -> Option<Blink> {
        self.host.borrow().as_ref().map(|host| host.blink(title))
    }

    /// Asks the browser whether calls may be shown as notifications; from a click only.
    pub(in crate::ribbon) fn ask_to_notify(&self) {
        let asked = global("Notification").and_then(|n| invoke(&n, "requestPermission", &[]));
        let Ok(Ok(asked)) = asked.map(JsValue::dyn_into::<Promise>) else { return };
        let me = self.me.clone();
        wasm_bindgen_futures::spawn_local(async move {
            // A refusal is an answer as well: the button goes.
            let _ = wasm_bindgen_futures::JsFuture::from(asked).await;
            if let Some(ribbon) = me.upgrade() {
                ribbon.tell(Msg::MayAsk(may_ask()));
            }
        });
    }
}

/// Whether the browser would ask the agent about notifications.
pub(super) fn may_ask() -> bool {
    permission().as_deref() == Some("default")
}

fn permission() -> Option<String> {
    Reflect::get(&global("Notification").ok()?, &"permission".into()).ok()?.as_string()
}

fn make(class: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let class: Function = global(class).ok()?.dyn_into().ok()?;
    let list = Array::new();
    for argument in arguments {
        list.push(argument);
    }
    Reflect::construct(&class, &list).ok()
}

/// A desktop notification, where the agent has allowed it and is not looking at the page.
struct Notice {
    notice: JsValue,
    _click: Listener,
}

impl Notice {
    fn show(title: &str, body: &str, tag: &str, dir: &str) -> Option<Self> {
        let document = web_sys::window()?.document()?;
        let looking = document.has_focus().unwrap_or(true);
        if looking || permission().as_deref() != Some("granted") {
            return None;
        }
        let how = Object::new();
        for (name, value) in [("body", body), ("lang", tag), ("dir", dir), ("tag", "call-ribbon")] {
            json::set(&how, name, &value.into());
        }
        json::set(&how, "requireInteraction", &true.into());
        let notice = make("Notification", &[title.into(), how.into()])?;
        let click = Listener::on(notice.unchecked_ref(), "click", |event| {
            if let (Some(window), Some(notice)) = (web_sys::window(), event.target()) {
                // A browser may refuse to bring the window to the front.
                let _ = window.focus();
                let _ = invoke(&notice, "close", &[]);
            }
        });
        Some(Self { notice, _click: click })
    }
}

impl Drop for Notice {
    fn drop(&mut self) {
        // It may have been closed by the agent.
        let _ = invoke(&self.notice, "close", &[]);
    }
}
