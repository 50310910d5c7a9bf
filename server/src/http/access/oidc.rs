//! Handlers for signing in by an OpenID Connect provider: `/oidc/…`. They answer the browser on its
//! way to the provider and back, and the provider itself.

use super::sign_in::record_session;
use crate::app::App;
use crate::http::pages::notice::{Notice, show_notice};
use crate::http::request::address::{Sender, SignInRateCheck};
use crate::http::request::auth::CookieRequest;
use crate::http::request::below_path::base_path;
use crate::http::request::problem::{OwnForm, Problem};
use crate::services::access::browser_sessions::BrowserCredential;
use crate::services::access::oidc::{
    FinishedSignIn, LogoutRefusal, Oidc, OidcError, ProviderAnswer,
};
use crate::services::access::sign_in::{ChoiceOrSession, ClientChoice};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::json;
use std::sync::Arc;

/// The most bytes of a logout's body.
pub const LARGEST_LOGOUT: usize = 32 * 1024;
/// The most bytes of a value in the provider's answer.
const LONGEST_VALUE: usize = 8 * 1024;

/// `/oidc/sign-in`: sends the browser to the provider. `returnTo` is the page of the dashboard to
/// open afterwards, and `clientId` the client to sign in at.
pub async fn begin_sign_in(
    State(app): State<Arc<App>>,
    _: SignInRateCheck,
    parts: Parts,
) -> Result<Response, Problem> {
    let oidc = find_provider(&app)?;
    let asked = |name| find_value(&parts.uri, name);
    let return_to = asked("returnTo").unwrap_or_default();
    match oidc.begin(app.surroundings(), &return_to, asked("clientId")).await {
        Ok(begun) => {
            let cookie = CookieRequest::of_parts(&app, &parts).set_pending_cookie(&begun.cookie);
            redirect(&begun.url, cookie)
        }
        Err(error) => Ok(refuse(&app, oidc, &error)),
    }
}

/// `/oidc/callback`: the browser comes back from the provider.
pub async fn finish_sign_in(
    State(app): State<Arc<App>>,
    _: SignInRateCheck,
    sender: Sender,
    parts: Parts,
) -> Result<Response, Problem> {
    let oidc = find_provider(&app)?;
    let cookies = CookieRequest::of_parts(&app, &parts);
    let asked = |name| find_value(&parts.uri, name);
    let answer = ProviderAnswer {
        state: asked("state").unwrap_or_default(),
        code: asked("code"),
        error: asked("error"),
        error_description: asked("error_description"),
        issuer: asked("iss"),
    };
    let cookie = cookies.find_pending_cookie().unwrap_or_default();
    let finished = match oidc.finish(app.surroundings(), cookie, &answer).await {
        Ok(finished) => finished,
        // Another answer may still come for the sign-in in the cookie.
        Err(OidcError::NotBegun) => return Ok(refuse(&app, oidc, &OidcError::NotBegun)),
        Err(error) => {
            let used = cookies.clear_pending_cookie().map(|cookie| (SET_COOKIE, cookie));
            return Ok((used.map(|used| AppendHeaders([used])), refuse(&app, oidc, &error))
                .into_response());
        }
    };
    let FinishedSignIn { outcome, return_to } = finished;
    let signed_in = match outcome {
        ChoiceOrSession::Session(signed_in) => signed_in,
        ChoiceOrSession::Choice(clients) => {
            let used = cookies.clear_pending_cookie().map(|cookie| (SET_COOKIE, cookie));
            let page = offer_clients(&app, &clients, &return_to);
            return Ok((used.map(|used| AppendHeaders([used])), page).into_response());
        }
    };
    record_session(&app, &signed_in, sender);
    let credential = BrowserCredential::Staff(signed_in.token());
    let sealed = app.browser_sessions.seal(&app.ids, &credential, app.now());
    let session = sealed.ok().and_then(|sealed| cookies.set_cookie(&sealed));
    let session = session.ok_or_else(|| Problem::from_status(StatusCode::INTERNAL_SERVER_ERROR))?;
    let response =
        redirect(&format!("{}{return_to}", base_path(&app)), cookies.clear_pending_cookie())?;
    Ok((AppendHeaders([(SET_COOKIE, session)]), response).into_response())
}

/// `/oidc/logout`: the provider says that a person's session is over (OpenID Connect Back-Channel
/// Logout 1.0, 2.5).
pub async fn log_out(State(app): State<Arc<App>>, body: Bytes) -> Result<Response, Problem> {
    let oidc = find_provider(&app)?;
    let mut fields = form_urlencoded::parse(&body);
    let token = fields.find(|(name, _)| name == "logout_token").map(|(_, token)| token);
    let token = token.unwrap_or_default();
    let refusal = match oidc.log_out(app.surroundings(), &token).await {
        Ok(()) => {
            // At once, and not with the next check of all streams.
            app.admissions.end_invalid(&app.store, &app.admin_token_hash, app.now()).await;
            return Ok(([(CACHE_CONTROL, "no-store")], StatusCode::OK).into_response());
        }
        Err(refusal) => refusal,
    };
    tracing::warn!("a logout of the provider was refused: {refusal}");
    let (status, code) = match refusal {
        LogoutRefusal::Invalid(_) => (StatusCode::BAD_REQUEST, "invalid_request"),
        LogoutRefusal::NoKeys(_) | LogoutRefusal::Store(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable")
        }
    };
    // The form of OAuth's errors, which the specification asks for (2.8).
    let body = Json(json!({"error": code, "error_description": refusal.to_string()}));
    Ok((status, Extension(OwnForm), [(CACHE_CONTROL, "no-store")], body).into_response())
}

fn find_provider(app: &App) -> Result<&Oidc, Problem> {
    app.oidc.as_ref().ok_or_else(Problem::no_such_address)
}

/// Returns a value of the query, if it has one of a reasonable length.
fn find_value(uri: &Uri, name: &str) -> Option<String> {
    let query = uri.query().unwrap_or_default().as_bytes();
    let (_, value) = form_urlencoded::parse(query).find(|(other, _)| other == name)?;
    (!value.is_empty() && value.len() <= LONGEST_VALUE).then(|| value.into_owned())
}

fn redirect(to: &str, cookie: Option<HeaderValue>) -> Result<Response, Problem> {
    let to = HeaderValue::from_str(to);
    let (Ok(to), Some(cookie)) = (to, cookie) else {
        return Err(Problem::from_status(StatusCode::INTERNAL_SERVER_ERROR));
    };
    let headers = [
        (LOCATION, to),
        (SET_COOKIE, cookie),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // The address that the browser leaves may contain a code.
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    Ok((StatusCode::SEE_OTHER, AppendHeaders(headers)).into_response())
}

/// Shows why nobody is signed in.
fn refuse(app: &App, oidc: &Oidc, error: &OidcError) -> Response {
    tracing::info!("a sign-in by the provider failed: {error}");
    let status = match error {
        OidcError::NotBegun => StatusCode::BAD_REQUEST,
        OidcError::Unreachable(_) | OidcError::Busy => StatusCode::SERVICE_UNAVAILABLE,
        OidcError::Unusable(_) | OidcError::BadToken(_) | OidcError::UnknownClient => {
            StatusCode::BAD_GATEWAY
        }
        _ => StatusCode::FORBIDDEN,
    };
    show_notice(&Notice {
        status,
        title: "You are not signed in",
        sentence: &error.sentence(oidc.name()),
        links: &[(format!("{}/dashboard", base_path(app)), "Back to the sign-in page".to_owned())],
    })
}

/// Lets a person choose the client. Each link begins a sign-in at one, for which the provider knows
/// the person already.
fn offer_clients(app: &App, clients: &[ClientChoice], return_to: &str) -> Response {
    let link = |client: &ClientChoice| {
        let pairs = [("clientId", client.client_id.as_str()), ("returnTo", return_to)];
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        (format!("{}/oidc/sign-in?{query}", base_path(app)), client.client_name.clone())
    };
    show_notice(&Notice {
        status: StatusCode::OK,
        title: "Choose a client",
        sentence: "You may sign in at several clients. Which one do you want to open?",
        links: &clients.iter().map(link).collect::<Vec<_>>(),
    })
}
