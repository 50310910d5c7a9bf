//! The status and the phase of a call.

/// The status of a call in records, one word of the API each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Status {
    /// Not over yet.
    Active,
    /// Both sides talked.
    Completed,
    /// An inbound call that ended without being connected.
    Missed,
    /// It broke down or could not be made.
    Failed,
    /// An outbound call that ended without being connected.
    NoAnswer,
    /// The other side was on another call.
    Busy,
    /// Nothing was reported for so long that the call must be over.
    Abandoned,
}

impl Status {
    /// All statuses.
    pub const ALL: [Self; 7] = [
        Self::Active,
        Self::Completed,
        Self::Missed,
        Self::Failed,
        Self::NoAnswer,
        Self::Busy,
        Self::Abandoned,
    ];

    /// Returns the word used in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Completed => "completed",
            Self::Missed => "missed",
            Self::Failed => "failed",
            Self::NoAnswer => "no_answer",
            Self::Busy => "busy",
            Self::Abandoned => "abandoned",
        }
    }

    /// Parses the word used in the API.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "active" => Self::Active,
            "completed" => Self::Completed,
            "missed" => Self::Missed,
            "failed" => Self::Failed,
            "no_answer" => Self::NoAnswer,
            "busy" => Self::Busy,
            "abandoned" => Self::Abandoned,
            _ => return None,
        })
    }
}

/// The stage of a call at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Requested; nothing rings yet.
    Dialing,
    /// The other side's phone rings.
    Ringing,
    /// An inbound call rings.
    Incoming,
    /// Both sides talk, or one is on hold.
    Connected,
    /// Over.
    Ended,
}
