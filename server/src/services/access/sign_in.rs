//! Signs people in with an e-mail address and a password, and out again.

use super::operator::Operator;
use super::passwords::{MAX_CHARS, Passwords};
use super::role::Role;
use crate::ids::Ids;
use crate::rate_limit::RateLimit;
use crate::secret::Secret;
use crate::services::ServiceError;
use crate::storage::{Actor, NewSession, PersonChange, Stamp, Store};
use crate::time;
use call_ribbon_shared::Millis;
use serde::Serialize;
use std::net::IpAddr;
use std::time::Duration;
use utoipa::ToSchema;

/// How long a session lasts: a long day at work. It then ends whatever the activity: a token stolen
/// from a browser cannot be kept alive by using it, and requests need no write.
const SESSION_LIFETIME: Millis = 12 * 60 * 60 * 1000;
/// The prefix of a session's token, which tells it from other tokens.
pub const PREFIX: &str = "crs_";

/// Limits on attempts to sign in.
#[derive(Debug)]
pub struct SignInLimits {
    /// By IP address: a whole office may sign in at once.
    pub by_address: RateLimit<IpAddr>,
    /// By e-mail address, also an unknown one: too few to guess a password.
    pub by_email: RateLimit<String>,
}

impl Default for SignInLimits {
    fn default() -> Self {
        Self {
            by_address: RateLimit::with_burst(60, Duration::from_secs(1)),
            by_email: RateLimit::with_burst(10, Duration::from_secs(20)),
        }
    }
}

/// The answer to a successful sign-in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedIn {
    /// To be sent as `Authorization: Bearer …` from now on.
    #[schema(examples("crs_…"))]
    token: String,
    /// When the token expires.
    #[schema(format = DateTime, examples("2025-10-12T22:30:00Z"))]
    expires_at: String,
    role: Role,
    #[schema(examples("client-demo"))]
    client_id: String,
    #[schema(examples("Demo Client"))]
    client_name: String,
    #[schema(examples("Asha Rao"))]
    name: String,
}

/// A session of a person who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: String,
    pub email: String,
    pub expires_at: Millis,
}

/// Signs in the person with this e-mail address (in lower case) and password.
pub async fn sign_in(
    store: &Store,
    ids: &Ids,
    passwords: &Passwords,
    email: &str,
    password: &Secret,
    now: Millis,
) -> Result<SignedIn, ServiceError> {
    let person = store.people().system_find_person(email).await?;
    let hash = person.as_ref().map(|person| person.password_hash.as_str());
    let is_right = matches_password(passwords, ids, password, hash).await?;
    let person = person.filter(|_| is_right).ok_or(ServiceError::WrongPassword)?;
    // Not checked earlier, or the answer would reveal that the address exists.
    let role = Role::parse(&person.role).ok_or(ServiceError::WrongPassword)?;
    let client =
        store.clients().find_client(&person.client_id).await?.ok_or(ServiceError::WrongPassword)?;
    if person.disabled_at.is_some() {
        return Err(ServiceError::WrongPassword);
    }
    if client.suspended {
        return Err(ServiceError::Suspended);
    }
    let token = Secret::new(format!("{PREFIX}{}", ids.random_hex::<32>()));
    let session_id = ids.new_id("session", now);
    let expires_at = now.saturating_add(SESSION_LIFETIME);
    let session = NewSession { session_id: &session_id, token: &token, expires_at };
    let by = Actor { name: &person.name, id: Some(&person.person_id) };
    if !store.people().begin_session(&client.id, &person, &session, Stamp { by, now }).await? {
        return Err(ServiceError::WrongPassword);
    }
    Ok(SignedIn {
        token: token.expose().to_owned(),
        expires_at: time::format(expires_at),
        role,
        client_id: client.id,
        client_name: client.name,
        name: person.name,
    })
}

/// Changes the password of a person who is signed in. The person's other sessions end; this one
/// stays.
pub async fn change_password(
    operator: &Operator<'_>,
    passwords: &Passwords,
    client_id: &str,
    session_id: &str,
    current: &Secret,
    new: &Secret,
) -> Result<(), ServiceError> {
    let Operator { store, ids, by, .. } = *operator;
    let person_id = by.id.unwrap_or_default();
    let person = store.people().find_person(client_id, person_id).await?;
    let hash = person.as_ref().map(|person| person.password_hash.as_str());
    if !matches_password(passwords, ids, current, hash).await? {
        let sentence = "current is not your password.".to_owned();
        return Err(ServiceError::Invalid { field: "current", sentence });
    }
    let password_hash = Some(passwords.hash_password(new, ids).await?);
    let change = PersonChange { password_hash, ..PersonChange::default() };
    if store
        .people()
        .change_person(client_id, person_id, &change, Some(session_id), operator.stamp())
        .await?
    {
        Ok(())
    } else {
        Err(ServiceError::WrongPassword)
    }
}

/// Whether the password matches this hash. A password that is too long never matches, and is not
/// hashed.
async fn matches_password(
    passwords: &Passwords,
    ids: &Ids,
    password: &Secret,
    hash: Option<&str>,
) -> Result<bool, ServiceError> {
    if password.expose().chars().count() > MAX_CHARS {
        return Ok(false);
    }
    passwords.verify_password(password, hash, ids).await
}
