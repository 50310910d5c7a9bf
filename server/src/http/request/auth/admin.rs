//! Extractors for operators and for a client's staff, by token or by the token of a sign-in.

use super::cookie::CookieRequest;
use super::credential::{
    check_wrong_secrets, find_credential, is_same, refuse_unknown, unknown_credential,
};
use super::{header_text, suspended_client};
use crate::app::App;
use crate::http::request::address::Sender as RequestSender;
use crate::http::request::number_view::NumberView;
use crate::http::request::problem::Problem;
use crate::http::request::trace;
use crate::http::request::volume::{announced_bytes, check_volume};
use crate::rate_limit::Sender;
use crate::secret::Secret;
use crate::services::access::credential_ref::CredentialRef;
use crate::services::access::role::Role;
use crate::services::access::sign_in::{self, Session};
use crate::services::access::teams::TeamView;
use crate::services::access::wrong_secrets::SentSecret;
use crate::storage::{Actor, CredentialKind};
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::StatusCode;
use axum::http::request::Parts;
use std::marker::PhantomData;
use std::sync::Arc;

/// The operator of the server, by `Authorization: Bearer <admin token>`. A token always exists:
/// without one in the settings the server generates its own.
pub struct Admin;

/// The staff of the client that the path names: the operator, or a member of that client's staff
/// with a sufficient role.
pub struct ClientStaff<R> {
    /// Whether it is the operator, who may do more than the client itself.
    pub is_operator: bool,
    /// The credential of the caller.
    pub credential: CredentialRef,
    /// The member of the client's staff; `None`: the operator.
    member: Option<Box<Member>>,
    role: PhantomData<R>,
}

impl<R> ClientStaff<R> {
    /// Returns the caller as the audit log names it.
    pub fn by(&self) -> Actor<'_> {
        self.member.as_deref().map_or(Actor::OPERATOR, Member::by)
    }

    /// Returns the caller's role; `None` for the operator.
    pub fn role(&self) -> Option<Role> {
        self.member.as_deref().map(|member| member.role)
    }

    /// Returns the client whose limits the caller has; `None` for the operator.
    pub fn limited_client(&self) -> Option<&str> {
        self.member.as_deref().map(|member| member.client_id.as_str())
    }

    /// Returns whether the caller may change the client's settings.
    pub fn may_change(&self) -> bool {
        self.role().is_none_or(|role| role == Role::Admin)
    }

    /// Returns the agents that the caller may see; `None`: all of the client's.
    pub fn team(&self) -> Option<&TeamView> {
        self.member.as_deref()?.team.as_ref()
    }
}

/// The role that an operation needs.
pub trait RequiredRole: Send {
    const ROLE: Role;
    /// Whether supervisors may do it, too. The handler then has to limit itself to the agents of
    /// [`ClientStaff::team`].
    const FOR_TEAMS: bool = false;
}

/// Changing the client's own settings.
pub struct Manage;
/// Looking at it.
pub struct View;
/// Looking at it, as far as it is limited to the agents of a supervisor's teams.
pub struct ViewTeams;
/// Organising the work of agents, as far as it is limited to the agents of a supervisor's teams.
pub struct Supervise;

impl RequiredRole for Manage {
    const ROLE: Role = Role::Admin;
}
impl RequiredRole for View {
    const ROLE: Role = Role::Viewer;
}
impl RequiredRole for ViewTeams {
    const ROLE: Role = Role::Viewer;
    const FOR_TEAMS: bool = true;
}
impl RequiredRole for Supervise {
    const ROLE: Role = Role::Admin;
    const FOR_TEAMS: bool = true;
}

/// Any caller with a valid token.
#[derive(Debug, Clone)]
pub enum Staff {
    /// The operator.
    Operator,
    /// A member of one client's staff.
    Client(Box<Member>),
}

/// A member of one client's staff: with a token of the client, or a person who has signed in.
#[derive(Debug, Clone)]
pub struct Member {
    pub client_id: String,
    pub client_name: String,
    pub role: Role,
    pub name: String,
    /// The token's id, or the person's.
    pub id: String,
    /// A person's session; a token has none.
    pub session: Option<Session>,
    /// The agents that a supervisor sees; `None`: all of the client's.
    pub team: Option<TeamView>,
}

impl Member {
    /// Returns the member as the audit log names it.
    pub fn by(&self) -> Actor<'_> {
        Actor { name: &self.name, id: Some(&self.id) }
    }

    /// Returns the member's credential.
    fn credential(&self) -> CredentialRef {
        match &self.session {
            Some(session) => CredentialRef::Session(session.id.clone()),
            None => CredentialRef::StaffToken(self.id.clone()),
        }
    }
}

impl FromRequestParts<Arc<App>> for Staff {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let token = header_text(&parts.headers, "authorization").and_then(bearer_token);
        let cookies = CookieRequest::of_parts(app, parts);
        let token = cookies.token_or_signed_in(token)?.ok_or_else(|| {
            refuse_token(
                "missing_api_key",
                "The admin token is needed, in the header Authorization: Bearer.",
            )
        })?;
        let sender = RequestSender::of_request(app, &parts.headers, &parts.extensions);
        let staff = Self::find_by_token(app, &token, sender).await?;
        if let Self::Client(member) = &staff
            && member.role.hides_numbers()
            && let Some(view) = parts.extensions.get::<NumberView>()
        {
            view.hide(&member.client_id);
        }
        Ok(staff)
    }
}

impl Staff {
    /// Finds the holder of a token that this sender has sent.
    pub async fn find_by_token(
        app: &Arc<App>,
        token: &Secret,
        sender: RequestSender,
    ) -> Result<Self, Problem> {
        let hash = token.hash();
        let sent = SentSecret { network: sender.network, hash: &hash };
        check_wrong_secrets(app, sent)?;
        if is_same(&hash, &app.admin_token_hash) {
            app.wrong_secrets.record_right(sent);
            return Ok(Self::Operator);
        }
        let member = if token.expose().starts_with(sign_in::PREFIX) {
            find_person(app, sent).await?
        } else {
            find_token_holder(app, token, sender).await?
        };
        Ok(Self::Client(Box::new(member)))
    }
}

/// Finds the holder of a client's token.
async fn find_token_holder(
    app: &App,
    token: &Secret,
    sender: RequestSender,
) -> Result<Member, Problem> {
    const KIND: CredentialKind = CredentialKind::StaffToken;
    let found = find_credential(app, KIND, token, sender).await?;
    if found.client.suspended {
        return Err(suspended_client());
    }
    let uses = &app.credential_uses;
    if let Some(write) = uses.record_use(&app.store, &app.background, &found, app.now()) {
        // So that the holder sees this use in the list of tokens. A failure is in the log.
        let _ = write.await;
    }
    let token = found.credential;
    let role = token.role.as_deref().and_then(Role::parse);
    Ok(Member {
        role: role.ok_or_else(|| unknown_credential(KIND))?,
        client_id: found.client.id,
        client_name: found.client.name,
        name: token.label.unwrap_or_default(),
        id: token.credential_id,
        session: None,
        team: None,
    })
}

/// Finds a person who has signed in.
async fn find_person(app: &App, sent: SentSecret<'_>) -> Result<Member, Problem> {
    let over = || refuse_token("session_ended", "You are no longer signed in; sign in again.");
    let found = app.store.people().system_find_session(sent.hash).await?;
    let Some(found) = found.filter(|found| is_same(sent.hash, &found.token_hash)) else {
        return Err(refuse_unknown(app, sent, over()));
    };
    if found.expires_at <= app.now() {
        return Err(over());
    }
    app.wrong_secrets.record_right(sent);
    trace::record_client(&found.client_id);
    if found.suspended_at.is_some() {
        return Err(suspended_client());
    }
    let (id, email, expires_at) = (found.session_id, found.email, found.expires_at);
    let role = Role::parse(&found.role).ok_or_else(over)?;
    let team = TeamView::of_person(&app.store, &found.client_id, &found.person_id, role).await?;
    Ok(Member {
        role,
        team,
        client_id: found.client_id,
        client_name: found.client_name,
        name: found.name,
        id: found.person_id,
        session: Some(Session { id, email, expires_at }),
    })
}

impl FromRequestParts<Arc<App>> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        match Staff::from_request_parts(parts, app).await? {
            Staff::Operator => Ok(Self),
            Staff::Client(_) => Err(insufficient_role(
                "This token is only valid for one client; use the operator's token.",
            )),
        }
    }
}

impl<R: RequiredRole> FromRequestParts<Arc<App>> for ClientStaff<R> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let staff = Staff::from_request_parts(parts, app).await?;
        let Staff::Client(member) = staff else {
            let credential = CredentialRef::of_operator(&app.admin_token_hash);
            return Ok(Self { is_operator: true, credential, member: None, role: PhantomData });
        };
        let path = RawPathParams::from_request_parts(parts, app).await;
        let path = path.map_err(|_| Problem::no_such_address())?;
        let named = path.iter().find(|(name, _)| *name == "clientId").map(|(_, value)| value);
        if named != Some(member.client_id.as_str()) {
            // The same answer as if no other client existed.
            let sentence = "There is no such client.";
            return Err(Problem::new(StatusCode::NOT_FOUND, "not_found", sentence));
        }
        if member.team.is_some() && !R::FOR_TEAMS {
            return Err(limited_to_teams());
        }
        let may_change = member.role == Role::Admin || member.team.is_some();
        if R::ROLE == Role::Admin && !may_change {
            return Err(insufficient_role("Your role may read this but not change it."));
        }
        check_volume(app, &member.client_id, Sender::Staff, announced_bytes(parts))?;
        let credential = member.credential();
        Ok(Self { is_operator: false, credential, member: Some(member), role: PhantomData })
    }
}

fn refuse_token(code: &'static str, sentence: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, code, sentence)
}

/// Refuses a supervisor what cannot be limited to the agents of teams.
pub fn limited_to_teams() -> Problem {
    insufficient_role(
        "This is about all agents of the client, and a supervisor sees only the agents of their \
         teams.",
    )
}

fn insufficient_role(sentence: &str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "scope_missing", sentence)
}

/// Returns the token of a header such as `Bearer abc`; the scheme may be in any case.
fn bearer_token(header: &str) -> Option<Secret> {
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| Secret::new(token))
}
