//! What the provider says of itself: its addresses and its public keys, kept for a while.

use super::OidcError;
use super::requests::ProviderRequests;
use crate::config::OidcConfig;
use crate::outgoing::OutgoingClient;
use call_ribbon_shared::Millis;
use openidconnect::core::CoreProviderMetadata;
use openidconnect::{DiscoveryError, IssuerUrl};
use std::sync::Arc;
use tokio::sync::Mutex;

/// How long the provider's description is used before it is read again.
const FRESH_FOR: Millis = 60 * 60 * 1000;
/// How long an old description does if the provider cannot be read.
const USABLE_FOR: Millis = 24 * 60 * 60 * 1000;
/// How soon the description is read again for a key that it does not have.
const NEW_KEYS_AFTER: Millis = 60 * 1000;
/// How soon the provider is asked again after it could not be read.
const RETRY_AFTER: Millis = 3 * 1000;

/// A provider, and what it last said of itself.
pub struct Provider {
    issuer: String,
    http: OutgoingClient,
    /// Locked while the provider is asked, so that many people who sign in cause one request.
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    description: Option<(Arc<CoreProviderMetadata>, Millis)>,
    failure: Option<(OidcError, Millis)>,
}

/// Whether a description may be one that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Yes.
    Usual,
    /// It lacks a key, so a newer one is needed.
    NewKeys,
}

impl Provider {
    /// Creates it without asking the provider.
    pub fn new(config: &OidcConfig, http: OutgoingClient) -> Self {
        Self { issuer: config.issuer.clone(), http, known: Mutex::default() }
    }

    /// Returns the means to send requests to the provider.
    pub fn requests(&self) -> ProviderRequests<'_> {
        ProviderRequests(&self.http)
    }

    /// Returns what the provider says of itself.
    ///
    /// # Errors
    ///
    /// Returns why the provider could not be read, if no description of the last day exists.
    pub async fn describe(
        &self,
        wanted: Wanted,
        now: Millis,
    ) -> Result<Arc<CoreProviderMetadata>, OidcError> {
        let mut known = self.known.lock().await;
        let good_for = if wanted == Wanted::NewKeys { NEW_KEYS_AFTER } else { FRESH_FOR };
        if let Some((description, read_at)) = &known.description
            && now.saturating_sub(*read_at) < good_for
        {
            return Ok(Arc::clone(description));
        }
        let recent = known.failure.as_ref().filter(|(_, at)| now.saturating_sub(*at) < RETRY_AFTER);
        let failure = match recent {
            Some((failure, _)) => failure.clone(),
            None => match self.discover().await {
                Ok(description) => {
                    let description = Arc::new(description);
                    *known =
                        Known { description: Some((Arc::clone(&description), now)), failure: None };
                    return Ok(description);
                }
                Err(failure) => {
                    tracing::warn!("the provider for signing in could not be read: {failure}");
                    known.failure = Some((failure.clone(), now));
                    failure
                }
            },
        };
        let old = known.description.as_ref().filter(|(_, at)| now.saturating_sub(*at) < USABLE_FOR);
        old.map(|(description, _)| Arc::clone(description)).ok_or(failure)
    }

    /// Asks the provider for its description and its keys.
    async fn discover(&self) -> Result<CoreProviderMetadata, OidcError> {
        let issuer = IssuerUrl::new(self.issuer.clone());
        let issuer = issuer.map_err(|_| OidcError::unusable("its issuer is not an address"))?;
        CoreProviderMetadata::discover_async(issuer, &self.requests()).await.map_err(|error| {
            match error {
                DiscoveryError::Request(error) => OidcError::Unreachable(error.to_string()),
                DiscoveryError::Response(status, ..) => {
                    OidcError::Unreachable(format!("it answered with status {}", status.as_u16()))
                }
                DiscoveryError::Validation(_) => {
                    OidcError::unusable("it names another issuer than the settings")
                }
                _ => OidcError::unusable("its description could not be read"),
            }
        })
    }
}
