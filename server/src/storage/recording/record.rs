//! Defines a record: a fact about a call, and the condition under which it is written.

use super::dedup::EventIdentity;
use crate::permission::CallPlan;
use crate::storage::permission::history::CallRefusal;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Action, ActionError, Fact, Phase};
use chrono_tz::Tz;

/// A fact about a call, to be written.
#[derive(Debug, Clone)]
pub struct Record {
    /// The client that the call belongs to.
    pub client_id: String,
    /// The client's time zone, which bounds its months.
    pub time_zone: Tz,
    /// The call's id at its provider, or from the page.
    pub call_sid: String,
    /// The event's name in the log.
    pub event: String,
    /// What happened.
    pub fact: Fact,
    /// The id that the sender gave the event; without one, call, name and time identify it.
    pub event_id: Option<String>,
    /// The request's fingerprint (see [`crate::services`]): the same id with another fingerprint is
    /// a conflict. `None` never conflicts.
    pub fingerprint: Option<String>,
    /// The source of the fact.
    pub source: FactSource,
    /// The event's data, as JSON text; `None` derives it from the fact and the call.
    pub data: Option<String>,
    /// Further details from the provider, as a JSON object; stored under `provider` in derived
    /// data.
    pub told: Option<String>,
    /// The domain of the page.
    pub domain: Option<String>,
    /// When the server received it.
    pub received_at: Millis,
    /// The event's id in the log, used if the event is new.
    pub log_id: String,
    /// The server's id for the call, used if the call is new.
    pub session_id: String,
    /// The provider and voice path of the call, if known.
    pub origin: Option<CallOrigin>,
    /// The condition under which the fact is written.
    pub condition: Condition,
    /// What is known about a call that is to be made: whether it may be is decided as well.
    pub permission: Option<Box<CallPlan>>,
}

impl Record {
    /// Returns the key under which a repeated event is recognised.
    pub fn dedup_key(&self) -> String {
        EventIdentity {
            event_id: self.event_id.as_deref(),
            at: self.fact.at,
            event: &self.event,
            call_sid: &self.call_sid,
        }
        .key()
    }

    /// Returns the id of the fact's agent.
    pub fn agent_id(&self) -> Option<&str> {
        self.fact.agent.as_ref()?.id.as_deref()
    }

    /// Returns whether its id was used before, for another request with this fingerprint.
    ///
    /// Fingerprints begin with the kind of request. Events of this server have none, and a page may
    /// log under the same id the call that it had started through the API: that is the same event.
    /// A start must match its own earlier start, or it would be answered with a different call.
    pub fn conflicts_with(&self, earlier: Option<&str>) -> bool {
        let Some(new) = self.fingerprint.as_deref() else {
            return false;
        };
        // Without an id, call, name and time identify the event, whatever else was sent.
        if self.event_id.is_none() {
            return false;
        }
        let kind = |fingerprint: &str| fingerprint.split(':').next().map(str::to_owned);
        match (self.condition, earlier) {
            (Condition::Start { .. }, earlier) => earlier != Some(new),
            (_, Some(earlier)) => kind(earlier) == kind(new) && earlier != new,
            (_, None) => false,
        }
    }
}

/// The source of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactSource {
    /// The page.
    Page,
    /// The provider, including the simulated one.
    Provider,
    /// This server.
    System,
}

impl FactSource {
    /// Returns the name stored in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Provider => "provider",
            Self::System => "system",
        }
    }
}

/// The provider that carries a call, and the path of its voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallOrigin {
    /// The provider's name.
    pub provider: &'static str,
    /// The name of the voice path.
    pub voice: &'static str,
}

/// The condition under which a fact is written. It is checked in the transaction that writes the
/// fact, so that two concurrent requests cannot both pass.
#[derive(Debug, Clone, Copy)]
pub enum Condition {
    /// No condition: logging is never refused.
    None,
    /// The client has started fewer calls this month than the limit, and the agent is in no other
    /// call that this server carries.
    Start {
        /// The number of calls that the client may start in a month.
        limit: i64,
    },
    /// The client has started fewer calls this month than the limit. The call rings for an agent
    /// who may be in another call.
    Ring {
        /// The number of calls that the client may start in a month.
        limit: i64,
    },
    /// The call's state allows this action.
    Allows(Action),
    /// The call is still in the phase in which the decision was made.
    InPhase(Phase),
    /// The call has not ended, and has had no activity since this time.
    SilentSince(Millis),
}

/// A fact that is on disk.
#[derive(Debug, Clone)]
pub struct RecordedEvent {
    /// The event's id in the log.
    pub log_id: String,
    /// The server's name for the call.
    pub session_id: String,
    /// The call's id at its provider, or from the page.
    pub call_sid: String,
    /// Whether the event was already stored; if so, nothing was changed.
    pub repeated: bool,
}

/// The reason why a record was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The event's id is already used for another event.
    #[error("This idempotency key was already used with another body.")]
    Conflict,
    /// The client has no such call.
    #[error("There is no such call.")]
    UnknownCall,
    /// The client has used up this month's calls.
    #[error("This month's calls are used up.")]
    LimitReached,
    /// The agent is in another call.
    #[error("This agent is already in a call; end it before starting another.")]
    AgentBusy,
    /// A rule forbids the call.
    #[error("This call is not permitted.")]
    NotPermitted(Box<CallRefusal>),
    /// The call has changed since the decision was made.
    #[error("The call has changed meanwhile.")]
    CallChanged,
    /// The call's state does not allow the action.
    #[error(transparent)]
    Refused(#[from] ActionError),
    /// A value has a type or length that the database does not accept.
    #[error("This contains a value that cannot be stored.")]
    InvalidData,
    /// The database is unreachable, or its queue is full. Nothing was written.
    #[error("The server cannot write just now; try again in a moment.")]
    Unavailable,
}
