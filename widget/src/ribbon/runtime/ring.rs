//! Ringing: a tone, the window's title, a notification, and two keys for the whole page.
//!
//! Each stops when it is dropped, and leaves the page as it was.

use super::Ribbon;
use crate::ribbon::json;
use crate::ribbon::model::{Look, Model};
use crate::ribbon::platform::{self, Listener, Timer, global, invoke};
use crate::ribbon::step::Msg;
use call_ribbon_shared::call::Action;
use js_sys::{Array, Function, Object, Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, KeyboardEvent};

/// How often it rings, and how often the title changes.
const RING_MS: i32 = 3_000;
const BLINK_MS: i32 = 1_000;

/// A call that rings, until it is dropped.
pub(super) struct Ringing {
    /// Whether it is this tab that makes itself heard.
    heard: bool,
    _tone: Option<Tone>,
    _title: Option<Blink>,
    _notice: Option<Notice>,
    _keys: Option<Listener>,
}

/// Whether a call comes in, and whether this tab is the one that makes itself heard: of several,
/// one rings and notifies, and all of them can answer.
fn rings(model: &Model) -> Option<bool> {
    (model.look() == Look::Incoming).then_some(model.owns_stream)
}

impl Ribbon {
    /// Rings while a call comes in, and only then.
    pub(super) fn keep_ringing(&self) {
        let rings = self.read(rings).flatten();
        if rings == self.ringing.borrow().as_ref().map(|ringing| ringing.heard) {
            return;
        }
        // What stops may call back into the page's own code; nothing is borrowed meanwhile.
        let before = self.ringing.replace(None);
        drop(before);
        if let Some(heard) = rings {
            let ringing = self.ring(heard);
            self.ringing.replace(Some(ringing));
        }
    }

    fn ring(&self, heard: bool) -> Ringing {
        let told = self.read(|model| {
            let words = model.words;
            let name = model.shown_customer().map(|customer| customer.name.clone());
            let phone = model.shown_phone().to_owned();
            let who = name.filter(|name| !name.is_empty()).unwrap_or_else(|| phone.clone());
            (words.fill("ring.title", &who), phone, words.tag, words.say("dir"))
        });
        let (title, phone, tag, dir) = told.unwrap_or_default();
        Ringing {
            heard,
            _tone: heard.then(Tone::start),
            _notice: if heard { Notice::show(&title, &phone, tag, dir) } else { None },
            _title: Blink::start(title),
            _keys: self.keys(),
        }
    }

    /// Alt+Shift+A answers and Alt+Shift+D declines, wherever on the page the keyboard is.
    fn keys(&self) -> Option<Listener> {
        let me = self.me.clone();
        let window = web_sys::window()?;
        Some(Listener::on(&window, "keydown", move |event| {
            let key: &KeyboardEvent = event.unchecked_ref();
            if !key.alt_key() || !key.shift_key() {
                return;
            }
            let action = match key.code().as_str() {
                "KeyA" => Action::Answer,
                "KeyD" => Action::HangUp,
                _ => return,
            };
            event.prevent_default();
            if let Some(ribbon) = me.upgrade() {
                ribbon.tell(Msg::Act { action, reply: None });
            }
        }))
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

/// Two tones, again and again. A page that nobody has touched yet stays silent, as browsers want
/// it, and begins to ring when it is touched.
struct Tone {
    sound: Rc<RefCell<Option<JsValue>>>,
    _timer: Timer,
}

impl Tone {
    fn start() -> Self {
        let sound: Rc<RefCell<Option<JsValue>>> = Rc::default();
        let ring = {
            let sound = sound.clone();
            move || {
                if sound.borrow().is_none() && touched() {
                    sound.replace(make("AudioContext", &[]));
                }
                if let Some(sound) = &*sound.borrow() {
                    for start in [0.0, 0.5] {
                        beep(sound, start);
                    }
                }
            }
        };
        ring();
        Self { sound, _timer: Timer::every(RING_MS, ring) }
    }
}

impl Drop for Tone {
    fn drop(&mut self) {
        if let Some(sound) = self.sound.take() {
            // Closing ends all tones; it fails only where it was closed before.
            let _ = invoke(&sound, "close", &[]);
        }
    }
}

/// Whether the page was touched, so that it may make a sound. Where a browser does not tell, it
/// is tried.
fn touched() -> bool {
    let navigator = global("navigator").unwrap_or_default();
    let activation = json::field(&navigator, "userActivation");
    !activation.is_object() || json::field(&activation, "hasBeenActive").is_truthy()
}

/// One tone of two notes, soft at both ends.
fn beep(sound: &JsValue, start: f64) {
    let at = json::field(sound, "currentTime").as_f64().unwrap_or_default() + start;
    let run = || -> Result<(), JsValue> {
        let volume = invoke(sound, "createGain", &[])?;
        let gain = json::field(&volume, "gain");
        for (value, time) in [(0.0, 0.0), (0.12, 0.04), (0.12, 0.32), (0.0, 0.4)] {
            invoke(&gain, "linearRampToValueAtTime", &[value.into(), (at + time).into()])?;
        }
        invoke(&volume, "connect", &[json::field(sound, "destination")])?;
        for note in [480.0, 620.0] {
            let tone = invoke(sound, "createOscillator", &[])?;
            json::set(json::field(&tone, "frequency").unchecked_ref(), "value", &note.into());
            invoke(&tone, "connect", std::slice::from_ref(&volume))?;
            invoke(&tone, "start", &[at.into()])?;
            invoke(&tone, "stop", &[(at + 0.4).into()])?;
        }
        Ok(())
    };
    if let Err(why) = run() {
        platform::console_error("Call ribbon: the ringtone could not be played", &why);
    }
}

/// The window's title in turn with who is calling. What the page writes meanwhile is kept, and
/// what stood there last is there again afterwards.
struct Blink {
    title: Element,
    ours: String,
    theirs: Rc<RefCell<String>>,
    _timer: Timer,
}

impl Blink {
    /// `None` on a page without a title: none is made for it.
    fn start(ours: String) -> Option<Self> {
        let title = web_sys::window()?.document()?.query_selector("title").ok()??;
        let theirs = Rc::new(RefCell::new(title.text_content().unwrap_or_default()));
        let shown = Cell::new(false);
        let turn = {
            let (title, ours, theirs) = (title.clone(), ours.clone(), theirs.clone());
            move || {
                let now = title.text_content().unwrap_or_default();
                if now != ours {
                    theirs.replace(now);
                }
                let show = !shown.replace(!shown.get());
                let text = if show { ours.clone() } else { theirs.borrow().clone() };
                title.set_text_content(Some(&text));
            }
        };
        turn();
        Some(Self { title, ours, theirs, _timer: Timer::every(BLINK_MS, turn) })
    }
}

impl Drop for Blink {
    fn drop(&mut self) {
        if self.title.text_content().as_deref() == Some(&self.ours) {
            self.title.set_text_content(Some(&self.theirs.borrow()));
        }
    }
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
