//! Signing in to the dashboard by a company's own provider: OpenID Connect Core 1.0, authorization
//! code with PKCE, and Back-Channel Logout 1.0.
//!
//! A person is who the provider's `sub` names, and has the role of the groups at each sign-in. An
//! e-mail address alone identifies nobody.

mod claims;
mod identify;
mod logout;
mod pending;
mod provider;
mod requests;
mod sign_in;

use crate::config::{OidcConfig, OidcFault, OidcSettings, PublicUrl};
use crate::ids::Ids;
use crate::outgoing::{AddressGuard, ClientError, OutgoingClient};
use crate::secret::Secret;
use crate::services::ServiceError;
use crate::storage::{Store, StoreError};
use call_ribbon_shared::Millis;
use logout::SeenTokens;
use pending::PendingCookies;
use provider::{Provider, Wanted};
use std::time::Duration;

pub use logout::LogoutRefusal;
#[cfg(any(test, feature = "fuzz"))]
pub use logout::check_logout_token;
pub use pending::LIFETIME as PENDING_LIFETIME;
pub use sign_in::{FinishedSignIn, ProviderAnswer};

/// How long the provider may take to answer: somebody waits for it.
const PATIENCE: Duration = Duration::from_secs(8);
/// The most bytes of an identifier from the provider (OpenID Connect Core 1.0, 2: `sub`).
const LONGEST_ID: usize = 255;

/// The provider by which staff sign in.
pub struct Oidc {
    config: OidcConfig,
    provider: Provider,
    cookies: PendingCookies,
    logouts: SeenTokens,
}

/// What the work needs beside the provider.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    pub store: &'a Store,
    pub ids: &'a Ids,
    pub now: Millis,
}

/// Why there can be no sign-in by a provider.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The settings are not complete.
    #[error(transparent)]
    Settings(#[from] OidcFault),
    /// The HTTP client could not be created.
    #[error(transparent)]
    Client(#[from] ClientError),
}

/// Why a person is not signed in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// The answer does not belong to a sign-in that this browser has begun.
    #[error("no sign-in of this browser waits for the answer")]
    NotBegun,
    /// The provider could not be reached.
    #[error("{0}")]
    Unreachable(String),
    /// The provider's answers do not allow to sign in by it.
    #[error("{0}")]
    Unusable(&'static str),
    /// The provider refused the sign-in, for this reason.
    #[error("{0}")]
    Refused(String),
    /// The ID token is not valid.
    #[error("{0}")]
    BadToken(String),
    /// None of the person's groups has a role.
    #[error("no group of the person has a role")]
    NoGroup,
    /// The provider told no e-mail address.
    #[error("the provider told no e-mail address")]
    NoEmail,
    /// Another person has this e-mail address.
    #[error("another person has the e-mail address")]
    EmailTaken,
    /// The person is disabled.
    #[error("the person is disabled")]
    Disabled,
    /// The client is suspended.
    #[error("the client is suspended")]
    Suspended,
    /// The settings name a client that does not exist.
    #[error("the settings name a client that does not exist")]
    UnknownClient,
    /// The database did not answer.
    #[error("the database could not be reached")]
    Busy,
}

impl OidcError {
    fn unusable(why: &'static str) -> Self {
        Self::Unusable(why)
    }

    /// Returns the sentence for the person, about a provider of this name.
    pub fn sentence(&self, provider: &str) -> String {
        match self {
            Self::NotBegun => "This sign-in was not begun in this browser, was used already, or \
                               took longer than ten minutes. Begin again."
                .to_owned(),
            Self::Unreachable(why) => format!(
                "The server could not ask {provider} who you are: {why}. Try again in a minute; if \
                 it does not help, tell the operator of Call Ribbon."
            ),
            Self::Unusable(why) => format!(
                "You cannot sign in with {provider} now: {why}. Tell the operator of Call Ribbon."
            ),
            Self::Refused(why) => format!("You were not signed in with {provider}: {why}."),
            Self::BadToken(why) => format!(
                "What {provider} said about you could not be verified: {why}. Begin again; if it \
                 does not help, tell the operator of Call Ribbon."
            ),
            Self::NoGroup => format!(
                "You are known to {provider}, but none of your groups may use this dashboard. Ask \
                 your administrator to add you to a group that may."
            ),
            Self::NoEmail => format!(
                "{provider} did not tell your e-mail address, which the dashboard needs. Ask your \
                 administrator to add it to your account, or to allow the scope email."
            ),
            Self::EmailTaken => "Another person on the staff has your e-mail address. Ask your \
                                 administrator to remove that person, or to turn on \
                                 oidc_match_email."
                .to_owned(),
            Self::Disabled => "Your account in this dashboard is disabled. Ask your administrator \
                               to enable it."
                .to_owned(),
            Self::Suspended => "The client whose dashboard this is was suspended.".to_owned(),
            Self::UnknownClient => "The operator gave your group a role at a client that does not \
                                    exist. Tell the operator of Call Ribbon."
                .to_owned(),
            Self::Busy => {
                "The server cannot reach its database just now; try again in a moment.".to_owned()
            }
        }
    }
}

impl From<StoreError> for OidcError {
    fn from(error: StoreError) -> Self {
        tracing::error!("a sign-in could not be stored: {error}");
        Self::Busy
    }
}

impl From<ServiceError> for OidcError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Suspended => Self::Suspended,
            // The person was disabled or removed just now.
            ServiceError::WrongPassword => Self::Disabled,
            error => {
                tracing::error!("a sign-in could not be stored: {error}");
                Self::Busy
            }
        }
    }
}

impl Oidc {
    /// Prepares sign-in by the provider of the settings; `None` if they name none. The provider is
    /// asked when somebody signs in, so the server starts without it.
    pub fn prepare(
        settings: &OidcSettings,
        public_url: Option<&PublicUrl>,
        guard: AddressGuard,
        key: &Secret,
        previous_keys: &[Secret],
    ) -> Result<Option<Self>, SetupError> {
        let Some(config) = settings.complete(public_url)? else { return Ok(None) };
        let http = OutgoingClient::new(guard, PATIENCE)?;
        Ok(Some(Self {
            provider: Provider::new(&config, http),
            config,
            cookies: PendingCookies::new(key, previous_keys),
            logouts: SeenTokens::default(),
        }))
    }

    /// Returns the provider's name for people.
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// Asks the provider for its description, to see whether it can be used.
    pub async fn check_provider(&self, now: Millis) -> Result<(), OidcError> {
        let description = self.provider.describe(Wanted::Usual, now).await?;
        self.client_for(&description).map(|_| ())
    }

    /// Returns the clients of the settings that do not exist.
    pub async fn find_unknown_clients(&self, store: &Store) -> Result<Vec<&str>, StoreError> {
        let mut unknown = Vec::new();
        for role in &self.config.roles {
            let id = role.client_id.as_str();
            if !unknown.contains(&id) && store.clients().find_client(id).await?.is_none() {
                unknown.push(id);
            }
        }
        Ok(unknown)
    }
}
