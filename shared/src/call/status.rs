//! The words for how a call stands.

/// A call as it stands in records, one word of the API each.
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
    /// They talked.
    Completed,
    /// An incoming call that ended without being connected.
    Missed,
    /// It broke down or could not be made.
    Failed,
    /// An outgoing call that ended without being connected.
    NoAnswer,
    /// The other side was on another call.
    Busy,
    /// No word of it came for so long that it must be over.
    Abandoned,
}

impl Status {
    /// All there are.
    pub const ALL: [Self; 7] = [
        Self::Active,
        Self::Completed,
        Self::Missed,
        Self::Failed,
        Self::NoAnswer,
        Self::Busy,
        Self::Abandoned,
    ];

    /// The word the API uses.
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

    /// Reads the word the API uses.
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

/// Where a call is on its way, for the one who looks at it now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Asked for; nothing rings yet.
    Dialing,
    /// The other side's phone rings.
    Ringing,
    /// It rings in.
    Incoming,
    /// Both sides talk, or one is on hold.
    Connected,
    /// Over.
    Ended,
}
