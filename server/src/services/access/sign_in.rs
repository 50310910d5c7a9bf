//! Signs people in with an e-mail address and a password, and out again.

use super::operator::Operator;
use super::passwords::{MAX_CHARS, Passwords};
use super::role::Role;
use crate::ids::Ids;
use crate::secret::Secret;
use crate::services::ServiceError;
use crate::storage::{Actor, Client, NewSession, PersonChange, PersonRow, Stamp, Store};
use crate::time;
use call_ribbon_shared::Millis;
use serde::Serialize;
use utoipa::ToSchema;

/// How long a session lasts: a long day at work. It then ends whatever the activity: a token stolen
/// from a browser cannot be kept alive by using it, and requests need no write.
const SESSION_LIFETIME: Millis = 12 * 60 * 60 * 1000;
/// People with one e-mail address among whom a sign-in without a client looks. Each takes as long as
/// a hash of the password.
const MAX_CANDIDATES: u32 = 3;
/// The prefix of a session's token, which tells it from other tokens.
pub const PREFIX: &str = "crs_";

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

impl SignedIn {
    /// Returns the token of the new session.
    pub fn token(&self) -> Secret {
        Secret::new(self.token.as_str())
    }
}

/// A client at which a person may sign in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClientChoice {
    #[schema(examples("client-demo"))]
    pub client_id: String,
    #[schema(examples("Demo Client"))]
    pub client_name: String,
}

/// The outcome of signing in when the person may choose the client.
pub enum ChoiceOrSession {
    /// The person may sign in at these clients; nobody is signed in yet.
    Choice(Vec<ClientChoice>),
    /// The person is signed in at the only client.
    Session(SignedIn),
}

/// A session of a person who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: String,
    pub email: String,
    pub expires_at: Millis,
}

/// What a person enters to sign in.
#[derive(Debug)]
pub struct SignInAttempt {
    /// In lower case.
    pub email: String,
    pub password: Secret,
    /// The client to sign in at; `None`: any.
    pub client_id: Option<String>,
}

/// Signs in the person with this e-mail address and password; at several clients, where the person
/// signed in last.
pub async fn sign_in(
    store: &Store,
    ids: &Ids,
    passwords: &Passwords,
    attempt: &SignInAttempt,
    now: Millis,
) -> Result<SignedIn, ServiceError> {
    let found = find_people(store, ids, passwords, attempt).await?;
    let (person, client) = found.into_iter().next().ok_or(ServiceError::WrongPassword)?;
    begin_session(store, ids, person, client, None, now).await
}

/// Signs in the person with this e-mail address and password; at several clients, lists them
/// instead.
pub async fn sign_in_or_choose(
    store: &Store,
    ids: &Ids,
    passwords: &Passwords,
    attempt: &SignInAttempt,
    now: Millis,
) -> Result<ChoiceOrSession, ServiceError> {
    let mut found = find_people(store, ids, passwords, attempt).await?;
    if found.len() > 1 {
        let choice = |(_, client): (PersonRow, Client)| ClientChoice {
            client_id: client.id,
            client_name: client.name,
        };
        return Ok(ChoiceOrSession::Choice(found.into_iter().map(choice).collect()));
    }
    let (person, client) = found.pop().ok_or(ServiceError::WrongPassword)?;
    let signed_in = begin_session(store, ids, person, client, None, now).await?;
    Ok(ChoiceOrSession::Session(signed_in))
}

/// Begins a session of a person who was just identified; `oidc_session_id` is the provider's own
/// session, if a provider did it.
pub async fn begin_session(
    store: &Store,
    ids: &Ids,
    person: PersonRow,
    client: Client,
    oidc_session_id: Option<&str>,
    now: Millis,
) -> Result<SignedIn, ServiceError> {
    let role = Role::parse(&person.role).ok_or(ServiceError::WrongPassword)?;
    let token = Secret::new(format!("{PREFIX}{}", ids.random_hex::<32>()));
    let session_id = ids.new_id("session", now);
    let expires_at = now.saturating_add(SESSION_LIFETIME);
    let session =
        NewSession { session_id: &session_id, token: &token, expires_at, oidc_session_id };
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

/// Finds the people with this e-mail address and password who may sign in, the last one to do so
/// first; at least one.
///
/// Several clients may have a person with the same address. The same number of passwords is checked
/// for every address, known or not: the time of an answer does not reveal how many clients know it.
async fn find_people(
    store: &Store,
    ids: &Ids,
    passwords: &Passwords,
    attempt: &SignInAttempt,
) -> Result<Vec<(PersonRow, Client)>, ServiceError> {
    let SignInAttempt { email, password, client_id } = attempt;
    let client_id = client_id.as_deref();
    let most = if client_id.is_some() { 1 } else { MAX_CANDIDATES };
    let found = store.people().system_find_people(email, client_id, most).await?;
    let mut people = found.into_iter();
    let mut right = Vec::new();
    for _ in 0..most {
        let person = people.next();
        let hash = person.as_ref().map(|person| person.password_hash.as_str());
        let is_right = matches_password(passwords, ids, password, hash).await?;
        right.extend(person.filter(|_| is_right));
    }
    // Nothing below is checked earlier, or the answer would reveal that the address exists.
    let mut refused = ServiceError::WrongPassword;
    let mut allowed = Vec::new();
    for person in right.into_iter().filter(|person| person.disabled_at.is_none()) {
        match store.clients().find_client(&person.client_id).await? {
            Some(client) if client.suspended => refused = ServiceError::Suspended,
            Some(client) => allowed.push((person, client)),
            None => {}
        }
    }
    if allowed.is_empty() { Err(refused) } else { Ok(allowed) }
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
    // A person who signs in by a provider has no password.
    passwords.verify_password(password, hash.filter(|hash| !hash.is_empty()), ids).await
}
