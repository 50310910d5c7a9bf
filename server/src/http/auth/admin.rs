//! Operators, and those who look after one client: by a token, and nothing else.

use super::{header_text, suspended};
use crate::app::App;
use crate::http::problem::Problem;
use crate::http::trace;
use crate::secret::Secret;
use crate::services::admin_tokens::Role;
use crate::services::passes::Pass;
use crate::storage::Actor;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::StatusCode;
use axum::http::request::Parts;
use call_ribbon_shared::Millis;
use std::marker::PhantomData;
use std::sync::Arc;
use subtle::ConstantTimeEq as _;

/// Milliseconds for which one written use of a token stands for all.
const USE_STANDS_FOR: Millis = 60_000;

/// The operator of the server, by `Authorization: Bearer <admin token>`. There always is a token:
/// without one in the settings the server has made its own.
pub struct Admin;

/// Whoever may look after the client that the path names: the operator, or one with a token of
/// that client and a role that is enough.
pub struct OfClient<R> {
    /// Whether it is the operator, who may do more than the client itself.
    pub is_operator: bool,
    /// By what the caller is here.
    pub pass: Pass,
    /// The name and the id by which the audit log knows the caller; the operator has none.
    who: Option<(String, String)>,
    role: PhantomData<R>,
}

impl<R> OfClient<R> {
    /// The caller as the audit log says it.
    pub fn by(&self) -> Actor<'_> {
        self.who.as_ref().map_or(Actor::OPERATOR, |(name, id)| Actor { name, id: Some(id) })
    }
}

/// What a role lets do.
pub trait Needs: Send {
    const ROLE: Role;
}

/// Changing what is the client's own.
pub struct Manage;
/// Looking at it.
pub struct View;

impl Needs for Manage {
    const ROLE: Role = Role::Admin;
}
impl Needs for View {
    const ROLE: Role = Role::Viewer;
}

/// Anybody with a good token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Staff {
    /// The operator.
    Operator,
    /// One who looks after this client.
    Client { client_id: String, role: Role, pass: Pass, name: String, id: String },
}

impl FromRequestParts<Arc<App>> for Staff {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let refused = |code, sentence: &str| Problem::new(StatusCode::UNAUTHORIZED, code, sentence);
        let token =
            header_text(&parts.headers, "authorization").and_then(bearer).ok_or_else(|| {
                refused(
                    "missing_api_key",
                    "The admin token is needed, in the header Authorization: Bearer.",
                )
            })?;
        let hash = token.hash();
        let is = |kept: &str| bool::from(hash.as_bytes().ct_eq(kept.as_bytes()));
        if is(&app.admin_token_hash) {
            return Ok(Self::Operator);
        }
        let unknown = || refused("invalid_api_key", "This admin token is not valid.");
        let found = app.store.system_admin_token(&hash).await?.ok_or_else(unknown)?;
        if !is(&found.token_hash) {
            return Err(unknown());
        }
        if found.revoked_at.is_some() {
            return Err(refused("revoked_api_key", "This admin token was revoked."));
        }
        trace::is_of(&found.client_id);
        if found.suspended_at.is_some() {
            return Err(suspended());
        }
        let role = Role::parse(&found.role).ok_or_else(unknown)?;
        let (now, before) = (app.now(), app.now() - USE_STANDS_FOR);
        if found.last_used_at.is_none_or(|at| at <= before) {
            app.store.note_admin_token_use(&found.client_id, &found.token_id, now, before).await?;
        }
        let pass = Pass::token(found.token_id.clone());
        let (client_id, name, id) = (found.client_id, found.name, found.token_id);
        Ok(Self::Client { client_id, role, pass, name, id })
    }
}

impl FromRequestParts<Arc<App>> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        match Staff::from_request_parts(parts, app).await? {
            Staff::Operator => Ok(Self),
            Staff::Client { .. } => {
                Err(too_little("This token is good for one client; this needs the operator's."))
            }
        }
    }
}

impl<R: Needs> FromRequestParts<Arc<App>> for OfClient<R> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let staff = Staff::from_request_parts(parts, app).await?;
        let Staff::Client { client_id, role, pass, name, id } = staff else {
            let pass = Pass::operator(&app.admin_token_hash);
            return Ok(Self { is_operator: true, pass, who: None, role: PhantomData });
        };
        let path = RawPathParams::from_request_parts(parts, app).await;
        let path = path.map_err(|_| Problem::no_such_address())?;
        let named = path.iter().find(|(name, _)| *name == "clientId").map(|(_, value)| value);
        if named != Some(client_id.as_str()) {
            // As if there were no other client at all.
            let sentence = "There is no such client.";
            return Err(Problem::new(StatusCode::NOT_FOUND, "not_found", sentence));
        }
        if R::ROLE == Role::Admin && role != Role::Admin {
            return Err(too_little("This token may look and change nothing."));
        }
        Ok(Self { is_operator: false, pass, who: Some((name, id)), role: PhantomData })
    }
}

fn too_little(sentence: &str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "scope_missing", sentence)
}

/// The token of a header such as `Bearer abc`; the scheme's letters are of any case.
fn bearer(header: &str) -> Option<Secret> {
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| Secret::new(token))
}
