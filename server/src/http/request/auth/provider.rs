//! Extractor for a telephony provider that sends webhooks.

use crate::app::App;
use crate::http::request::paths::WebhookPath;
use crate::http::request::problem::Problem;
use crate::http::request::volume::check_volume;
use crate::providers::WebhookRequest;
use crate::rate_limit::Sender;
use crate::secret::Secret;
use crate::services::providers::accounts::Account;
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

/// The most bytes of a webhook's body. Webhooks of both providers have at most a few kilobytes: some
/// dozens of fields, and two lines for each phone that was rung.
pub const LARGEST_WEBHOOK: usize = 64 * 1024;

/// The provider of an account, by the secret in or beside the address; and by a header as well, if
/// the account requires one.
pub struct Provider {
    pub client: Client,
    pub account: Account,
    pub delivered: WebhookRequest,
}

impl FromRequest<Arc<App>> for Provider {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let (mut parts, body) = request.with_limited_body().into_parts();
        let Path(WebhookPath { provider, secret }) =
            parts.extract::<Path<WebhookPath>>().await.map_err(|_| forged_webhook())?;
        // The sender is identified first; the body of an unknown sender is not even read.
        let accounts = &app.telephony.accounts;
        let mut found = accounts.by_webhook(&provider, &Secret::new(&*secret), app.now()).await?;
        if let (None, Some(beside)) = (&found, secret_beside_address(&parts.headers)) {
            // Here the address names the account, and its secret comes beside it.
            found = accounts.by_webhook(&provider, &beside, app.now()).await?;
            found = found.filter(|(_, account)| account.account_id == secret);
        }
        let (client, account) = found.ok_or_else(forged_webhook)?;
        let mut delivered = WebhookRequest {
            content_type: header_value(&parts.headers, header::CONTENT_TYPE.as_str()),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            body: Bytes::new(),
        };
        let refused = |delivered: &WebhookRequest, status: StatusCode, why: &str| {
            app.request_log.log_refused(&account, delivered, app.now(), status.as_u16(), why);
        };
        if let Some(name) = lacks_header(&account, &parts.headers) {
            let why = format!("the header {name} is missing, or its value is not the account's");
            refused(&delivered, StatusCode::UNAUTHORIZED, &why);
            return Err(forged_webhook());
        }
        match Bytes::from_request(Request::from_parts(parts, body), app).await {
            Ok(body) => {
                check_volume(
                    app,
                    &client.id,
                    Sender::Provider,
                    body.len() + delivered.query.len(),
                )?;
                delivered.body = body;
            }
            Err(rejection) => {
                let problem = body_problem(rejection.into_response().status());
                refused(&delivered, problem.status(), "its body is too large, or incomplete");
                return Err(problem);
            }
        }
        Ok(Self { client, account, delivered })
    }
}

/// Returns the secret beside the address, if sent: in a header of its own, or as the password of
/// `Authorization: Basic`.
fn secret_beside_address(headers: &HeaderMap) -> Option<Secret> {
    if let Some(secret) = header_value(headers, "x-webhook-secret") {
        return Some(Secret::new(secret));
    }
    let basic = header_value(headers, header::AUTHORIZATION.as_str())?;
    let pair = STANDARD.decode(basic.strip_prefix("Basic ")?.trim()).ok()?;
    let pair = String::from_utf8(pair).ok()?;
    pair.split_once(':').map(|(_, password)| Secret::new(password))
}

/// Returns the name of the header that the account requires, if the request lacks it. Compared in
/// constant time.
fn lacks_header<'a>(account: &'a Account, headers: &HeaderMap) -> Option<&'a str> {
    let (name, value) = account.settings.webhook_header()?;
    let bears = headers
        .get(name)
        .is_some_and(|sent| bool::from(sent.as_bytes().ct_eq(value.expose().as_bytes())));
    (!bears).then_some(name)
}

fn header_value(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// Returns the error for a body that was not read.
fn body_problem(status: StatusCode) -> Problem {
    if status != StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::from_status(status);
    }
    let most = LARGEST_WEBHOOK / 1024;
    let sentence = format!("The body of a webhook must not be larger than {most} KiB.");
    Problem::new(status, "payload_too_large", sentence)
}

/// The same error for every cause, so that a sender learns nothing from it.
fn forged_webhook() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "invalid_webhook",
        "This is not the webhook URL of a provider account.",
    )
}
