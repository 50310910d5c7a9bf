//! The business rules: what may be done, and with what effect. Handlers pass in what they have
//! parsed, storage stores the results.

pub mod access;
pub mod analytics;
pub mod call_object;
pub mod calls;
pub mod clients;
pub mod complaints;
pub mod copy;
pub mod csv;
pub mod cursor;
pub mod customers;
pub mod demo_data;
pub mod money;
pub mod permission;
pub mod providers;
pub mod quiet_time_object;
pub mod receivers;
pub mod seals;

use crate::providers::ProviderError;
use crate::storage::{Client, RecordError, StoreError};
use crate::time;
use call_ribbon_rules::Decision;
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::FollowUp;

/// Why a service refuses or fails.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// A field has an invalid value.
    #[error("{sentence}")]
    Invalid {
        /// The field's name in the request.
        field: &'static str,
        /// What is wrong with it.
        sentence: String,
    },
    /// A field of a disposition is missing or has an invalid value.
    #[error("{sentence}")]
    OutcomeField {
        /// The field's name in the request.
        field: String,
        /// What is wrong with it.
        sentence: String,
    },
    /// A setting of a provider's account is invalid.
    #[error("{sentence}")]
    Setting {
        /// The field's name within `settings`.
        field: &'static str,
        /// What is wrong with it.
        sentence: String,
    },
    /// A phone number cannot be dialed.
    #[error("{sentence}")]
    PhoneNumber {
        /// The field's name in the request.
        field: &'static str,
        /// What is wrong with it.
        sentence: String,
    },
    /// The client's plan does not include it.
    #[error("This client's plan does not include \"{0}\".")]
    FeatureNotInPlan(&'static str),
    /// It does not exist, or belongs to another client.
    #[error("There is no such call.")]
    NotFound,
    /// Something other than a call does not exist; the sentence says what.
    #[error("{0}")]
    Unknown(String),
    /// The e-mail address is unknown, or the password is wrong. One sentence covers both, so that
    /// it does not reveal which addresses exist.
    #[error("The e-mail address or the password is wrong.")]
    WrongPassword,
    /// The client is suspended.
    #[error("This client is suspended.")]
    Suspended,
    /// The request needs the session of an agent.
    #[error(transparent)]
    NoSession(SessionFault),
    /// The agent token is not accepted.
    #[error("{0}")]
    AgentToken(String),
    /// The client accepts agents only by agent token.
    #[error("This client accepts an agent only with an agentToken that its own server has signed.")]
    AgentTokenRequired,
    /// It belongs to another agent than the session's.
    #[error("{0}")]
    OtherAgent(&'static str),
    /// The current state does not allow it.
    #[error("{0}")]
    Conflict(String),
    /// A rule forbids the call.
    #[error("{sentence}")]
    NotPermitted {
        /// Which rules, and when it is permitted.
        sentence: String,
        decision: Box<Decision>,
        /// The agent's open follow-up for the customer.
        follow_up: Option<Box<FollowUp>>,
    },
    /// The monthly limit of calls is used up.
    #[error("This month's calls are used up.")]
    LimitReached {
        /// When calls are possible again.
        resets_at: Millis,
    },
    /// The telephony provider did not do it.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The database is unavailable.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
    /// Too many writes are waiting for the database, or it refused the write.
    #[error("The server cannot write just now; try again in a moment.")]
    Busy,
}

/// Why a request has no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionFault {
    /// It names none.
    #[error(
        "This needs the session of an agent: send the sessionToken that init returned in the \
         header X-Session-Token, or use a key with the scope \"read\" on your own server."
    )]
    Missing,
    /// The session has expired, or belongs to another key.
    #[error("This session is not valid any more; get a new sessionToken with init.")]
    Invalid,
}

impl ServiceError {
    /// Returns the error for an unknown client id.
    pub fn unknown_client() -> Self {
        Self::Unknown("There is no such client.".to_owned())
    }

    /// Converts a record's refusal into an error for the caller.
    fn of_record(error: RecordError, client: &Client, now: Millis) -> Self {
        match error {
            RecordError::UnknownCall => Self::NotFound,
            RecordError::LimitReached => {
                Self::LimitReached { resets_at: time::next_month(now, client.time_zone) }
            }
            RecordError::NotPermitted(refusal) => permission::explain::refuse(*refusal, client),
            RecordError::Conflict
            | RecordError::AgentBusy
            | RecordError::CallChanged
            | RecordError::Refused(_) => Self::Conflict(error.to_string()),
            RecordError::InvalidData => {
                Self::Invalid { field: "data", sentence: error.to_string() }
            }
            RecordError::Unavailable => Self::Busy,
        }
    }
}

/// Refuses if the client's plan lacks a feature.
fn require_feature(client: &Client, feature: &'static str) -> Result<(), ServiceError> {
    if client.features.iter().any(|had| had == feature) {
        Ok(())
    } else {
        Err(ServiceError::FeatureNotInPlan(feature))
    }
}
