//! Keyboard commands, which work anywhere on the page.

use super::Ribbon;
use crate::ribbon::json;
use crate::ribbon::model::{Look, Main, Model};
use crate::ribbon::platform;
use crate::ribbon::step::Msg;
use call_ribbon_shared::call::{Action, Phase};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

#[wasm_bindgen]
extern "C" {
    /// Listens for the commands. Implemented in `loader/keys.js`, which the build adds to the glue.
    #[wasm_bindgen(js_name = callRibbonHear)]
    fn hear(host: &HtmlElement, act: &JsValue, files: &str) -> JsValue;
}

/// Runs the command of this name. Returns whether it was possible.
type Act = Closure<dyn FnMut(String) -> bool>;

/// The listener for the commands; stops when dropped.
pub(super) struct Keys {
    heard: JsValue,
    _act: Act,
}

impl Drop for Keys {
    fn drop(&mut self) {
        let _ = platform::invoke(&self.heard, "stop", &[]);
    }
}

impl Ribbon {
    /// Listens for the commands, with the current keys of the options.
    pub(in crate::ribbon) fn hear_keys(&self) {
        let Some(element) = self.host.borrow().as_ref().map(|host| host.element().clone()) else {
            return;
        };
        // Stop the previous listener first, so that no key is handled twice.
        self.keys.replace(None);
        let me = self.me.clone();
        let act =
            Act::new(move |name: String| me.upgrade().is_some_and(|ribbon| ribbon.command(&name)));
        let options = self.options.borrow();
        let heard = hear(&element, act.as_ref(), &options.home);
        json::set(heard.unchecked_ref(), "keys", &options.keys);
        self.keys.replace(Some(Keys { heard, _act: act }));
    }

    /// Returns the chord of a command; empty if it has none.
    pub(in crate::ribbon) fn chord(&self, name: &str) -> String {
        json::text(&self.options.borrow().keys, name).unwrap_or_default()
    }

    fn command(&self, name: &str) -> bool {
        if name == "call" {
            let calls = |model: &Model| {
                let main = Main::of(model);
                matches!(main, Main::Call | Main::CallBack | Main::CallAgain) && main.can(model)
            };
            let can = self.read(calls) == Some(true);
            if can {
                self.press(false);
            }
            return can;
        }
        let msg = self.read(|model| command(model, name)).flatten();
        let can = msg.is_some();
        if let Some(msg) = msg {
            self.tell(msg);
        }
        can
    }
}

/// Returns the message for a command; `None` if there is nothing to act on.
fn command(model: &Model, name: &str) -> Option<Msg> {
    let rings = model.look() == Look::Incoming;
    let action = match (name, Main::of(model)) {
        ("answer", Main::Answer) => Action::Answer,
        ("decline", _) if !rings => {
            return model.calling().map(|_| Msg::ActOnWaiting(Action::HangUp));
        }
        ("decline", _) | ("hangup", Main::Cancel | Main::HangUp) => Action::HangUp,
        ("mute", _) => {
            let line = model.live().filter(|line| line.phase() == Phase::Connected)?;
            if !line.can("mute") {
                return None;
            }
            Action::Mute(!line.call.is_muted())
        }
        _ => return None,
    };
    Some(Msg::Act { action, reply: None })
}
