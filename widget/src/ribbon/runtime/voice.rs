//! The agent's voice if the audio is in this page: a script of its own (`widget/voice`), which only
//! pages of such clients load. It draws its own part of the bar, and knows Exotel and SIP.

use super::Ribbon;
use crate::ribbon::api;
use crate::ribbon::host::Host;
use crate::ribbon::json;
use crate::ribbon::model::RibbonError;
use crate::ribbon::outbox::Entry;
use crate::ribbon::platform;
use crate::ribbon::step::{ActionFailure, Msg, Reply};
use crate::ribbon::words::load;
use call_ribbon_shared::call::{Action, CallEnd, Fact, FactKind};
use js_sys::{Object, Promise};
use std::cell::{Cell, RefCell};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Returns whether calls of this voice, as `init` names it, are heard in the browser.
pub(super) fn is_in_browser(voice: &str) -> bool {
    voice.ends_with("-browser")
}

#[wasm_bindgen]
extern "C" {
    /// `import()`, which the build adds to the glue.
    #[wasm_bindgen(catch, js_name = callRibbonImport)]
    fn import_script(address: &str) -> Result<Promise, JsValue>;
}

/// Receives the events that the desk has seen.
type OnSeen = Closure<dyn FnMut(JsValue)>;

/// The desk, once it is loaded.
#[derive(Default)]
pub(super) struct Voice {
    desk: RefCell<Option<JsValue>>,
    coming: Cell<bool>,
    /// The answer to this agent's last sign-in; undefined before.
    pub(super) answer: RefCell<JsValue>,
    told: RefCell<Option<OnSeen>>,
    /// The account that carries the agent's calls, if the agent chooses it.
    pub(super) carrier: RefCell<String>,
}

impl Ribbon {
    /// Opens the desk for an agent whose voice is in the browser, or who chooses which of several
    /// accounts carries a call. A desk that is open receives the new sign-in's answer.
    pub(super) fn open_desk(&self, answer: &JsValue) {
        let offers = json::items(&json::field(answer, "providers"));
        let is_default = |offer: &JsValue| json::field(offer, "default").is_truthy();
        let asks = offers.len() > 1 && !offers.iter().any(is_default);
        if !asks && !is_in_browser(&self.token.borrow().voice) {
            self.voice.carrier.take();
            return self.close_desk();
        }
        self.voice.answer.replace(answer.clone());
        if let Some(desk) = &*self.voice.desk.borrow() {
            let _ = platform::call_method(desk, "renew", &[self.desk_arguments(answer)]);
            return;
        }
        let Some(file) = load::file_path("voice").filter(|_| !self.voice.coming.replace(true))
        else {
            return;
        };
        let address = [&self.options.borrow().home, "/", &file].concat();
        let me = self.me.clone();
        spawn_local(async move {
            let script = async { JsFuture::from(import_script(&address)?).await };
            let script = script.await;
            let Some(ribbon) = me.upgrade() else { return };
            ribbon.voice.coming.set(false);
            // The agent may have changed meanwhile, and be signed in or not yet.
            let answer = ribbon.voice.answer.borrow().clone();
            if answer.is_undefined() {
                return;
            }
            let open =
                |script| platform::call_method(&script, "open", &[ribbon.desk_arguments(&answer)]);
            match script.and_then(open) {
                Ok(desk) => {
                    ribbon.voice.desk.replace(Some(desk));
                    ribbon.update_desk();
                }
                Err(why) => platform::console_error(
                    "Call ribbon: what carries the voice could not be loaded, so this page takes no calls.",
                    &why,
                ),
            }
        });
    }

    /// Returns the desk's arguments; `widget/voice/desk.js` describes each.
    fn desk_arguments(&self, answer: &JsValue) -> JsValue {
        let given = Object::new();
        let put = |name: &str, value: &JsValue| json::set(&given, name, value);
        put("token", &json::field(answer, "exotelToken"));
        put("userId", &json::field(answer, "userId"));
        put("voice", &json::field(answer, "voice"));
        put("providers", &json::field(answer, "providers"));
        put("legConnects", &json::field(answer, "legConnects"));
        let link = self.link();
        put("base", &link.base.into());
        put("apiKey", &link.api_key.into());
        put("agentId", &self.current_agent_id().into());
        #[expect(clippy::cast_precision_loss, reason = "no clock is so far off")]
        put("offset", &JsValue::from_f64(self.token.borrow().clock_offset as f64));
        if let Some(host) = &*self.host.borrow() {
            put("place", &host.bar_place());
        }
        let me = self.me.clone();
        let mut told = self.voice.told.borrow_mut();
        let told = told.get_or_insert_with(|| {
            Closure::new(move |seen: JsValue| {
                if let Some(ribbon) = me.upgrade() {
                    ribbon.handle_seen(&seen);
                }
            })
        });
        put("told", told.as_ref());
        given.into()
    }

    /// Shows the desk in a new element.
    pub(in crate::ribbon) fn move_desk(&self) {
        let desk = self.voice.desk.borrow().clone();
        let place = self.host.borrow().as_ref().map(Host::bar_place);
        if let (Some(desk), Some(place)) = (desk, place) {
            let _ = platform::call_method(&desk, "move", &[place]);
        }
        self.update_desk();
    }

    /// Sends the current state to the desk.
    pub(super) fn update_desk(&self) {
        // It may answer immediately, and be closed by that.
        let desk = self.voice.desk.borrow().clone();
        if let Some(desk) = desk {
            let language = self.read(|model| model.words.tag).unwrap_or_default();
            let now = [api::current_state(), self.owns_stream().into(), language.into()];
            let _ = platform::call_method(&desk, "see", &now);
        }
    }

    /// Hangs up and removes the desk.
    pub(super) fn close_desk(&self) {
        if let Some(desk) = self.voice.desk.take() {
            let _ = platform::call_method(&desk, "close", &[]);
        }
    }

    /// Performs an action on the call at the desk; returns false if the server must do it.
    pub(super) fn act_at_desk(
        &self,
        verb: &'static str,
        session_id: &str,
        action: Action,
        reply: Option<Reply>,
    ) -> bool {
        let value = match action {
            Action::Mute(on) | Action::Hold(on) => on.into(),
            Action::Digit(digit) => digit.to_string().into(),
            Action::Answer | Action::HangUp => JsValue::UNDEFINED,
        };
        let desk = self.voice.desk.borrow().clone();
        let doing =
            desk.and_then(|desk| platform::call_method(&desk, "act", &[verb.into(), value]).ok());
        let Some(doing) = doing.and_then(|doing| doing.dyn_into::<Promise>().ok()) else {
            return false;
        };
        let (me, session_id) = (self.me.clone(), session_id.to_owned());
        spawn_local(async move {
            let outcome = JsFuture::from(doing).await;
            let Some(ribbon) = me.upgrade() else { return };
            let Err(why) = outcome else {
                return ribbon.resolve(reply, &JsValue::UNDEFINED);
            };
            let text = |name| json::text(&why, name);
            let trouble = RibbonError::new(
                &text("code").unwrap_or_else(|| "voice_failed".to_owned()),
                text("message").unwrap_or_default(),
            );
            ribbon.reject(reply, &trouble);
            let (why, now) = (ActionFailure::Refused, ribbon.server_now());
            ribbon.dispatch(Msg::ActFailed { session_id, action, trouble, why, now });
        });
        true
    }

    /// Handles an event that only this page has seen: sends it to the server through the outbox,
    /// and applies it to the bar immediately.
    fn handle_seen(&self, seen: &JsValue) {
        let text = |name| json::text(seen, name).unwrap_or_default();
        if text("event") == "carrier" {
            self.voice.carrier.replace(text("value"));
            return;
        }
        let (event_id, call_sid) = (text("id"), text("call"));
        self.store_entry(Entry {
            id: event_id.clone(),
            method: "POST".to_owned(),
            path: "/api/ribbon/log-call".to_owned(),
            body: text("body"),
            call: call_sid.clone(),
        });
        let value = json::field(seen, "value");
        let what = match text("event").as_str() {
            "connected" => FactKind::Connected,
            "mutetoggle" => FactKind::Muted(value.is_truthy()),
            "holdtoggle" => FactKind::Held(value.is_truthy()),
            "dtmf" => match value.as_string().and_then(|digit| digit.chars().next()) {
                Some(digit) => FactKind::Digit(digit),
                None => return,
            },
            "callEnded" | "missed" => {
                FactKind::Ended(CallEnd { reason: value.as_string(), ..CallEnd::default() })
            }
            // The server first creates a call from it.
            _ => return,
        };
        self.dispatch(Msg::Seen { event_id, call_sid, fact: Fact::new(what, self.server_now()) });
    }
}
