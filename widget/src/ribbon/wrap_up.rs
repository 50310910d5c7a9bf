//! After-call work on one call: notes, a disposition and a follow-up.

use super::step::Reply;
use call_ribbon_shared::Millis;
use call_ribbon_shared::notes::merge_texts;

/// The after-call work on one call, and how much of it the server has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrapUp {
    /// The server's id of the call.
    pub session_id: String,
    /// The other side's name, for the heading.
    pub who: String,
    /// The agent's notes.
    pub notes: String,
    /// The code of the disposition.
    pub disposition: Option<String>,
    /// When to speak again, and what about.
    pub follow_up: Option<FollowUp>,
    /// Whether the panel is open.
    pub open: bool,
    /// The parts that were changed here; all others stay as the server has them.
    pub touched: ChangedParts,
    /// The notes that the server had last, or was sent last.
    pub base: String,
    /// The version of them at the server; 0 if there is none.
    pub seen: Millis,
    /// Incremented with each change.
    pub version: u32,
    /// The last change that the server has.
    pub saved: u32,
    /// The change that is being sent.
    pub sending: Option<u32>,
    /// The last attempt failed; the sentence says why, if another attempt would not help.
    pub failed: Option<String>,
    /// Whether the time that was chosen last for the follow-up has passed, and is therefore not kept.
    pub past: bool,
    /// Promises that wait until a change is saved.
    pub waiting: Vec<(u32, Reply)>,
}

/// A possible outcome of a call, in the client's own words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Disposition {
    /// The code under which it is stored.
    pub code: String,
    /// The text that agents see.
    pub label: String,
    /// The purposes of calls (`callType`) that it is offered for; empty for all.
    pub call_types: Vec<String>,
}

/// When to speak again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FollowUp {
    /// When.
    pub at: Millis,
    /// What about.
    pub note: String,
}

/// The parts that were changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChangedParts {
    /// The notes.
    pub notes: bool,
    /// The disposition.
    pub disposition: bool,
    /// The follow-up.
    pub follow_up: bool,
}

impl WrapUp {
    /// Merges the server's current version, which another tab or agent may have written. Unsaved
    /// changes made here stay, and no text is lost.
    pub fn merge_stored(&mut self, stored: Self) {
        if stored.seen <= self.seen {
            return;
        }
        self.seen = stored.seen;
        let ours = if self.is_saved() { ChangedParts::default() } else { self.touched };
        if !ours.notes {
            self.notes.clone_from(&stored.notes);
        } else if stored.notes != self.base {
            self.notes = match stored.notes.strip_suffix(&self.base) {
                Some(before) if !self.base.is_empty() => [before, &self.notes].concat(),
                _ => merge_texts(&stored.notes, &self.notes),
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

    /// Returns whether the server has all changes.
    #[must_use]
    pub fn is_saved(&self) -> bool {
        self.saved == self.version
    }
}
