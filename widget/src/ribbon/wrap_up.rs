//! What an agent writes down about a call: notes, a disposition, and when to speak again.

use super::step::Reply;
use call_ribbon_shared::Millis;
use call_ribbon_shared::notes::join;

/// What is written down about one call, and how far the server has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrapUp {
    /// The server's name for the call.
    pub session_id: String,
    /// Whom the call was with, for the heading.
    pub who: String,
    /// The agent's notes.
    pub notes: String,
    /// The code of the client's list.
    pub disposition: Option<String>,
    /// When to speak again, and what about.
    pub follow_up: Option<FollowUp>,
    /// The panel is open.
    pub open: bool,
    /// What was changed here; the rest is left as the server has it.
    pub touched: Touched,
    /// What stood in the notes when the server had them last, or was sent them.
    pub base: String,
    /// Which of the server's versions that was; 0 for none.
    pub seen: Millis,
    /// Counts the changes.
    pub version: u32,
    /// The last change that the server has.
    pub saved: u32,
    /// The change that is on its way.
    pub sending: Option<u32>,
    /// The last attempt failed; the sentence says why where trying again would not help.
    pub failed: Option<String>,
    /// Promises that wait until a change is saved.
    pub waiting: Vec<(u32, Reply)>,
}

/// When to speak again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FollowUp {
    /// When.
    pub at: Millis,
    /// What about.
    pub note: String,
}

/// Which parts were changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Touched {
    /// The notes.
    pub notes: bool,
    /// The disposition.
    pub disposition: bool,
    /// The follow-up.
    pub follow_up: bool,
}

impl WrapUp {
    /// Takes in what the server has by now, which another tab or agent may have written. What was
    /// changed here and is still to be saved stays, and no text is lost.
    pub fn follow(&mut self, stored: Self) {
        if stored.seen <= self.seen {
            return;
        }
        self.seen = stored.seen;
        let ours = if self.is_saved() { Touched::default() } else { self.touched };
        if !ours.notes {
            self.notes.clone_from(&stored.notes);
        } else if stored.notes != self.base {
            self.notes = match stored.notes.strip_suffix(&self.base) {
                Some(before) if !self.base.is_empty() => [before, &self.notes].concat(),
                _ => join(&stored.notes, &self.notes),
            };
        }
        self.base = stored.notes;
        if !ours.disposition {
            self.disposition = stored.disposition;
        }
        if !ours.follow_up {
            self.follow_up = stored.follow_up;
        }
    }

    /// Whether the server has all of it.
    #[must_use]
    pub fn is_saved(&self) -> bool {
        self.saved == self.version
    }
}
