//! Exotel's words for the state of a call or one of its legs.

use call_ribbon_shared::call::Outcome;

/// A word for the state of a call or a leg. An unknown word changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Queued,
    Ringing,
    InProgress,
    Completed,
    Busy,
    NoAnswer,
    Failed,
    Canceled,
}

impl Word {
    /// Parses a word, whatever joins its parts.
    pub fn parse(word: Option<&str>) -> Option<Self> {
        let word = word?.to_ascii_lowercase().replace(['_', ' '], "-");
        Some(match word.as_str() {
            "queued" | "initiated" => Self::Queued,
            "ringing" => Self::Ringing,
            "in-progress" | "inprogress" | "answered" => Self::InProgress,
            "completed" => Self::Completed,
            "busy" => Self::Busy,
            "no-answer" | "noanswer" => Self::NoAnswer,
            "failed" => Self::Failed,
            "canceled" | "cancelled" => Self::Canceled,
            _ => return None,
        })
    }

    /// Whether the state is final.
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Queued | Self::Ringing | Self::InProgress)
    }

    /// Whether the call or leg was answered.
    pub fn is_answered(self) -> bool {
        matches!(self, Self::InProgress | Self::Completed)
    }

    /// Returns the outcome of a call that the customer did not answer, with the reason in words.
    pub fn unanswered_outcome(self) -> (Outcome, &'static str) {
        match self {
            Self::Busy => (Outcome::Busy, "busy"),
            Self::Failed => (Outcome::Failed, "the number could not be reached"),
            Self::Canceled => (Outcome::NoAnswer, "cancelled"),
            _ => (Outcome::NoAnswer, "nobody answered"),
        }
    }
}
