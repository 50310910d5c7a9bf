//! The names of channels, which say what each is for.
//!
//! | channel | what it is |
//! | --- | --- |
//! | `<sessionId>-a` | the agent's phone, in a call that was started here |
//! | `<sessionId>-c` | the customer's phone in that call |
//! | `<caller>-r-<agent>` | an agent's phone that rings for a caller |
//! | one of these with `;2` | the far half of a local channel, which says nothing new |
//! | anything else | a caller: Asterisk's own name |

use crate::providers::Report;
use call_ribbon_shared::call::Direction;

/// The prefix of the server's own names of calls.
const OUR_NAMES: &str = "ses_";
const AGENT: &str = "-a";
const CUSTOMER: &str = "-c";
const RUNG: &str = "-r-";
/// What Asterisk adds to the name of a local channel for its far half.
const FAR_HALF: &str = ";2";

/// What a channel is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leg<'a> {
    /// The agent's phone in the call with this session id.
    Agent(&'a str),
    /// The customer's phone in the call with this session id.
    Customer(&'a str),
    /// The phone of an agent that rings for a caller, or that a caller talks with.
    Rung { caller: &'a str, agent: &'a str },
    /// A caller.
    Caller(&'a str),
    /// The far half of one of the channels that this server made.
    FarHalf(&'a str),
}

impl<'a> Leg<'a> {
    /// Reads a channel's id.
    pub fn parse(id: &'a str) -> Self {
        // Only one mark is taken off: an id may consist of nothing else.
        if let Some(near) = id.strip_suffix(FAR_HALF)
            && !matches!(Self::parse_near(near), Self::Caller(_))
        {
            return Self::FarHalf(near);
        }
        Self::parse_near(id)
    }

    /// Reads the id of a channel that is no far half.
    fn parse_near(id: &'a str) -> Self {
        if let Some((caller, agent)) = id.split_once(RUNG) {
            return Self::Rung { caller, agent };
        }
        let ours = |end| id.strip_suffix(end).filter(|name| name.starts_with(OUR_NAMES));
        if let Some(session_id) = ours(AGENT) {
            Self::Agent(session_id)
        } else if let Some(session_id) = ours(CUSTOMER) {
            Self::Customer(session_id)
        } else {
            Self::Caller(id)
        }
    }

    /// Returns the name that all channels of one call share. It is also that of their bridge.
    pub fn call(self) -> &'a str {
        match self {
            Self::Agent(name) | Self::Customer(name) | Self::Caller(name) => name,
            Self::Rung { caller, .. } => caller,
            Self::FarHalf(near) => Self::parse_near(near).call(),
        }
    }

    /// Returns an empty report about the channel's call.
    pub fn report(self) -> Report {
        match self {
            Self::Agent(session_id) | Self::Customer(session_id) => Report {
                session_id: Some(session_id.to_owned()),
                provider_call_id: Some(agent_leg(session_id)),
                direction: Some(Direction::Outbound),
                ..Report::default()
            },
            Self::Caller(caller) | Self::Rung { caller, .. } => Report {
                provider_call_id: Some(caller.to_owned()),
                direction: Some(Direction::Inbound),
                ..Report::default()
            },
            Self::FarHalf(near) => Self::parse_near(near).report(),
        }
    }
}

/// Returns the channel of the agent who started a call.
pub fn agent_leg(session_id: &str) -> String {
    format!("{session_id}{AGENT}")
}

/// Returns the channel of the customer who is called.
pub fn customer_leg(session_id: &str) -> String {
    format!("{session_id}{CUSTOMER}")
}

/// Returns the channel of an agent's phone that rings for a caller.
pub fn rung_leg(caller: &str, agent: &str) -> String {
    format!("{caller}{RUNG}{agent}")
}

/// Returns whether a channel is an agent's phone that rings for this caller or talks with them.
pub fn is_rung_for(id: &str, caller: &str) -> bool {
    matches!(Leg::parse(id), Leg::Rung { caller: of, .. } if of == caller)
}
