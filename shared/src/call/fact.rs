//! One thing that happened to a call, whoever saw it.

use crate::Millis;
use crate::event::EventName;

/// Which way a call goes, seen from the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase")
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Direction {
    /// The agent calls.
    Outbound,
    /// The customer calls.
    Inbound,
}

impl Direction {
    /// The word the API uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Outbound => "outbound",
            Self::Inbound => "inbound",
        }
    }

    /// Reads the word the API uses.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "outbound" => Some(Self::Outbound),
            "inbound" => Some(Self::Inbound),
            _ => None,
        }
    }
}

/// The agent on a call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Agent {
    /// The agent's id, as the page or the provider names it.
    pub id: Option<String>,
    /// The agent's name for people.
    pub name: Option<String>,
}

/// What the agent of a fact had to do with the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Role {
    /// A page or the server names the agent: who asked for the call, or acts in it.
    #[default]
    Named,
    /// The provider rings the agent, who has not answered.
    Rang,
    /// The agent answered, as the provider says.
    Answered,
}

/// How a call ended, where the one who reports it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum Outcome {
    /// It broke down or could not be made.
    Failed,
    /// The other side was on another call.
    Busy,
    /// The other side did not answer, or the agent gave up before.
    NoAnswer,
    /// An incoming call that nobody answered.
    Missed,
    /// They talked.
    Completed,
    /// No word of it came for so long that it must be over. Any other end is better known.
    Abandoned,
}

impl Outcome {
    /// Whether it says that the two did not talk.
    #[must_use]
    pub fn is_without_talk(self) -> bool {
        matches!(self, Self::Failed | Self::Busy | Self::NoAnswer | Self::Missed)
    }
}

/// What is known about a call's end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct End {
    /// How it ended, where that is said.
    pub outcome: Option<Outcome>,
    /// Seconds they talked, where that is said.
    pub duration: Option<u32>,
    /// Seconds from dialing to the end, where the talk itself was not measured. They count only
    /// while nothing better is known.
    pub since_dialing: Option<u32>,
    /// Why, in a word or a sentence.
    pub reason: Option<String>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The call was asked for.
    Initiated,
    /// The other side's phone rings.
    Ringing,
    /// It rings in.
    Incoming,
    /// Both sides talk.
    Connected,
    /// The agent's microphone was shut (true) or opened.
    Muted(bool),
    /// The other side was put on hold (true) or taken back.
    Held(bool),
    /// A digit was sent.
    Digit(char),
    /// It is over.
    Ended(End),
    /// Something that belongs to the history and moves nothing.
    Noted(EventName),
}

/// One thing that happened to a call, with its own time and what came along with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What happened.
    pub what: What,
    /// When it happened, by the clock of the one who saw it.
    pub at: Millis,
    /// The other side's number, where it came along.
    pub phone: Option<String>,
    /// Which way the call goes, where it came along.
    pub direction: Option<Direction>,
    /// The customer with the business context, as JSON text, where it came along.
    pub customer: Option<String>,
    /// The agent, where one came along.
    pub agent: Option<Agent>,
    /// What that agent had to do with the call.
    pub role: Role,
    /// When the call began, where that came along.
    pub began: Option<Millis>,
}

impl Fact {
    /// A fact that brings nothing along but itself.
    #[must_use]
    pub fn new(what: What, at: Millis) -> Self {
        Self {
            what,
            at,
            phone: None,
            direction: None,
            customer: None,
            agent: None,
            role: Role::Named,
            began: None,
        }
    }

    /// An end with its outcome and reason.
    #[must_use]
    pub fn ended(at: Millis, outcome: Outcome, reason: &str) -> Self {
        let end = End { outcome: Some(outcome), reason: Some(reason.to_owned()), ..End::default() };
        Self::new(What::Ended(end), at)
    }

    /// The name under which the event is logged and told to the page.
    #[must_use]
    pub fn event(&self) -> EventName {
        match &self.what {
            What::Initiated => EventName::Initiated,
            What::Ringing => EventName::Ringing,
            What::Incoming => EventName::Incoming,
            What::Connected => EventName::Connected,
            What::Muted(_) => EventName::MuteToggle,
            What::Held(_) => EventName::HoldToggle,
            What::Digit(_) => EventName::Dtmf,
            What::Ended(end) => match end.outcome {
                Some(Outcome::Missed) => EventName::Missed,
                Some(Outcome::Failed | Outcome::Busy) => EventName::Failed,
                _ => EventName::CallEnded,
            },
            What::Noted(name) => name.clone(),
        }
    }
}
