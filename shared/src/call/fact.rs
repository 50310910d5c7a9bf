//! Facts: single things that happened to a call, whatever the source.

use crate::Millis;
use crate::event::EventName;

/// The direction of a call, seen from the agent.
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
    /// Returns the word used in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Outbound => "outbound",
            Self::Inbound => "inbound",
        }
    }

    /// Parses the word used in the API.
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
    /// The agent's id, as the page or the provider sends it.
    pub id: Option<String>,
    /// The agent's display name.
    pub name: Option<String>,
}

/// The relation between the agent of a fact and the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum AgentRole {
    /// A page or the server names the agent, who requested the call or acts in it.
    #[default]
    Named,
    /// The provider rings the agent, who has not answered.
    Rang,
    /// The agent answered, according to the provider.
    Answered,
}

/// How a call ended, if the reporter knows.
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
    /// The other side did not answer, or the agent gave up first.
    NoAnswer,
    /// An inbound call ended unanswered.
    Missed,
    /// Both sides talked.
    Completed,
    /// Nothing was reported for so long that the call must be over. Any other outcome takes
    /// precedence.
    Abandoned,
}

impl Outcome {
    /// Returns whether this outcome means that the two sides did not talk.
    #[must_use]
    pub fn rules_out_talk(self) -> bool {
        matches!(self, Self::Failed | Self::Busy | Self::NoAnswer | Self::Missed)
    }
}

/// What is known about a call's end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CallEnd {
    /// How it ended, if reported.
    pub outcome: Option<Outcome>,
    /// Seconds of talk, if reported.
    pub duration: Option<u32>,
    /// Seconds from dialing to the end, if the talk itself was not measured. Used only while
    /// nothing better is known.
    pub since_dialing: Option<u32>,
    /// The reason, as a word or a sentence.
    pub reason: Option<String>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactKind {
    /// The call was requested.
    Initiated,
    /// The other side's phone rings.
    Ringing,
    /// An inbound call rings.
    Incoming,
    /// Both sides talk.
    Connected,
    /// The agent's microphone was muted (true) or unmuted.
    Muted(bool),
    /// The other side was put on hold (true) or resumed.
    Held(bool),
    /// A digit was sent.
    Digit(char),
    /// The call is over.
    Ended(CallEnd),
    /// An event that belongs to the history and changes no state.
    Noted(EventName),
}

/// One thing that happened to a call, with its own time and the data reported with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What happened.
    pub what: FactKind,
    /// When it happened, by the clock of the observer.
    pub at: Millis,
    /// The other side's number, if reported.
    pub phone: Option<String>,
    /// The direction of the call, if reported.
    pub direction: Option<Direction>,
    /// The customer with the business context, as JSON text, if reported.
    pub customer: Option<String>,
    /// The agent, if reported.
    pub agent: Option<Agent>,
    /// The relation between that agent and the call.
    pub role: AgentRole,
    /// When the call began, if reported.
    pub began: Option<Millis>,
}

impl Fact {
    /// Creates a fact without any further data.
    #[must_use]
    pub fn new(what: FactKind, at: Millis) -> Self {
        Self {
            what,
            at,
            phone: None,
            direction: None,
            customer: None,
            agent: None,
            role: AgentRole::Named,
            began: None,
        }
    }

    /// Creates an end with its outcome and reason.
    #[must_use]
    pub fn new_end(at: Millis, outcome: Outcome, reason: &str) -> Self {
        let end = CallEnd {
            outcome: Some(outcome),
            reason: Some(reason.to_owned()),
            ..CallEnd::default()
        };
        Self::new(FactKind::Ended(end), at)
    }

    /// Returns the name under which the event is logged and sent to the page.
    #[must_use]
    pub fn event_name(&self) -> EventName {
        match &self.what {
            FactKind::Initiated => EventName::Initiated,
            FactKind::Ringing => EventName::Ringing,
            FactKind::Incoming => EventName::Incoming,
            FactKind::Connected => EventName::Connected,
            FactKind::Muted(_) => EventName::MuteToggle,
            FactKind::Held(_) => EventName::HoldToggle,
            FactKind::Digit(_) => EventName::Dtmf,
            FactKind::Ended(end) => match end.outcome {
                Some(Outcome::Missed) => EventName::Missed,
                Some(Outcome::Failed | Outcome::Busy) => EventName::Failed,
                _ => EventName::CallEnded,
            },
            FactKind::Noted(name) => name.clone(),
        }
    }
}
