//! State that outlives the page: a reloaded ribbon immediately shows what it showed before.

use super::{Ribbon, voice};
use crate::ribbon::json;
use crate::ribbon::memory::{self, Memory, Scope, tab};
use crate::ribbon::model::Agent;
use crate::ribbon::options::Options;
use crate::ribbon::platform::{self, Listener};
use crate::ribbon::step::{Msg, RecalledState};
use call_ribbon_shared::Millis;
use wasm_bindgen::prelude::*;

/// The names under which a tab stores what it showed, when, and on which page.
const SHOWN: &str = "shown";
const SHOWN_AT: &str = "shown-at";
/// The name under which a browser stores the id of an agent that no page names.
const AGENT: &str = "agent";

/// The tab's stored state, and the server's clock minus the browser's.
type StoredState = Option<(RecalledState, Millis)>;

/// Returns the agent at the start, and the part of the tab's memory to show to that agent.
///
/// A call that the tab showed keeps its agent until it is over, even if the page names another one.
/// Otherwise it is the agent that the page names. If it names none, it is the tab's latest agent,
/// who was named by `setCustomer`, if the page was reloaded or opened from the previous one: after
/// any other page a different person may have signed in. Otherwise it is an id that the browser
/// generates once and stores, so that a second tab has the same agent.
pub(super) fn initial_agent(options: &Options, memory: &Memory) -> (Agent, StoredState) {
    let stamp = memory.get(Scope::Tab, SHOWN_AT).unwrap_or_default();
    let (at, from) = stamp.split_once(' ').unwrap_or_default();
    let age = platform::now() - at.parse::<i64>().unwrap_or_default();
    let text = memory.get(Scope::Tab, SHOWN);
    let mut shown =
        text.and_then(|text| tab::read_state(&text, options.position, age, from == page_address()));
    let before = shown.as_ref().map(|(recalled, _)| recalled);
    let before = before.filter(|before| {
        before.call.as_ref().is_some_and(|call| call.live)
            || options.agent_id.is_none() && before.fresh && comes_from(from)
    });
    let agent = before.map_or_else(
        || Agent {
            id: options.agent_id.clone().unwrap_or_else(|| generated_agent_id(memory)),
            name: options.agent_name.clone(),
        },
        |before| before.agent.clone(),
    );
    if let Some((recalled, _)) = shown.as_mut().filter(|(before, _)| before.agent.id != agent.id) {
        (recalled.customer, recalled.call) = (None, None);
    }
    (agent, shown)
}

/// Returns the id that the browser generated for an agent that no page names.
fn generated_agent_id(memory: &Memory) -> String {
    memory.get(Scope::Browser, AGENT).unwrap_or_else(|| {
        let name = ["agent-", platform::random_uuid().get(..8).unwrap_or_default()].concat();
        memory.put(Scope::Browser, AGENT, &name);
        name
    })
}

#[wasm_bindgen]
extern "C" {
    /// Returns the page's address as another page's referrer; `loader/keys.js`.
    #[wasm_bindgen(js_name = callRibbonAddress)]
    fn page_address() -> String;
    /// Returns whether the page was reloaded, or opened from the page at this address.
    #[wasm_bindgen(js_name = callRibbonComesFrom)]
    fn comes_from(address: &str) -> bool;
}

impl Ribbon {
    /// Shows what this tab showed before the page was loaded.
    pub(super) fn recall_shown(&self, shown: StoredState) {
        if let Some((recalled, clock)) = shown {
            self.token.borrow_mut().clock_offset = clock;
            self.dispatch(Msg::Recall(Box::new(recalled)));
        }
    }

    /// Stores what is shown, if it has changed.
    pub(super) fn remember_shown(&self) {
        let (given, clock) = (self.options.borrow().position, self.token.borrow().clock_offset);
        let text = self.read(|model| {
            let name = model.agent.name.as_deref().map_or("null".to_owned(), json::quote);
            tab::write_state(model, [&json::quote(&model.agent.id), &name], given, clock)
        });
        let Some(text) = text else { return };
        if *self.shown.borrow() != text {
            self.memory.put(Scope::Tab, SHOWN, &text);
            memory::store_in_call(self.read(|model| model.live_call().is_some()).unwrap_or(false));
            self.store_time();
            self.shown.replace(text);
        }
    }

    /// Handles the page being left; it may come back.
    fn store_on_leave(&self) {
        self.store_time();
        self.send_leaving();
    }

    /// Stores the time at which the page still existed.
    fn store_time(&self) {
        let stamp = [&platform::now().to_string(), " ", &page_address()].concat();
        self.memory.put(Scope::Tab, SHOWN_AT, &stamp);
    }

    /// Removes everything stored: the page destroyed the ribbon.
    pub(super) fn forget_shown(&self) {
        memory::store_in_call(false);
        self.memory.remove(Scope::Tab, SHOWN);
        self.memory.remove(Scope::Tab, SHOWN_AT);
    }

    /// Asks for confirmation before the page is left while it carries the audio of a call.
    pub(super) fn guard_leaving(&self) {
        let sounds = voice::is_in_browser(&self.token.borrow().voice)
            && self.owns_stream()
            && self.read(|model| model.live_call().is_some()).unwrap_or(false);
        if sounds == self.guard.borrow().is_some() {
            return;
        }
        let window = web_sys::window().filter(|_| sounds);
        let guard = window.map(|window| {
            Listener::on(&window, "beforeunload", |event| {
                event.prevent_default();
                // Older browsers require this; none shows the text itself.
                json::set(event.as_ref(), "returnValue", &"call".into());
            })
        });
        self.guard.replace(guard);
    }

    /// Listens for events of the page as a whole.
    pub(super) fn listen_to_page(&self) {
        self.hear_keys();
        self.start_companion();
        self.listen_to_window("online", Self::reconnect_now);
        self.listen_to_window("offline", Self::lose_network);
        self.listen_to_window("pagehide", Self::store_on_leave);
        self.listen_to_window("resume", Self::reconnect_now);
    }

    fn listen_to_window(&self, event: &'static str, then: fn(&Self)) {
        let Some(window) = web_sys::window() else { return };
        let me = self.me.clone();
        self.listeners.borrow_mut().push(Listener::on(&window, event, move |_| {
            if let Some(ribbon) = me.upgrade() {
                then(&ribbon);
            }
        }));
    }
}
