//! Exotel's words for how a call, or one leg of it, stands.

use call_ribbon_shared::call::Outcome;

/// A word for how a call or a leg stands. A word that is not here changes nothing.
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
    /// Reads a word, however it is joined.
    pub fn read(word: Option<&str>) -> Option<Self> {
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

    /// Whether nothing comes after it.
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Queued | Self::Ringing | Self::InProgress)
    }

    /// Whether somebody took up.
    pub fn is_answered(self) -> bool {
        matches!(self, Self::InProgress | Self::Completed)
    }

    /// What it means for a call that the customer did not take up, with the reason in words.
    pub fn unanswered(self) -> (Outcome, &'static str) {
        match self {
            Self::Busy => (Outcome::Busy, "busy"),
            Self::Failed => (Outcome::Failed, "the number could not be reached"),
            Self::Canceled => (Outcome::NoAnswer, "cancelled"),
            _ => (Outcome::NoAnswer, "nobody answered"),
        }
    }
}
