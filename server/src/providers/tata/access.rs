//! Authenticates at Smartflo: by a fixed token, or by a token that the account signs in for.

use super::settings::Access;
use super::wire::Answer;
use super::{Settings, reply_error};
use crate::providers::{Auth, Body, ProviderError, Reply, Request, Transport};
use crate::secret::Secret;
use call_ribbon_shared::Millis;
use serde_json::json;

/// The name under which the token is stored.
const TOKEN: &str = "smartflo";
/// The validity of a token in seconds if the answer does not say it.
const DEFAULT_LIFETIME: u32 = 3_600;
/// A token is not used in its last seconds: a request could arrive after them.
const MARGIN: u32 = 120;

/// Sends a request as this account. If a token from signing in is no longer accepted, a new one is
/// requested, once. That cannot dial twice: a request refused with a 401 was not carried out.
pub async fn send_authenticated(
    settings: &Settings,
    transport: &impl Transport,
    request: Request,
) -> Result<Reply, ProviderError> {
    let (email, password) = match &settings.access {
        Access::Token(token) => {
            let auth = Auth::Bearer(token.clone());
            return transport.send(Request { auth, ..request }).await;
        }
        Access::Login { email, password } => (email, password),
    };
    let kept = transport.stored_token(TOKEN);
    let is_fresh = kept.is_none();
    let token = match kept {
        Some(token) => token,
        None => sign_in(settings, transport, email, password).await?,
    };
    let again = request.clone();
    let reply = transport.send(Request { auth: Auth::Bearer(token), ..request }).await?;
    if reply.status != 401 {
        return Ok(reply);
    }
    transport.remove_token(TOKEN);
    if is_fresh {
        return Ok(reply);
    }
    let token = sign_in(settings, transport, email, password).await?;
    transport.send(Request { auth: Auth::Bearer(token), ..again }).await
}

async fn sign_in(
    settings: &Settings,
    transport: &impl Transport,
    email: &str,
    password: &Secret,
) -> Result<Secret, ProviderError> {
    let reply = transport
        .send(Request {
            purpose: "login",
            method: "POST",
            url: settings.api_url("auth/login"),
            auth: Auth::None,
            body: Body::Json(json!({ "email": email, "password": password.expose() })),
            repeatable: true,
        })
        .await?;
    if matches!(reply.status, 400 | 401 | 403 | 422) {
        let detail = "Smartflo did not accept the email and password; check both.".to_owned();
        return Err(ProviderError::Refused { status: Some(reply.status), detail });
    }
    if !reply.is_success() {
        return Err(reply_error(settings, &reply));
    }
    let answer: Answer = reply.json()?;
    let Some(token) = answer.access_token else { return Err(reply_error(settings, &reply)) };
    let token = Secret::new(token);
    let seconds = answer.expires_in.unwrap_or(DEFAULT_LIFETIME).saturating_sub(MARGIN);
    transport.store_token(TOKEN, token.clone(), transport.now() + Millis::from(seconds) * 1_000);
    Ok(token)
}
