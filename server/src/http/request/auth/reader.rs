//! Those who look after a client and read its records as its keys do.

use super::Scope;
use crate::http::request::problem::Problem;
use crate::services::access::principal::Pass;
use crate::storage::Client;
use axum::http::{Extensions, StatusCode};

/// Scopes of a key that stand for looking; one who is signed in has these and no other.
const LOOKING: [&str; 2] = ["read", "export"];

/// One who is signed in, at an address that keys read. [`crate::http::access::staff_reads`] leaves it with a
/// request after having asked who it is, and nothing that a request itself holds can stand for it.
#[derive(Debug, Clone)]
pub struct Reader {
    pub client: Client,
    pub pass: Pass,
}

impl Reader {
    /// The one who reads, in place of a key with one of these scopes; `None` where a key has to
    /// say who it is.
    pub fn of<S: Scope>(extensions: &Extensions) -> Result<Option<Self>, Problem> {
        let Some(reader) = extensions.get::<Self>() else { return Ok(None) };
        if S::COUNTED || !S::ANY_OF.iter().any(|scope| LOOKING.contains(scope)) {
            let sentence = "Those who are signed in may look here; this needs an API key.";
            return Err(Problem::new(StatusCode::FORBIDDEN, "scope_missing", sentence));
        }
        Ok(Some(reader.clone()))
    }
}
