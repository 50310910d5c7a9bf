//! Whether the customer that the bar shows may be called, as the server has judged.

use super::customer::Customer;
use call_ribbon_shared::Millis;

/// What is known about calling the customer that the bar shows.
#[derive(Debug, Clone, Default)]
pub struct Permission {
    /// Counts the questions: the answer to an earlier one is about somebody else, or out of date.
    pub asked: u32,
    /// Who would be called, and the language of the answer; empty if there is nobody to call.
    pub subject: String,
    /// The number that would be called.
    pub to: String,
    /// Whose number it is, if known.
    pub customer: Option<Customer>,
    /// Whether a call was in progress: what may be done has changed when it is over.
    pub in_call: bool,
    /// The answer; `None` while it is unknown.
    pub judgment: Option<Box<Judgment>>,
}

/// The server's decision about a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgment {
    /// Whether the call may be made.
    pub allowed: bool,
    /// Whether the agent may call all the same, with a reason.
    pub asks_reason: bool,
    /// Why not, or what to mind, in the agent's language; empty if no rule objects.
    pub said: String,
    /// When the call is permitted next.
    pub next_allowed: Option<Millis>,
    /// The whole decision, as JSON.
    pub decision: String,
}

impl Permission {
    /// Returns whether the server would not permit the call as it is.
    #[must_use]
    pub fn forbids(&self) -> bool {
        self.judgment.as_ref().is_some_and(|judgment| !judgment.allowed)
    }

    /// Returns whether the agent cannot call.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.forbids() && !self.asks_reason()
    }

    /// Returns whether the agent cannot call this number, as far as is known: the answer may be about
    /// another one.
    #[must_use]
    pub fn refuses_number(&self, phone: &str) -> bool {
        self.is_refused() && self.to == phone
    }

    /// Returns whether the agent can call only with a reason.
    #[must_use]
    pub fn asks_reason(&self) -> bool {
        self.judgment.as_ref().is_some_and(|judgment| judgment.asks_reason)
    }

    /// Returns what the agent reads about the call; empty if there is nothing to say.
    #[must_use]
    pub fn said(&self) -> &str {
        self.judgment.as_ref().map_or("", |judgment| &judgment.said)
    }
}
