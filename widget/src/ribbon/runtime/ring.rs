//! Ringing: a tone, the window's title and a notification. A call that rings during another one has
//! a quieter call waiting tone and does not change the title.
//!
//! Each of them stops when it is dropped, and leaves the page as it was.

mod tone;

use super::Ribbon;
use crate::ribbon::hidden_number::visible_part;
use crate::ribbon::host::TitleBlink;
use crate::ribbon::json;
use crate::ribbon::model::{Look, Model};
use crate::ribbon::platform::{Listener, call_method, page_property};
use crate::ribbon::step::Msg;
use js_sys::{Array, Function, Object, Promise, Reflect};
use tone::Tone;
use wasm_bindgen::{JsCast, JsValue};

/// How a call rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct RingStyle {
    /// Whether the agent is in another call.
    waiting: bool,
    /// Whether this tab makes a sound: of several tabs, one rings and notifies, and all can answer.
    heard: bool,
}

/// A ringing call; stops when dropped.
pub(super) struct Ringing {
    how: RingStyle,
    _tone: Option<Tone>,
    _title: Option<TitleBlink>,
    _notice: Option<Notice>,
}

/// Returns how a call rings, if one does.
fn ring_style(model: &Model) -> Option<RingStyle> {
    let waiting = model.bar_look() != Look::Incoming;
    (!waiting || model.waiting_call().is_some())
        .then_some(RingStyle { waiting, heard: model.owns_stream })
}

impl Ribbon {
    /// Rings while an inbound call rings, and only then.
    pub(super) fn update_ringing(&self) {
        let rings = self.read(ring_style).flatten();
        if rings == self.ringing.borrow().as_ref().map(|ringing| ringing.how) {
            return;
        }
        // Stopping may call the page's own code; nothing is borrowed meanwhile.
        let before = self.ringing.replace(None);
        drop(before);
        if let Some(how) = rings {
            let ringing = self.start_ringing(how);
            self.ringing.replace(Some(ringing));
        }
    }

    #[inline(never)]
    fn start_ringing(&self, how: RingStyle) -> Ringing {
        let told = self.read(|model| {
            let words = model.words;
            let line = if how.waiting { model.waiting_call() } else { model.line.as_ref() };
            let (who, phone) = line
                .map(|line| (line.caller_text(words), visible_part(&line.phone).to_owned()))
                .unwrap_or_default();
            (words.fill("ring.title", who), phone, words.tag, words.say("dir"))
        });
        let (title, phone, tag, dir) = told.unwrap_or_default();
        Ringing {
            how,
            _tone: how.heard.then(|| Tone::start(how.waiting)),
            _notice: if how.heard { Notice::show(&title, &phone, tag, dir) } else { None },
            _title: if how.waiting { None } else { self.blink_title(&title) },
        }
    }

    fn blink_title(&self, title: &str) -> Option<TitleBlink> {
        self.host.borrow().as_ref().map(|host| host.blink_title(title))
    }

    /// Asks the browser for permission to show notifications; only possible after a click.
    pub(in crate::ribbon) fn ask_to_notify(&self) {
        let asked =
            page_property("Notification").and_then(|n| call_method(&n, "requestPermission", &[]));
        let Ok(Ok(asked)) = asked.map(JsValue::dyn_into::<Promise>) else { return };
        let me = self.me.clone();
        wasm_bindgen_futures::spawn_local(async move {
            // A refusal is an answer as well: the button disappears.
            let _ = wasm_bindgen_futures::JsFuture::from(asked).await;
            if let Some(ribbon) = me.upgrade() {
                ribbon.dispatch(Msg::MayAsk(may_ask()));
            }
        });
    }
}

/// Returns whether the browser would ask the agent about notifications.
pub(super) fn may_ask() -> bool {
    notify_permission().as_deref() == Some("default")
}

fn notify_permission() -> Option<String> {
    Reflect::get(&page_property("Notification").ok()?, &"permission".into()).ok()?.as_string()
}

fn construct_object(class: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let class: Function = page_property(class).ok()?.dyn_into().ok()?;
    let list = Array::new();
    for argument in arguments {
        list.push(argument);
    }
    Reflect::construct(&class, &list).ok()
}

/// A desktop notification, shown if the agent has allowed it and is not looking at the page.
struct Notice {
    notice: JsValue,
    _click: Listener,
}

impl Notice {
    fn show(title: &str, body: &str, tag: &str, dir: &str) -> Option<Self> {
        let document = web_sys::window()?.document()?;
        let looking = document.has_focus().unwrap_or(true);
        if looking || notify_permission().as_deref() != Some("granted") {
            return None;
        }
        let how = Object::new();
        for (name, value) in [("body", body), ("lang", tag), ("dir", dir), ("tag", "call-ribbon")] {
            json::set(&how, name, &value.into());
        }
        json::set(&how, "requireInteraction", &true.into());
        let notice = construct_object("Notification", &[title.into(), how.into()])?;
        let click = Listener::on(notice.unchecked_ref(), "click", |event| {
            if let (Some(window), Some(notice)) = (web_sys::window(), event.target()) {
                // A browser may refuse to bring the window to the front.
                let _ = window.focus();
                let _ = call_method(&notice, "close", &[]);
            }
        });
        Some(Self { notice, _click: click })
    }
}

impl Drop for Notice {
    fn drop(&mut self) {
        // The agent may have closed it already.
        let _ = call_method(&self.notice, "close", &[]);
    }
}
