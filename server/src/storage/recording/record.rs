//! One thing to be written: a fact about a call, and what must hold for it to be taken.

use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Action, Fact, Phase, Refusal};
use chrono_tz::Tz;

/// A fact about a call on its way to disk.
#[derive(Debug, Clone)]
pub struct Record {
    /// Whose call it is.
    pub client_id: String,
    /// That client's time zone, in which its months are counted.
    pub time_zone: Tz,
    /// The call's name at its provider, or the page's.
    pub call_sid: String,
    /// The event's name in the log.
    pub event: String,
    /// What happened.
    pub fact: Fact,
    /// The id the sender gave the event; without one, call, name and time are the event.
    pub event_id: Option<String>,
    /// Fingerprint of the request (see [`crate::services`]): the same id with another one is
    /// a conflict. `None` never is.
    pub fingerprint: Option<String>,
    /// Who tells.
    pub source: Source,
    /// What came along, as JSON text; `None` has it written from the fact and the call.
    pub data: Option<String>,
    /// What else the provider said with it, as a JSON object; stands under `provider` in what is
    /// written from fact and call.
    pub told: Option<String>,
    /// The page's domain.
    pub domain: Option<String>,
    /// When the server heard of it.
    pub received_at: Millis,
    /// The event's id in the log, should it be new.
    pub log_id: String,
    /// The server's name for the call, should the call be new.
    pub session_id: String,
    /// Who carries the call, where that is known.
    pub origin: Option<Origin>,
    /// What must hold for the fact to be taken.
    pub condition: Condition,
}

impl Record {
    /// What makes the event the same as an earlier one.
    pub fn dedup_key(&self) -> String {
        match &self.event_id {
            Some(id) => format!("id:{id}"),
            None => format!("at:{}:{}:{}", self.fact.at, self.event, self.call_sid),
        }
    }

    /// The id of the agent who came along.
    pub fn agent_id(&self) -> Option<&str> {
        self.fact.agent.as_ref()?.id.as_deref()
    }

    /// Whether its id was used for another request, which left this fingerprint.
    ///
    /// Fingerprints begin with the kind of request. What our own server told has none, and a
    /// page may log the very call that it had us start under the same id: that is the same
    /// event. A start must find its own start there, else it would answer with somebody else's
    /// call.
    pub fn conflicts_with(&self, earlier: Option<&str>) -> bool {
        let Some(new) = self.fingerprint.as_deref() else {
            return false;
        };
        // Without an id, call, name and time are the event, whatever else was sent.
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

/// Who tells of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The page.
    Page,
    /// The provider, the simulated one too.
    Provider,
    /// The server itself.
    System,
}

impl Source {
    /// The word in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Provider => "provider",
            Self::System => "system",
        }
    }
}

/// Who carries a call, and how its voice travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The provider's name.
    pub provider: &'static str,
    /// The voice's name.
    pub voice: &'static str,
}

/// What must hold for a fact to be taken. It is looked at in the same transaction that writes
/// the fact, so that two at the same moment cannot both pass.
#[derive(Debug, Clone, Copy)]
pub enum Condition {
    /// Nothing: logging is never refused.
    None,
    /// Fewer calls this month than the limit, and the agent is in no other call we carry.
    Start {
        /// Calls the client may start in a month.
        limit: i64,
    },
    /// The call is in a state in which the action makes sense.
    Allows(Action),
    /// The call is still in the phase in which this was decided.
    InPhase(Phase),
    /// The call is not over, and nothing was heard of it since then.
    SilentSince(Millis),
}

/// A fact that is on disk.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The event's id in the log.
    pub log_id: String,
    /// The server's name for the call.
    pub session_id: String,
    /// The call's name at its provider, or the page's.
    pub call_sid: String,
    /// Whether it had been there already, and nothing was changed.
    pub repeated: bool,
}

/// Why a fact was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The event's id stands for another event.
    #[error("This idempotency key was used before, with another body.")]
    Conflict,
    /// The client has no such call.
    #[error("There is no such call.")]
    UnknownCall,
    /// The month's calls are used up.
    #[error("This month's calls are used up.")]
    LimitReached,
    /// The agent has another call.
    #[error("This agent is already in a call; end it before starting another.")]
    AgentBusy,
    /// The call has gone on since this was decided.
    #[error("The call has gone on meanwhile.")]
    MovedOn,
    /// The call's state does not allow it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Something in it is of a kind or length that the database does not take.
    #[error("This holds something that cannot be stored.")]
    CannotBeKept,
    /// The database is away, or too much waits for it. Nothing was written.
    #[error("The server cannot write just now; try again in a moment.")]
    Unavailable,
}
