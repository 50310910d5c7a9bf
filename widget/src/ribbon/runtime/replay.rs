//! Telling listeners that come late how the current call stands.

use super::Ribbon;
use crate::ribbon::step::replay;
use js_sys::Function;

impl Ribbon {
    /// Tells a listener how the current call stands, where it asked for just that.
    pub(in crate::ribbon) fn replay_to(&self, wanted: &str, listener: &Function) {
        let event = self.read(|model| replay(model, wanted, self.server_now())).flatten();
        if let Some(event) = event {
            self.ears().tell_one(listener, &event);
        }
    }

    /// Tells all listeners: the call was taken up again, and they were there before it.
    pub(in crate::ribbon) fn replay_to_all(&self) {
        for (wanted, listener) in &self.ears().listeners {
            self.replay_to(wanted, listener);
        }
    }
}
