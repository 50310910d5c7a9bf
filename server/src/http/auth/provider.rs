//! A telephony provider that tells of calls by itself.

use super::super::problem::Problem;
use crate::app::App;
use crate::providers::Delivered;
use crate::secret::Secret;
use crate::services::accounts::Account;
use crate::storage::Client;
use axum::body::Bytes;
use axum::extract::{FromRequest, Path, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse as _;
use axum::{RequestExt as _, RequestPartsExt as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::sync::Arc;
use subtle::ConstantTimeEq as _;

/// The provider of an account, by the secret in the address it was given or beside it; and where
/// the account is set to want a header, by that as well.
pub struct Provider {
    pub client: Client,
    pub account: Account,
    pub delivered: Delivered,
}

impl FromRequest<Arc<App>> for Provider {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let (mut parts, body) = request.with_limited_body().into_parts();
        let Path((provider, last)) =
            parts.extract::<Path<(String, String)>>().await.map_err(|_| forged())?;
        // First who it is; a stranger's body is not even read.
        let mut found = app.accounts.by_webhook(app, &provider, &Secret::new(&*last)).await?;
        if let (None, Some(beside)) = (&found, named(&parts.headers)) {
            // The address names the account then, and its secret comes beside it.
            found = app.accounts.by_webhook(app, &provider, &beside).await?;
            found = found.filter(|(_, account)| account.account_id == last);
        }
        let (client, account) = found.ok_or_else(forged)?;
        if !bears_its_header(&account, &parts.headers) {
            return Err(forged());
        }
        let content_type = text(&parts.headers, header::CONTENT_TYPE.as_str());
        let query = parts.uri.query().unwrap_or_default().to_owned();
        let body = Bytes::from_request(Request::from_parts(parts, body), app)
            .await
            .map_err(|rejection| Problem::of_status(rejection.into_response().status()))?;
        Ok(Self { client, account, delivered: Delivered { content_type, query, body } })
    }
}

/// The secret that comes beside the address, where one does: in a header of its own, or as the
/// password of `Authorization: Basic`.
fn named(headers: &HeaderMap) -> Option<Secret> {
    if let Some(secret) = text(headers, "x-webhook-secret") {
        return Some(Secret::new(secret));
    }
    let basic = text(headers, header::AUTHORIZATION.as_str())?;
    let pair = STANDARD.decode(basic.strip_prefix("Basic ")?.trim()).ok()?;
    let pair = String::from_utf8(pair).ok()?;
    pair.split_once(':').map(|(_, password)| Secret::new(password))
}

/// Whether a request bears the header that the account wants, if it wants one. Compared in constant
/// time.
fn bears_its_header(account: &Account, headers: &HeaderMap) -> bool {
    let Some((name, value)) = account.settings.webhook_header() else { return true };
    headers
        .get(name)
        .is_some_and(|sent| bool::from(sent.as_bytes().ct_eq(value.expose().as_bytes())))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// The same for all that is wrong, so that nothing can be learned from it.
fn forged() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "invalid_webhook",
        "This address is not one that was given to a telephony provider.",
    )
}
