//! Finds the stored credential that a request was sent with.

use crate::app::App;
use crate::http::request::address::Sender;
use crate::http::request::problem::Problem;
use crate::http::request::trace;
use crate::rate_limit::TooMany;
use crate::secret::Secret;
use crate::services::access::wrong_secrets::SentSecret;
use crate::storage::{CredentialKind, FoundCredential};
use axum::http::StatusCode;
use subtle::ConstantTimeEq as _;

/// Returns the credential of this kind with this secret, with its client. Refuses an unknown or
/// revoked one; whether the client may be served is left to the caller.
pub async fn find_credential(
    app: &App,
    kind: CredentialKind,
    secret: &Secret,
    sender: Sender,
) -> Result<FoundCredential, Problem> {
    let hash = secret.hash();
    let sent = SentSecret { network: sender.network, hash: &hash };
    check_wrong_secrets(app, sent)?;
    let found = app.store.credentials().system_find(kind, &hash).await?;
    let Some(found) = found.filter(|found| is_same(&hash, &found.hash)) else {
        return Err(refuse_unknown(app, sent, unknown_credential(kind)));
    };
    app.wrong_secrets.record_right(sent);
    if found.credential.revoked_at.is_some() {
        return Err(revoked_credential(kind));
    }
    trace::record_client(&found.client.id);
    Ok(found)
}

/// Refuses a secret, before it is looked up, if its network has sent too many wrong ones.
pub fn check_wrong_secrets(app: &App, sent: SentSecret<'_>) -> Result<(), Problem> {
    app.wrong_secrets.check(sent, app.now()).map_err(|too_many| slow_down(app, too_many))
}

/// Counts a secret that is not known, and returns why it is refused.
pub fn refuse_unknown(app: &App, sent: SentSecret<'_>, problem: Problem) -> Problem {
    let counted = app.wrong_secrets.count_wrong(sent, app.now());
    counted.map_or_else(|too_many| slow_down(app, too_many), |()| problem)
}

fn slow_down(app: &App, too_many: TooMany) -> Problem {
    app.metrics.count_rate_limited("wrong_secrets");
    let sentence = format!(
        "Your network has sent too many keys or tokens that are not valid; try again in {} s.",
        too_many.retry_after
    );
    Problem::too_many(too_many, sentence)
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
