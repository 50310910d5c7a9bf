//! Getting in: by a fixed token, or by one for which the account signs in.

use super::settings::Access;
use super::wire::Answer;
use super::{Settings, refused};
use crate::providers::{Auth, Body, Line, ProviderError, Reply, Request};
use crate::secret::Secret;
use call_ribbon_shared::Millis;
use serde_json::json;

/// The name under which the line keeps the token.
const TOKEN: &str = "smartflo";
/// A token is good for so many seconds where it does not say.
const USUAL_LIFE: u32 = 3_600;
/// It is not used for its last seconds: a request could arrive after them.
const MARGIN: u32 = 120;

/// Sends a request as this account. A token that was got by signing in and is not taken any more
/// is got anew, once. That cannot dial twice: what is refused with a 401 was not done.
pub async fn send(
    settings: &Settings,
    line: &impl Line,
    request: Request,
) -> Result<Reply, ProviderError> {
    let (email, password) = match &settings.access {
        Access::Token(token) => {
            let auth = Auth::Bearer(token.clone());
            return line.send(Request { auth, ..request }).await;
        }
        Access::Login { email, password } => (email, password),
    };
    let kept = line.token(TOKEN);
    let is_fresh = kept.is_none();
    let token = match kept {
        Some(token) => token,
        None => sign_in(settings, line, email, password).await?,
    };
    let again = request.clone();
    let reply = line.send(Request { auth: Auth::Bearer(token), ..request }).await?;
    if reply.status != 401 {
        return Ok(reply);
    }
    line.forget_token(TOKEN);
    if is_fresh {
        return Ok(reply);
    }
    let token = sign_in(settings, line, email, password).await?;
    line.send(Request { auth: Auth::Bearer(token), ..again }).await
}

async fn sign_in(
    settings: &Settings,
    line: &impl Line,
    email: &str,
    password: &Secret,
) -> Result<Secret, ProviderError> {
    let reply = line
        .send(Request {
            purpose: "login",
            method: "POST",
            url: settings.url("auth/login"),
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
        return Err(refused(settings, &reply));
    }
    let answer: Answer = reply.json()?;
    let Some(token) = answer.access_token else { return Err(refused(settings, &reply)) };
    let token = Secret::new(token);
    let seconds = answer.expires_in.unwrap_or(USUAL_LIFE).saturating_sub(MARGIN);
    line.keep_token(TOKEN, token.clone(), line.now() + Millis::from(seconds) * 1_000);
    Ok(token)
}
