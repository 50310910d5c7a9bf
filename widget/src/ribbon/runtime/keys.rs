//! Keyboard commands, which work anywhere on the page.

use super::Ribbon;
use crate::ribbon::json;
use crate::ribbon::model::{Look, MainAction, Model};
use crate::ribbon::platform;
use crate::ribbon::step::{Msg, Press};
use call_ribbon_shared::call::{Action, Phase};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

#[wasm_bindgen]
extern "C" {
    /// Listens for the commands. Implemented in `loader/keys.js`, which the build adds to the glue.
    #[wasm_bindgen(js_name = callRibbonHear)]
    fn listen_for_keys(host: &HtmlElement, act: &JsValue, files: &str) -> JsValue;
}

/// Runs the command of this name. Returns whether it was possible.
type RunCommand = Closure<dyn FnMut(String) -> bool>;

/// The listener for the commands; stops when dropped.
pub(super) struct KeyListener {
    heard: JsValue,
    _act: RunCommand,
}

impl Drop for KeyListener {
    fn drop(&mut self) {
        let _ = platform::call_method(&self.heard, "stop", &[]);
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
        let act = RunCommand::new(move |name: String| {
            me.upgrade().is_some_and(|ribbon| ribbon.run_command(&name))
        });
        let options = self.options.borrow();
        let heard = listen_for_keys(&element, act.as_ref(), &options.home);
        json::set(heard.unchecked_ref(), "keys", &options.keys);
        self.keys.replace(Some(KeyListener { heard, _act: act }));
    }

    /// Returns the chord of a command; empty if it has none.
    pub(in crate::ribbon) fn command_chord(&self, name: &str) -> String {
        json::text(&self.options.borrow().keys, name).unwrap_or_default()
    }

    fn run_command(&self, name: &str) -> bool {
        if name == "call" {
            let calls = |model: &Model| {
                let main = MainAction::for_model(model);
                matches!(main, MainAction::Call | MainAction::CallBack | MainAction::CallAgain)
                    && main.is_possible(model)
            };
            let can = self.read(calls) == Some(true);
            if can {
                self.press_main(false);
            }
            return can;
        }
        let msg = self.read(|model| command_msg(model, name)).flatten();
        let can = msg.is_some();
        if let Some(msg) = msg {
            self.dispatch(msg);
        }
        can
    }
}

/// Returns the message for a command; `None` if there is nothing to act on.
fn command_msg(model: &Model, name: &str) -> Option<Msg> {
    let rings = model.bar_look() == Look::Incoming;
    let action = match (name, MainAction::for_model(model)) {
        ("answer", MainAction::Answer) => Action::Answer,
        ("answer", _) => {
            let waiting = model.waiting_call().map(|_| Press::Waiting(Action::Answer));
            return waiting.map(Msg::Press);
        }
        ("decline", _) if !rings => {
            return model.waiting_call().map(|_| Msg::ActOnWaiting(Action::HangUp));
        }
        ("decline", _) | ("hangup", MainAction::Cancel | MainAction::HangUp) => Action::HangUp,
        ("mute", _) => {
            let line = model.live_call().filter(|line| line.phase() == Phase::Connected)?;
            if !line.has_feature("mute") {
                return None;
            }
            Action::Mute(!line.call.is_muted())
        }
        _ => return None,
    };
    Some(Msg::Act { action, reply: None })
}
