//! Extractor for staff who read a client's records as its keys do.

use super::Scope;
use super::admin::limited_to_teams;
use crate::http::request::problem::Problem;
use crate::services::access::credential_ref::CredentialRef;
use crate::services::access::role::Role;
use crate::services::access::teams::TeamView;
use crate::storage::Client;
use axum::http::{Extensions, StatusCode};

/// The scopes that only read; staff sessions have these and no other.
const LOOKING: [&str; 2] = ["read", "export"];

/// Staff at an address that keys read. [`crate::http::access::staff_reads`] attaches it to a
/// request after authentication, and nothing that a request itself contains can replace it.
#[derive(Debug, Clone)]
pub struct Reader {
    pub client: Client,
    pub credential: CredentialRef,
    /// The reader as the audit log names it: name and id.
    pub name: String,
    pub id: Option<String>,
    /// `None`: the operator.
    pub role: Option<Role>,
    /// The agents that a supervisor sees; `None`: all of the client's.
    pub team: Option<TeamView>,
}

impl Reader {
    /// Returns the staff reader, in place of a key with one of these scopes; `None` if the request
    /// has to authenticate by key.
    pub fn from_extensions<S: Scope>(extensions: &Extensions) -> Result<Option<Self>, Problem> {
        let Some(reader) = extensions.get::<Self>() else { return Ok(None) };
        if S::COUNTED || !S::ANY_OF.iter().any(|scope| LOOKING.contains(scope)) {
            let sentence = "A signed-in person may only read this; use an API key.";
            return Err(Problem::new(StatusCode::FORBIDDEN, "scope_missing", sentence));
        }
        if reader.team.is_some() && !S::FOR_TEAMS {
            return Err(limited_to_teams());
        }
        Ok(Some(reader.clone()))
    }
}
