//! Reports the state of the current call to listeners that are added late.

use super::Ribbon;
use crate::ribbon::emit::EVENTS;
use crate::ribbon::step::replay_event;
use js_sys::Function;

impl Ribbon {
    /// Sends the current call's state to a listener, if it listens for that event.
    pub(in crate::ribbon) fn replay_to(&self, wanted: &str, listener: &Function) {
        let event = self.read(|model| replay_event(model, wanted, self.server_now())).flatten();
        if let Some(event) = event {
            self.page_listeners().send_to(listener, &event);
        }
    }

    /// Sends it to all listeners except those of the event `told`, which they have just received:
    /// the call was restored after they were added.
    pub(in crate::ribbon) fn replay_to_all(&self, told: &str) {
        let page = self.page_listeners();
        for wanted in EVENTS.into_iter().filter(|wanted| *wanted != told) {
            let event = self.read(|model| replay_event(model, wanted, self.server_now())).flatten();
            if let Some(event) = event {
                page.send_to_callback(&event);
            }
        }
        for (wanted, listener) in &page.listeners {
            if wanted != told {
                self.replay_to(wanted, listener);
            }
        }
    }
}
