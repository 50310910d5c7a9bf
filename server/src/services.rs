//! The rules: what may be done, and what follows from it. Handlers bring what they have read,
//! storage keeps what comes of it.

pub mod access;
pub mod analytics;
pub mod calls;
pub mod clients;
pub mod copy;
pub mod csv;
pub mod cursor;
pub mod customers;
pub mod demo_data;
pub mod fingerprint;
pub mod periodic;
pub mod providers;

use crate::providers::ProviderError;
use crate::storage::{Client, RecordError, StoreError};
use crate::time;
use call_ribbon_shared::Millis;

/// Why something asked for is not done.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// A field holds what it must not.
    #[error("{sentence}")]
    Invalid {
        /// The field's name in the request.
        field: &'static str,
        /// What is wrong with it.
        sentence: String,
    },
    /// A setting of a provider's account is not as the provider needs it.
    #[error("{sentence}")]
    Setting {
        /// The field's name within `settings`.
        field: &'static str,
        /// What is wrong with it.
        sentence: String,
    },
    /// A telephone number cannot be dialed.
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
    /// There is no such thing, or it is another client's.
    #[error("There is no such call.")]
    NotFound,
    /// There is no such thing other than a call; the sentence says what.
    #[error("{0}")]
    Unknown(String),
    /// The e-mail address and the password do not belong together, or to nobody. One sentence for
    /// both, so that nobody learns which addresses are known.
    #[error("This e-mail address and password do not belong together.")]
    WrongPassword,
    /// The client is not served for now.
    #[error("This client is suspended.")]
    Suspended,
    /// The state of things does not allow it.
    #[error("{0}")]
    Conflict(String),
    /// The month's calls are used up.
    #[error("This month's calls are used up.")]
    LimitReached {
        /// When calls are possible again.
        resets_at: Millis,
    },
    /// The telephony provider did not do it.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The database is away.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
    /// Too much waits for the database, or it did not take what was to be written.
    #[error("The server cannot write just now; try again in a moment.")]
    Busy,
}

impl ServiceError {
    /// What a record's refusal means to the one who asked.
    fn of_record(error: RecordError, client: &Client, now: Millis) -> Self {
        match error {
            RecordError::UnknownCall => Self::NotFound,
            RecordError::LimitReached => {
                Self::LimitReached { resets_at: time::next_month(now, client.time_zone) }
            }
            RecordError::Conflict
            | RecordError::AgentBusy
            | RecordError::MovedOn
            | RecordError::Refused(_) => Self::Conflict(error.to_string()),
            RecordError::CannotBeKept => {
                Self::Invalid { field: "data", sentence: error.to_string() }
            }
            RecordError::Unavailable => Self::Busy,
        }
    }
}

/// Says no where a client's plan lacks a feature.
fn require_feature(client: &Client, feature: &'static str) -> Result<(), ServiceError> {
    if client.features.iter().any(|had| had == feature) {
        Ok(())
    } else {
        Err(ServiceError::FeatureNotInPlan(feature))
    }
}
