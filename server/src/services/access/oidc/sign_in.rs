//! Signs in the person whom the provider has identified.

use super::claims::KnownUser;
use super::identify::clean_reason;
use super::pending::PendingSignIn;
use super::{Oidc, OidcError, Surroundings};
use crate::services::access::role::Role;
use crate::services::access::sign_in::{self, ChoiceOrSession, ClientChoice};
use crate::storage::{Actor, Client, Identity, IdentityOutcome, PersonRow, Stamp};

/// A sign-in that has begun.
pub struct BegunSignIn {
    /// The provider's address, to which the browser goes.
    pub url: String,
    /// What the browser keeps until it comes back.
    pub cookie: String,
}

/// What the browser brings back from the provider.
#[derive(Debug, Default)]
pub struct ProviderAnswer {
    pub state: String,
    pub code: Option<String>,
    /// Why the provider refuses, and more about it.
    pub error: Option<String>,
    pub error_description: Option<String>,
    /// Who answers (RFC 9207).
    pub issuer: Option<String>,
}

/// A person whom the provider has identified.
pub struct FinishedSignIn {
    /// The person's session, or the clients to choose from.
    pub outcome: ChoiceOrSession,
    /// The page to open: a path of this server.
    pub return_to: String,
}

impl Oidc {
    /// Begins a sign-in, after which the browser opens a page of the dashboard.
    pub async fn begin(
        &self,
        about: Surroundings<'_>,
        return_to: &str,
        client_id: Option<String>,
    ) -> Result<BegunSignIn, OidcError> {
        let pending = PendingSignIn::begin(about.ids, return_to, client_id, about.now);
        let url = self.authorize_url(&pending, about.now).await?;
        let cookie = self.cookies.seal(about.ids, &pending);
        let cookie = cookie.map_err(|_| OidcError::unusable("the server has no secret key"))?;
        Ok(BegunSignIn { url, cookie })
    }

    /// Finishes the sign-in in a browser's cookie with the provider's answer.
    pub async fn finish(
        &self,
        about: Surroundings<'_>,
        cookie: &str,
        answer: &ProviderAnswer,
    ) -> Result<FinishedSignIn, OidcError> {
        let pending = self.cookies.open(cookie);
        let pending = pending.filter(|begun| begun.is_answered_by(&answer.state, about.now));
        let pending = pending.ok_or(OidcError::NotBegun)?;
        if answer.issuer.as_ref().is_some_and(|issuer| *issuer != self.config.issuer) {
            return Err(OidcError::BadToken("another issuer has answered".to_owned()));
        }
        if let Some(error) = &answer.error {
            let description = answer.error_description.as_deref();
            return Err(OidcError::Refused(clean_reason(error, description)));
        }
        let code = answer.code.as_deref().filter(|code| !code.is_empty());
        let code = code.ok_or(OidcError::unusable("its answer has no code"))?;
        let user = self.identify(&pending, code, about.now).await?;
        let outcome = self.sign_in(about, &user, pending.client_id.as_deref()).await?;
        Ok(FinishedSignIn { outcome, return_to: pending.return_to })
    }

    /// Begins a session of an identified person, with the role of the person's groups. Begins none
    /// if the groups have roles at several clients and none of these is named.
    async fn sign_in(
        &self,
        about: Surroundings<'_>,
        user: &KnownUser,
        client_id: Option<&str>,
    ) -> Result<ChoiceOrSession, OidcError> {
        let mut roles = user.find_roles(&self.config.roles);
        self.end_lost_sessions(about, user, &roles).await?;
        if let Some(named) = client_id {
            roles.retain(|(id, _)| *id == named);
        }
        if roles.len() > 1 {
            let open = find_open_clients(about, &roles).await?;
            if open.len() > 1 {
                return Ok(ChoiceOrSession::Choice(open));
            }
            // Without an open client, the first one says why.
            if let Some(only) = open.first() {
                roles.retain(|(id, _)| *id == only.client_id);
            }
        }
        let (client_id, role) = roles.into_iter().next().ok_or(OidcError::NoGroup)?;
        let client = about.store.clients().find_client(client_id).await?;
        let client = client.ok_or(OidcError::UnknownClient)?;
        if client.suspended {
            return Err(OidcError::Suspended);
        }
        let person = self.put_person(about, user, &client, role).await?;
        if person.disabled_at.is_some() {
            return Err(OidcError::Disabled);
        }
        let session_id = user.session_id.as_deref();
        let Surroundings { store, ids, now } = about;
        let signed_in = sign_in::begin_session(store, ids, person, client, session_id, now).await?;
        Ok(ChoiceOrSession::Session(signed_in))
    }

    /// Finds or creates the person, and stores what the provider says now.
    async fn put_person(
        &self,
        about: Surroundings<'_>,
        user: &KnownUser,
        client: &Client,
        role: Role,
    ) -> Result<PersonRow, OidcError> {
        let (email, is_verified) = user.email.as_ref().ok_or(OidcError::NoEmail)?;
        let identity = Identity {
            issuer: &self.config.issuer,
            subject: &user.subject,
            email,
            match_email: self.config.match_email && *is_verified,
            name: user.shown_name(),
            role: role.as_str(),
            new_person_id: &about.ids.new_id("person", about.now),
        };
        let stamp = self.stamp(about);
        match about.store.people().put_identity(&client.id, &identity, stamp).await? {
            IdentityOutcome::Person(person) => Ok(*person),
            IdentityOutcome::UnknownClient => Err(OidcError::UnknownClient),
            IdentityOutcome::EmailTaken => Err(OidcError::EmailTaken),
        }
    }

    /// Ends the person's sessions at clients in which no group has a role any more.
    async fn end_lost_sessions(
        &self,
        about: Surroundings<'_>,
        user: &KnownUser,
        roles: &[(&str, Role)],
    ) -> Result<(), OidcError> {
        let people = about.store.people();
        let known = people.system_list_identity_people(&self.config.issuer, &user.subject).await?;
        for person in known {
            if roles.iter().all(|(client_id, _)| *client_id != person.client_id) {
                let stamp = self.stamp(about);
                people.end_person_sessions(&person.client_id, &person.person_id, stamp).await?;
            }
        }
        Ok(())
    }

    /// Returns the provider as the audit log names it.
    pub(super) fn stamp(&self, about: Surroundings<'_>) -> Stamp<'_> {
        Stamp { by: Actor { name: &self.config.name, id: Some("oidc") }, now: about.now }
    }
}

/// Returns those of the clients at which a person can sign in now.
async fn find_open_clients(
    about: Surroundings<'_>,
    roles: &[(&str, Role)],
) -> Result<Vec<ClientChoice>, OidcError> {
    let mut open = Vec::new();
    for (client_id, _) in roles {
        let client = about.store.clients().find_client(client_id).await?;
        if let Some(client) = client.filter(|client| !client.suspended) {
            open.push(ClientChoice { client_id: client.id, client_name: client.name });
        }
    }
    Ok(open)
}
