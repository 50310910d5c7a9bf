//! The session of the signed-in user, and the client whose records are shown.
//!
//! The browser keeps the session in a cookie that no script can read. All tabs share it, so a tab
//! asks the server for it when it opens and whenever the user returns to it.

use super::api::{self, ApiError};
use super::locale;
use call_ribbon_shared::wire::ClientAbout;
use gloo_net::http::Method;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use serde_json::Value;

/// Where the server keeps the session.
const SESSION_PATH: &str = "/api/admin/session";

/// Who is signed in, as the server says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// What the user may do.
    pub role: Role,
    /// The only client that the session covers; `None` means all clients.
    pub client_id: Option<String>,
    /// The person's name; `None` for a key.
    pub name: Option<String>,
}

/// The answer to `GET /api/admin/session`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CurrentSession {
    session: Option<Session>,
    /// The client of a member of its staff.
    client: Option<ClientAbout>,
    sign_in_with: Option<String>,
}

/// A client at which a person may sign in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientChoice {
    /// Its id.
    pub client_id: String,
    /// Its name.
    pub client_name: String,
}

/// The answer to `POST /api/admin/session`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum SessionOrChoice {
    Session(Session),
    #[serde(rename_all = "camelCase")]
    Choice {
        choose_client: Vec<ClientChoice>,
    },
}

/// What a signed-in user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything, for every client.
    Operator,
    /// Everything for one client except its plan.
    Admin,
    /// Read one client's records and settings.
    #[serde(alias = "masked-viewer")]
    Viewer,
    /// Read what concerns the agents of some teams of one client, and organise their calls.
    Supervisor,
    /// Read one client's records with a key, but none of its settings.
    Key,
}

/// The session and the client, as a view reads them.
#[derive(Clone, Copy)]
pub struct Access {
    session: RwSignal<Option<Session>>,
    /// How often a session began here, so that a late answer does not end a newer one.
    begun: StoredValue<u32>,
    /// Whether the server has said who is signed in.
    pub is_restored: RwSignal<bool>,
    /// The client whose records are shown.
    pub client: RwSignal<Option<ClientAbout>>,
    /// Why the user has to sign in again.
    pub notice: RwSignal<Option<String>>,
    /// The name of the provider by which staff may sign in, if there is one.
    pub provider: RwSignal<Option<String>>,
}

impl Access {
    /// Asks the server who is signed in in this browser, now and whenever the window gets the focus.
    pub fn from_server() -> Self {
        let access = Self {
            session: RwSignal::new(None),
            begun: StoredValue::new(0),
            is_restored: RwSignal::new(false),
            client: RwSignal::new(None),
            notice: RwSignal::new(None),
            provider: RwSignal::new(None),
        };
        let restore = move || spawn_local(access.restore_session());
        restore();
        let focus = window_event_listener(leptos::ev::focus, move |_| restore());
        on_cleanup(move || focus.remove());
        access
    }

    /// Takes over the session that the browser has: another tab may have signed in or out.
    async fn restore_session(self) {
        let begun = self.begun.get_value();
        let answer = api::get_json::<CurrentSession>(self, SESSION_PATH).await;
        // Somebody signed in or out here while the answer was on its way.
        if self.begun.try_get_value() != Some(begun) {
            return;
        }
        if let Ok(current) = &answer {
            self.provider.set(current.sign_in_with.clone());
        }
        match answer {
            Ok(CurrentSession { session, client, .. })
                if session != self.session.get_untracked() =>
            {
                match session {
                    Some(session) => {
                        self.set_session(session);
                        if let Some(about) = client {
                            self.set_client(about);
                        }
                    }
                    None => self.end_session(Some("You are signed out. Sign in again.".to_owned())),
                }
            }
            Err(trouble) if !self.is_restored.get_untracked() => {
                self.notice.set(Some(trouble.sentence));
            }
            // The session is the same, or the views say themselves what failed.
            Ok(_) | Err(_) => {}
        }
        self.is_restored.set(true);
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
        !matches!(self.role(), Role::Key | Role::Supervisor)
    }

    /// Returns whether the user may change settings.
    pub fn may_change(self) -> bool {
        matches!(self.role(), Role::Operator | Role::Admin)
    }

    /// Returns whether the user may export calls.
    pub fn may_export(self) -> bool {
        self.role() != Role::Viewer
            || self.client.with(|client| client.as_ref().is_some_and(|one| one.viewers_may_export))
    }

    /// Returns whether the user may give calls to agents, and mark them as done.
    pub fn may_organise(self) -> bool {
        self.may_change() || self.role() == Role::Supervisor
    }

    /// Starts a session.
    pub fn set_session(self, session: Session) {
        self.begun.update_value(|begun| *begun += 1);
        self.notice.set(None);
        self.client.set(None);
        self.session.set(Some(session));
    }

    /// Signs out: ends the session on the server and in this browser. If the server cannot be
    /// reached, the session stays, and the sign-in form says so.
    pub fn sign_out(self, why: Option<String>) {
        spawn_local(async move {
            let ended = api::send_empty::<Value>(self, Method::DELETE, SESSION_PATH).await;
            let trouble = ended.err().filter(|trouble| trouble.status == 0);
            self.end_session(trouble.map(|trouble| trouble.sentence).or(why));
        });
    }

    /// Shows the sign-in form with `why`.
    pub fn end_session(self, why: Option<String>) {
        self.begun.update_value(|begun| *begun += 1);
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
        let base = api::records_path(session.role, client_id.as_deref());
        let about: ClientAbout = api::get_json(self, &format!("{base}/client")).await?;
        self.set_client(about);
        Ok(())
    }

    fn set_client(self, about: ClientAbout) {
        locale::apply_choice(&about);
        self.client.set(Some(about));
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
        format!("{}/{rest}", api::records_path(session.role, client.as_deref()))
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

    /// Signs in with an e-mail address and password, a key or a token, as
    /// `POST /api/admin/session` takes them. Returns the clients to choose from, if nobody is signed
    /// in yet because there are several.
    pub async fn sign_in(self, body: &Value) -> Result<Vec<ClientChoice>, ApiError> {
        match api::send_json(self, Method::POST, SESSION_PATH, body).await? {
            SessionOrChoice::Session(session) => {
                self.set_session(session);
                Ok(Vec::new())
            }
            SessionOrChoice::Choice { choose_client } => Ok(choose_client),
        }
    }

    /// Returns the number of the current session of this tab; `None` if nobody is signed in.
    pub fn session_number(self) -> Option<u32> {
        self.is_signed_in_untracked().then(|| self.begun.get_value())
    }
}
