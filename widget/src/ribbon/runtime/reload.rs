//! What outlives the page: a reloaded ribbon shows at once what it showed before.

use super::{Ribbon, voice};
use crate::ribbon::json;
use crate::ribbon::memory::{self, Memory, Scope, tab};
use crate::ribbon::options::Options;
use crate::ribbon::platform::{self, Listener};
use crate::ribbon::step::Msg;

/// The texts under which a tab remembers what it showed, and when that was.
const SHOWN: &str = "shown";
const SHOWN_AT: &str = "shown-at";
/// The text under which a browser remembers who an agent is whom no page names.
const AGENT: &str = "agent";

/// Who the agent is. Where the page does not say, the browser gives a name once and keeps to
/// it: a reloaded page and a second tab are the same agent.
pub(super) fn agent(options: &Options) -> String {
    if let Some(id) = &options.agent_id {
        return id.clone();
    }
    let memory = Memory::of(&options.api_url, &options.api_key, None);
    memory.get(Scope::Browser, AGENT).unwrap_or_else(|| {
        let name = ["agent-", platform::uuid().get(..8).unwrap_or_default()].concat();
        memory.put(Scope::Browser, AGENT, &name);
        name
    })
}

impl Ribbon {
    /// Shows what this tab showed before the page was loaded.
    pub(super) fn recall(&self) {
        let Some(text) = self.memory.get(Scope::Tab, SHOWN) else { return };
        let at = self.memory.get(Scope::Tab, SHOWN_AT).and_then(|at| at.parse::<i64>().ok());
        let age = platform::now() - at.unwrap_or_default();
        let given = self.options.borrow().position;
        if let Some((recalled, clock)) = tab::read(&text, given, &self.agent, age) {
            self.token.borrow_mut().clock_offset = clock;
            self.tell(Msg::Recall(Box::new(recalled)));
        }
    }

    /// Remembers what is shown, where it has changed.
    pub(super) fn remember(&self) {
        let (given, clock) = (self.options.borrow().position, self.token.borrow().clock_offset);
        let Some(text) = self.read(|model| tab::write(model, given, clock)) else { return };
        if *self.shown.borrow() != text {
            self.memory.put(Scope::Tab, SHOWN, &text);
            memory::note_call(self.read(|model| model.live().is_some()).unwrap_or(false));
            self.stamp();
            self.shown.replace(text);
        }
    }

    /// The page goes; it may come back.
    fn leave(&self) {
        self.stamp();
        self.send_leaving();
    }

    /// Notes that the page was there until now.
    fn stamp(&self) {
        self.memory.put(Scope::Tab, SHOWN_AT, &platform::now().to_string());
    }

    /// Forgets it all: the page wants no ribbon any more.
    pub(super) fn forget(&self) {
        memory::note_call(false);
        self.memory.remove(Scope::Tab, SHOWN);
        self.memory.remove(Scope::Tab, SHOWN_AT);
    }

    /// Asks before the page is left while the sound of a call is in it, and only then.
    pub(super) fn guard(&self) {
        let sounds = self.token.borrow().voice == voice::IN_BROWSER
            && self.owns_stream()
            && self.read(|model| model.live().is_some()).unwrap_or(false);
        if sounds == self.guard.borrow().is_some() {
            return;
        }
        let window = web_sys::window().filter(|_| sounds);
        let guard = window.map(|window| {
            Listener::on(&window, "beforeunload", |event| {
                event.prevent_default();
                // What older browsers ask for; the text itself is shown by none.
                json::set(event.as_ref(), "returnValue", &"call".into());
            })
        });
        self.guard.replace(guard);
    }

    /// Listens to what concerns the page as a whole.
    pub(super) fn listen(&self) {
        self.on_window("online", Self::try_now);
        self.on_window("pagehide", Self::leave);
        self.on_window("resume", Self::try_now);
    }

    fn on_window(&self, event: &'static str, then: fn(&Self)) {
        let Some(window) = web_sys::window() else { return };
        let me = self.me.clone();
        self.listeners.borrow_mut().push(Listener::on(&window, event, move |_| {
            if let Some(ribbon) = me.upgrade() {
                then(&ribbon);
            }
        }));
    }
}
