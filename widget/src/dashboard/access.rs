//! The session of the signed-in user, and the client whose records are shown.

mod tab_storage;

use super::api::{self, ApiError};
use call_ribbon_shared::wire::ClientAbout;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The server's answer to a successful sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The credential that each request carries.
    pub credential: Credential,
    /// What the user may do.
    pub role: Role,
    /// The only client that the session covers; `None` means all clients.
    pub client_id: Option<String>,
    /// The person's name; `None` for a key.
    pub name: Option<String>,
}

/// The credential in the header of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Credential {
    /// A client's API key.
    Key(String),
    /// A person's session token, or a staff token.
    Bearer(String),
}

/// What a signed-in user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything, for every client.
    Operator,
    /// Everything for one client except its plan.
    Admin,
    /// Read one client's records and settings.
    Viewer,
    /// Read one client's records with a key, but none of its settings.
    Key,
}

/// The session and the client, as a view reads them.
#[derive(Clone, Copy)]
pub struct Access {
    session: RwSignal<Option<Session>>,
    /// The client whose records are shown.
    pub client: RwSignal<Option<ClientAbout>>,
    /// Why the user has to sign in again.
    pub notice: RwSignal<Option<String>>,
}

impl Access {
    /// Restores what this tab stored.
    pub fn from_storage() -> Self {
        Self {
            session: RwSignal::new(tab_storage::load_session()),
            client: RwSignal::new(None),
            notice: RwSignal::new(None),
        }
    }

    /// Returns the page's access from the context.
    pub fn from_context() -> Self {
        expect_context()
    }

    /// Returns the session of the signed-in user.
    pub fn session(self) -> Option<Session> {
        self.session.get()
    }

    /// Returns whether a user is signed in.
    pub fn is_signed_in(self) -> bool {
        self.session.with(Option::is_some)
    }

    /// Returns whether a user is signed in, without subscribing to changes.
    pub fn is_signed_in_untracked(self) -> bool {
        self.session.with_untracked(Option::is_some)
    }

    /// Returns the user's role; a key's role if nobody is signed in.
    pub fn role(self) -> Role {
        self.session.with(|session| session.as_ref().map_or(Role::Key, |session| session.role))
    }

    /// Returns whether the user may read settings.
    pub fn sees_settings(self) -> bool {
        self.role() != Role::Key
    }

    /// Returns whether the user may change settings.
    pub fn may_change(self) -> bool {
        matches!(self.role(), Role::Operator | Role::Admin)
    }

    /// Starts a session.
    pub fn set_session(self, session: Session) {
        tab_storage::save_session(Some(&session));
        self.notice.set(None);
        self.client.set(None);
        self.session.set(Some(session));
    }

    /// Ends the session in this tab; the sign-in form shows `why`.
    pub fn end_session(self, why: Option<String>) {
        tab_storage::save_session(None);
        self.session.set(None);
        self.client.set(None);
        self.notice.set(why);
    }

    /// Returns the client whose records are shown.
    pub fn client(self) -> Option<ClientAbout> {
        self.client.get()
    }

    /// Returns the client's time zone.
    pub fn time_zone(self) -> String {
        self.client.with(|client| {
            client.as_ref().map_or_else(|| "UTC".to_owned(), |client| client.time_zone.clone())
        })
    }

    /// Returns the name of a disposition; the code itself if the list does not contain it.
    pub fn disposition_name(self, code: &str) -> String {
        self.client.with(|client| {
            let list = client.as_ref().map(|client| client.dispositions.as_slice());
            let found = list.unwrap_or_default().iter().find(|one| one.code == code);
            found.map_or_else(|| code.to_owned(), |one| one.label.clone())
        })
    }

    /// Loads the client whose records are shown; the operator names it.
    pub async fn open_client(self, named: Option<String>) -> Result<(), ApiError> {
        let Some(session) = self.session.get_untracked() else { return Ok(()) };
        let client_id = session.client_id.or(named);
        let base = api::records_path(&session.credential, client_id.as_deref());
        let about: ClientAbout = api::get_json(self, &format!("{base}/client")).await?;
        self.client.set(Some(about));
        Ok(())
    }

    /// Clears the client; only the operator can be without one.
    pub fn close_client(self) {
        self.client.set(None);
    }

    /// Returns the path of a record of the client; `rest` follows the API's prefix.
    pub fn records_path(self, rest: &str) -> String {
        let session = self.session.get_untracked();
        let Some(session) = session else { return format!("/api/ribbon/{rest}") };
        let client = self.client.with_untracked(|client| {
            client.as_ref().map(|client| client.client_id.clone()).or(session.client_id)
        });
        format!("{}/{rest}", api::records_path(&session.credential, client.as_deref()))
    }

    /// Returns the path of a setting of the client; `rest` follows the API's prefix.
    pub fn settings_path(self, rest: &str) -> String {
        let client_id = self
            .client
            .with_untracked(|client| client.as_ref().map(|client| client.client_id.clone()));
        let client_id = api::encode_component(&client_id.unwrap_or_default());
        let slash = if rest.is_empty() { "" } else { "/" };
        format!("/api/admin/clients/{client_id}{slash}{rest}")
    }

    /// Returns the credential that each request carries.
    pub fn credential(self) -> Option<Credential> {
        self.session.with_untracked(|session| Some(session.as_ref()?.credential.clone()))
    }
}
