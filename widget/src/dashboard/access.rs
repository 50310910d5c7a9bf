//! Who looks, and what of: the session, and the client whose records are shown.

mod keep;

use super::api::{self, Trouble};
use call_ribbon_shared::wire::ClientAbout;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the server said to whoever signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// How each request says who it is from.
    pub credential: Credential,
    /// What it lets do.
    pub role: Role,
    /// The client it is good for; `None`: all of them.
    pub client_id: Option<String>,
    /// Who it is, for people; `None` for a key.
    pub name: Option<String>,
}

/// What stands in the header of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Credential {
    /// A client's API key.
    Key(String),
    /// A person's session, or a token.
    Bearer(String),
}

/// What one who signed in may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything, of every client.
    Operator,
    /// Everything of one client but its plan.
    Admin,
    /// Looking at one client.
    Viewer,
    /// Looking at one client's records by a key, and at nothing of its settings.
    Key,
}

/// The session and the client, wherever a view needs them.
#[derive(Clone, Copy)]
pub struct Access {
    session: RwSignal<Option<Session>>,
    /// The client whose records are shown.
    pub client: RwSignal<Option<ClientAbout>>,
    /// Why one has to sign in again.
    pub notice: RwSignal<Option<String>>,
}

impl Access {
    /// What this tab remembers.
    pub fn remembered() -> Self {
        Self {
            session: RwSignal::new(keep::session()),
            client: RwSignal::new(None),
            notice: RwSignal::new(None),
        }
    }

    /// The one of the page.
    pub fn here() -> Self {
        expect_context()
    }

    /// Who is signed in.
    pub fn session(self) -> Option<Session> {
        self.session.get()
    }

    /// Whether somebody is signed in.
    pub fn is_signed_in(self) -> bool {
        self.session.with(Option::is_some)
    }

    /// The same, without following it.
    pub fn is_signed_in_untracked(self) -> bool {
        self.session.with_untracked(Option::is_some)
    }

    /// What may be done; a key's where nobody is signed in.
    pub fn role(self) -> Role {
        self.session.with(|session| session.as_ref().map_or(Role::Key, |session| session.role))
    }

    /// Whether settings can be looked at.
    pub fn sees_settings(self) -> bool {
        self.role() != Role::Key
    }

    /// Whether settings can be changed.
    pub fn may_change(self) -> bool {
        matches!(self.role(), Role::Operator | Role::Admin)
    }

    /// Takes a session up.
    pub fn enter(self, session: Session) {
        keep::keep(Some(&session));
        self.notice.set(None);
        self.client.set(None);
        self.session.set(Some(session));
    }

    /// Ends the session here; `why` is said where one signs in.
    pub fn leave(self, why: Option<String>) {
        keep::keep(None);
        self.session.set(None);
        self.client.set(None);
        self.notice.set(why);
    }

    /// The client whose records are shown.
    pub fn client(self) -> Option<ClientAbout> {
        self.client.get()
    }

    /// The client's time zone.
    pub fn zone(self) -> String {
        self.client.with(|client| {
            client.as_ref().map_or_else(|| "UTC".to_owned(), |client| client.time_zone.clone())
        })
    }

    /// What a disposition is called; the code itself where the list lacks it.
    pub fn disposition(self, code: &str) -> String {
        self.client.with(|client| {
            let list = client.as_ref().map(|client| client.dispositions.as_slice());
            let found = list.unwrap_or_default().iter().find(|one| one.code == code);
            found.map_or_else(|| code.to_owned(), |one| one.label.clone())
        })
    }

    /// Looks up whose records are shown; the operator names the client.
    pub async fn open_client(self, named: Option<String>) -> Result<(), Trouble> {
        let Some(session) = self.session.get_untracked() else { return Ok(()) };
        let client_id = session.client_id.or(named);
        let base = api::records(&session.credential, client_id.as_deref());
        let about: ClientAbout = api::get(self, &format!("{base}/client")).await?;
        self.client.set(Some(about));
        Ok(())
    }

    /// Shows no client, which only the operator can.
    pub fn close_client(self) {
        self.client.set(None);
    }

    /// Where a record of the client is; `rest` begins after the API's first part.
    pub fn records(self, rest: &str) -> String {
        let session = self.session.get_untracked();
        let Some(session) = session else { return format!("/api/ribbon/{rest}") };
        let client = self.client.with_untracked(|client| {
            client.as_ref().map(|client| client.client_id.clone()).or(session.client_id)
        });
        format!("{}/{rest}", api::records(&session.credential, client.as_deref()))
    }

    /// Where a setting of the client is.
    pub fn settings(self, rest: &str) -> String {
        let client_id = self
            .client
            .with_untracked(|client| client.as_ref().map(|client| client.client_id.clone()));
        let client_id = api::encoded(&client_id.unwrap_or_default());
        let slash = if rest.is_empty() { "" } else { "/" };
        format!("/api/admin/clients/{client_id}{slash}{rest}")
    }

    /// How each request says who it is from.
    pub fn credential(self) -> Option<Credential> {
        self.session.with_untracked(|session| Some(session.as_ref()?.credential.clone()))
    }
}
