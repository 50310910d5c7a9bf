//! Handlers for signing in with an e-mail address and a password (`/api/admin/sign-in` and its
//! neighbours), and for the account of the caller.

use super::account::Account;
use crate::app::App;
use crate::http::openapi::{ByAdmin, ByAdminBody, Conflict};
use crate::http::request::address::{Sender, SignInRateCheck};
use crate::http::request::auth::{Member, Staff};
use crate::http::request::body::{self, JsonBody};
use crate::http::request::problem::Problem;
use crate::secret::Secret;
use crate::services::access::sign_in::{self, Session, SignInAttempt, SignedIn};
use crate::services::access::wrong_secrets::SentSecret;
use crate::services::access::{passwords, people};
use crate::storage::Stamp;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The credentials to sign in with.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignInBody {
    #[schema(value_type = String, required = true, min_length = 3, max_length = 254, pattern = r"^\s*[^@\s\u0000-\u001f\u007f-\u009f]+@[^@\s\u0000-\u001f\u007f-\u009f]+\s*$", examples("asha@example.com"))]
    email: Option<String>,
    #[schema(value_type = String, required = true, format = Password, max_length = 200, examples("correct horse battery"))]
    password: Option<String>,
    /// The client to sign in at. Without it, the client is the one at which this password is valid
    /// for this e-mail address; if it is at several, the one where the person signed in last. With
    /// an e-mail address at more than three clients, only the last three are looked at.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$", examples("client-demo"))]
    client_id: Option<String>,
}

/// A change of the caller's own password.
#[derive(Deserialize, ToSchema)]
pub struct PasswordBody {
    /// The current password.
    #[schema(value_type = String, required = true, format = Password, max_length = 200)]
    current: Option<String>,
    /// The new password.
    #[schema(value_type = String, required = true, format = Password, min_length = 12, max_length = 200)]
    new: Option<String>,
}

/// Confirms that the request was carried out.
#[derive(Serialize, ToSchema)]
pub struct Done {
    /// Always true.
    success: bool,
}

/// Sign in with an e-mail address and a password
///
/// The token is used like any staff token, and is valid for twelve hours. From each network, an
/// e-mail address may be tried ten times at once, and once more every twenty seconds.
#[utoipa::path(
    post,
    path = "/api/admin/sign-in",
    operation_id = "signIn",
    tag = "Administration",
    request_body = SignInBody,
    responses(
        (status = 200, description = "The person who signed in, and the token.", body = SignedIn),
        ByAdminBody,
    ),
    security(()),
)]
pub async fn sign_in(
    State(app): State<Arc<App>>,
    _: SignInRateCheck,
    sender: Sender,
    JsonBody(body): JsonBody<SignInBody>,
) -> Result<Json<SignedIn>, Problem> {
    let email = people::normalize_email(&body.email.ok_or_else(|| missing_field("email"))?)?;
    let password = Secret::new(body.password.ok_or_else(|| missing_field("password"))?);
    count_attempt(&app, &email, sender)?;
    let client_id = body.client_id.map(|id| body::id_text("clientId", id)).transpose()?;
    let attempt = SignInAttempt { email, password, client_id };
    let (store, ids, now) = (&app.store, &app.ids, app.now());
    let signed_in = sign_in::sign_in(store, ids, &app.passwords, &attempt, now).await?;
    record_sign_in(&app, &attempt, &signed_in, sender);
    Ok(Json(signed_in))
}

/// Sign out
///
/// Ends the session of the token in the request, and the live streams that were opened with it.
#[utoipa::path(
    post,
    path = "/api/admin/sign-out",
    operation_id = "signOut",
    tag = "Administration",
    responses(
        (status = 200, description = "The token is no longer valid.", body = Done),
        ByAdmin, Conflict,
    ),
    security(("adminToken" = [])),
)]
pub async fn sign_out(State(app): State<Arc<App>>, staff: Staff) -> Result<Json<Done>, Problem> {
    let (member, session) = require_person(&staff)?;
    let stamp = Stamp { by: member.by(), now: app.now() };
    app.store.people().end_session(&member.client_id, &session.id, &member.id, stamp).await?;
    Ok(Json(Done { success: true }))
}

/// Change one's own password
///
/// Ends all other sessions of this person. A wrong `current` counts as an attempt to sign in.
#[utoipa::path(
    post,
    path = "/api/admin/password",
    operation_id = "changePassword",
    tag = "Administration",
    request_body = PasswordBody,
    responses(
        (status = 200, description = "The password is changed.", body = Done),
        ByAdminBody, Conflict,
    ),
    security(("adminToken" = [])),
)]
pub async fn change_password(
    State(app): State<Arc<App>>,
    staff: Staff,
    sender: Sender,
    JsonBody(body): JsonBody<PasswordBody>,
) -> Result<Json<Done>, Problem> {
    let (member, session) = require_person(&staff)?;
    let current = Secret::new(body.current.ok_or_else(|| missing_field("current"))?);
    let new = passwords::check_new_password("new", body.new.ok_or_else(|| missing_field("new"))?)?;
    count_attempt(&app, &session.email, sender)?;
    let (operator, client_id) = (app.operator(member.by()), &member.client_id);
    sign_in::change_password(&operator, &app.passwords, client_id, &session.id, &current, &new)
        .await?;
    Ok(Json(Done { success: true }))
}

/// Show the account of this token
#[utoipa::path(
    get,
    path = "/api/admin/me",
    operation_id = "me",
    tag = "Administration",
    responses(
        (status = 200, description = "The caller's role, client and name.", body = Account),
        ByAdmin,
    ),
    security(("adminToken" = [])),
)]
pub async fn show_account(staff: Staff) -> Json<Account> {
    Json(Account::of_staff(&staff))
}

/// Returns the person who sent the request. A token has no session and no password.
fn require_person(staff: &Staff) -> Result<(&Member, &Session), Problem> {
    let none = || {
        let sentence = "A token has no session and no password; revoke it instead.";
        Problem::new(StatusCode::CONFLICT, "conflict", sentence)
    };
    let Staff::Client(member) = staff else { return Err(none()) };
    Ok((member, member.session.as_ref().ok_or_else(none)?))
}

/// Counts an attempt to sign in as the person with this e-mail address.
pub fn count_attempt(app: &App, email: &str, sender: Sender) -> Result<(), Problem> {
    let counted = app.sign_in_limits.count_attempt(email, sender.network, app.now());
    Ok(counted.inspect_err(|_| app.metrics.count_rate_limited("password"))?)
}

/// Remembers from where a person has signed in with a password: neither wrong passwords nor wrong
/// keys of others keep the person out there.
pub fn record_sign_in(app: &App, attempt: &SignInAttempt, signed_in: &SignedIn, sender: Sender) {
    app.sign_in_limits.record_success(&attempt.email, sender.network);
    record_session(app, signed_in, sender);
}

/// Remembers from where a session began: the wrong keys of others do not keep the person out.
pub fn record_session(app: &App, signed_in: &SignedIn, sender: Sender) {
    let hash = signed_in.token().hash();
    app.wrong_secrets.record_right(SentSecret { network: sender.network, hash: &hash });
}

fn missing_field(field: &str) -> Problem {
    Problem::invalid(field, format!("{field} is missing."))
}
