//! Finds the stored credential that a request was sent with.

use crate::app::App;
use crate::http::request::problem::Problem;
use crate::http::request::trace;
use crate::secret::Secret;
use crate::storage::{CredentialKind, FoundCredential};
use axum::http::StatusCode;
use subtle::ConstantTimeEq as _;

/// Returns the credential of this kind with this secret, with its client. Refuses an unknown or
/// revoked one; whether the client may be served is left to the caller.
pub async fn find_credential(
    app: &App,
    kind: CredentialKind,
    secret: &Secret,
) -> Result<FoundCredential, Problem> {
    let hash = secret.hash();
    let found = app.store.credentials().system_find(kind, &hash).await?;
    let found = found
        .filter(|found| is_same(&hash, &found.hash))
        .ok_or_else(|| unknown_credential(kind))?;
    if found.credential.revoked_at.is_some() {
        return Err(revoked_credential(kind));
    }
    trace::record_client(&found.client.id);
    Ok(found)
}

/// Compares two hashes in constant time.
pub fn is_same(hash: &str, stored: &str) -> bool {
    hash.as_bytes().ct_eq(stored.as_bytes()).into()
}

/// Refuses a credential that is not stored.
pub fn unknown_credential(kind: CredentialKind) -> Problem {
    let sentence = format!("This {} is not valid.", name_kind(kind));
    Problem::new(StatusCode::UNAUTHORIZED, "invalid_api_key", sentence)
}

/// Refuses a revoked credential.
pub fn revoked_credential(kind: CredentialKind) -> Problem {
    let sentence = format!("This {} was revoked.", name_kind(kind));
    Problem::new(StatusCode::UNAUTHORIZED, "revoked_api_key", sentence)
}

/// Returns what callers know this kind of credential as.
fn name_kind(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::ApiKey => "API key",
        CredentialKind::DialerKey => "dialer key",
        CredentialKind::StaffToken => "admin token",
    }
}
