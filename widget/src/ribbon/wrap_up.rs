//! What an agent writes down about a call: notes, a disposition, and when to speak again.

use super::step::Reply;
use call_ribbon_shared::Millis;

/// The longest notes that the server takes, in characters.
pub const LONGEST_NOTES: usize = 20_000;

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
    /// Whether the server has all of it.
    #[must_use]
    pub fn is_saved(&self) -> bool {
        self.saved == self.version
    }
}
