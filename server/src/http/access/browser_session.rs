//! Handlers for the dashboard's session, which a browser keeps in a cookie: `/api/admin/session`.

use super::account::Account;
use super::sign_in::{count_attempt, record_sign_in};
use crate::app::App;
use crate::http::openapi::ByAdminBody;
use crate::http::request::address::{Sender, SignInRateCheck};
use crate::http::request::auth::{CookieRequest, Staff, find_key_client};
use crate::http::request::body::{self, JsonBody};
use crate::http::request::problem::Problem;
use crate::secret::Secret;
use crate::services::access::browser_sessions::BrowserCredential;
use crate::services::access::people;
use crate::services::access::sign_in::{self, ChoiceOrSession, ClientChoice, SignInAttempt};
use crate::services::calls::ribbon_init;
use crate::storage::Stamp;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::response::{AppendHeaders, IntoResponse, Response};
use call_ribbon_shared::wire::ClientAbout;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// How to sign in: `email` and `password`, or `token`, or `apiKey`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewSessionBody {
    /// A person's e-mail address.
    #[schema(value_type = Option<String>, min_length = 3, max_length = 254, pattern = r"^\s*[^@\s\u0000-\u001f\u007f-\u009f]+@[^@\s\u0000-\u001f\u007f-\u009f]+\s*$", examples("asha@example.com"))]
    email: Option<String>,
    #[schema(value_type = Option<String>, format = Password, max_length = 200, examples("correct horse battery"))]
    password: Option<String>,
    /// As for `/api/admin/sign-in`.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$", examples("client-demo"))]
    client_id: Option<String>,
    /// With true and without `clientId`, a password that is valid at several clients signs nobody in:
    /// the answer lists them, for the user to choose.
    #[serde(default)]
    choose_client: bool,
    /// The operator's token or a staff token.
    #[schema(value_type = Option<String>, format = Password, max_length = 200)]
    token: Option<String>,
    /// A client's API key.
    #[schema(value_type = Option<String>, format = Password, max_length = 200)]
    api_key: Option<String>,
}

/// The answer to signing in.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum SessionOrChoice {
    /// Who signed in.
    Session(Account),
    /// Nobody signed in yet.
    Choice(ChoiceOfClients),
}

/// The clients at which the password is valid.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChoiceOfClients {
    /// The one where the person signed in last is first.
    choose_client: Vec<ClientChoice>,
}

/// The session of the browser that asks.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CurrentSession {
    /// Null if nobody is signed in.
    #[schema(required = true)]
    session: Option<Account>,
    /// The client of a member of its staff, as in `GET /api/ribbon/client`; absent for others.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<ClientAbout>,
    /// The name of the OpenID Connect provider by which staff may sign in, at the page
    /// `/oidc/sign-in`; null if there is none.
    #[schema(required = true, examples("your company account"))]
    sign_in_with: Option<String>,
}

/// The end of a session.
#[derive(Serialize, ToSchema)]
pub struct SessionEnded {
    /// Always true.
    success: bool,
}

/// Sign in to the dashboard
///
/// Stores the session in a cookie that scripts cannot read (`HttpOnly`, `SameSite=Strict`, and
/// `Secure` with HTTPS), for twelve hours. The cookie is valid in place of the header
/// `Authorization` or `X-API-Key`, but only in requests of this server's own pages; those that
/// change something must have the header `X-Call-Ribbon`, as this one must. Programs use
/// `/api/admin/sign-in` or a token instead.
#[utoipa::path(
    post,
    path = "/api/admin/session",
    operation_id = "beginSession",
    tag = "Administration",
    request_body = NewSessionBody,
    responses(
        (status = 200, description = "Who signed in.", body = SessionOrChoice),
        ByAdminBody,
    ),
    security(()),
)]
pub async fn begin_session(
    State(app): State<Arc<App>>,
    _: SignInRateCheck,
    sender: Sender,
    parts: Parts,
    JsonBody(body): JsonBody<NewSessionBody>,
) -> Result<Response, Problem> {
    let cookies = CookieRequest::of_parts(&app, &parts);
    // Otherwise another page could sign its visitor in as somebody else.
    cookies.check_own_page()?;
    let client_id = body.client_id.map(|id| body::id_text("clientId", id)).transpose()?;
    let credential = if let Some(key) = body.api_key {
        BrowserCredential::Key(Secret::new(key))
    } else if let Some(token) = body.token {
        BrowserCredential::Staff(Secret::new(token))
    } else if let (Some(email), Some(password)) = (body.email, body.password) {
        let email = people::normalize_email(&email)?;
        count_attempt(&app, &email, sender)?;
        let attempt = SignInAttempt { email, password: Secret::new(password), client_id };
        let (store, ids, now) = (&app.store, &app.ids, app.now());
        let may_choose = body.choose_client && attempt.client_id.is_none();
        let signed_in = if may_choose {
            let done = sign_in::sign_in_or_choose(store, ids, &app.passwords, &attempt, now);
            match done.await? {
                ChoiceOrSession::Session(signed_in) => signed_in,
                ChoiceOrSession::Choice(choose_client) => {
                    let choice = SessionOrChoice::Choice(ChoiceOfClients { choose_client });
                    return Ok(Json(choice).into_response());
                }
            }
        } else {
            sign_in::sign_in(store, ids, &app.passwords, &attempt, now).await?
        };
        record_sign_in(&app, &attempt, &signed_in, sender);
        BrowserCredential::Staff(signed_in.token())
    } else {
        let sentence = "Send an e-mail address and a password, a token or an API key.";
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "missing_api_key", sentence));
    };
    let session = describe_session(&app, &parts, &credential, sender).await?;
    let sealed = app.browser_sessions.seal(&app.ids, &credential, app.now());
    let cookie = sealed.ok().and_then(|sealed| cookies.set_cookie(&sealed));
    let cookie = cookie.ok_or_else(|| Problem::from_status(StatusCode::INTERNAL_SERVER_ERROR))?;
    let session = Json(SessionOrChoice::Session(session));
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), session).into_response())
}

/// Show the dashboard's session
///
/// Says who is signed in by the cookie of `POST /api/admin/session`.
#[utoipa::path(
    get,
    path = "/api/admin/session",
    operation_id = "session",
    tag = "Administration",
    responses(
        (status = 200, description = "Who is signed in.", body = CurrentSession),
        ByAdminBody,
    ),
    security(()),
)]
pub async fn show_session(
    State(app): State<Arc<App>>,
    sender: Sender,
    parts: Parts,
) -> Result<Json<CurrentSession>, Problem> {
    let credential = CookieRequest::of_parts(&app, &parts).find_credential()?;
    let session = match &credential {
        None => None,
        Some(credential) => match describe_session(&app, &parts, credential, sender).await {
            Ok(session) => Some(session),
            Err(problem) if problem.is_unauthorized() => None,
            Err(problem) => return Err(problem),
        },
    };
    // A page that opens needs both: with one question it is ready earlier.
    let client_id = session.as_ref().and_then(Account::client_of_staff);
    let client = match client_id {
        Some(id) => ribbon_init::find_client_about(&app.store, id).await?,
        None => None,
    };
    let sign_in_with = app.oidc.as_ref().map(|oidc| oidc.name().to_owned());
    Ok(Json(CurrentSession { session, client, sign_in_with }))
}

/// Sign out of the dashboard
///
/// Removes the cookie, and ends a person's session with all live streams that were opened in it.
#[utoipa::path(
    delete,
    path = "/api/admin/session",
    operation_id = "endSession",
    tag = "Administration",
    responses(
        (status = 200, description = "Nobody is signed in any more.", body = SessionEnded),
        ByAdminBody,
    ),
    security(()),
)]
pub async fn end_session(
    State(app): State<Arc<App>>,
    sender: Sender,
    parts: Parts,
) -> Result<Response, Problem> {
    let cookies = CookieRequest::of_parts(&app, &parts);
    if let Some(BrowserCredential::Staff(token)) = cookies.find_credential()?
        && let Ok(Staff::Client(member)) = Staff::find_by_token(&app, &token, sender).await
        && let Some(session) = &member.session
    {
        let stamp = Stamp { by: member.by(), now: app.now() };
        app.store.people().end_session(&member.client_id, &session.id, &member.id, stamp).await?;
    }
    let cookie = cookies.clear_cookie().map(|cookie| (SET_COOKIE, cookie));
    let ended = Json(SessionEnded { success: true });
    Ok((cookie.map(|cookie| AppendHeaders([cookie])), ended).into_response())
}

/// Describes the holder of a credential, which must be valid.
async fn describe_session(
    app: &Arc<App>,
    parts: &Parts,
    credential: &BrowserCredential,
    sender: Sender,
) -> Result<Account, Problem> {
    match credential {
        BrowserCredential::Staff(token) => {
            Ok(Account::of_staff(&Staff::find_by_token(app, token, sender).await?))
        }
        BrowserCredential::Key(key) => {
            Ok(Account::of_key(find_key_client(app, key.clone(), parts).await?))
        }
    }
}
