//! Prepares what the server's state consists of.

use super::StartError;
use super::WEBHOOK_TIMEOUT;
use crate::config::Config;
use crate::mail::Mailer;
use crate::outgoing::{AddressGuard, OutgoingClient};
use crate::secret::Secret;
use crate::services::access::oidc::Oidc;
use crate::services::clients::alerts::deliver::{self, Delivery};
use crate::services::providers::accounts::rotation;
use crate::services::receivers::signing::KeySource;
use crate::storage::{CredentialGrant, NewCredential, Store, StoreError, demo};
use crate::vault::Vault;
use call_ribbon_shared::Millis;

/// Creates the demo client, and the dialer key of the settings.
pub async fn prepare_demo(config: &Config, store: &Store, now: Millis) -> Result<(), StoreError> {
    if !config.no_demo {
        store.clients().system_create_demo_client(now).await?;
    }
    if let Some(key) = config.dialer_api_key.as_ref().filter(|key| !key.expose().is_empty()) {
        let new = NewCredential {
            credential_id: "key-settings".to_owned(),
            secret: key.clone(),
            grant: CredentialGrant::DialerKey,
        };
        store.credentials().put(demo::CLIENT, &new, now).await?;
    }
    Ok(())
}

/// Prepares sign-in by a provider, if the settings name one.
pub async fn prepare_oidc(
    config: &Config,
    key: &Secret,
    guard: AddressGuard,
    store: &Store,
) -> Result<Option<Oidc>, StartError> {
    let oidc = Oidc::prepare(
        &config.oidc,
        config.public_url.as_ref(),
        guard,
        key,
        &config.keys.previous_secret_keys,
    )?;
    if let Some(oidc) = &oidc {
        for client in oidc.find_unknown_clients(store).await? {
            tracing::warn!(client, "oidc_roles names a client that does not exist");
        }
    }
    Ok(oidc)
}

/// Returns the server's secret keys, the newest first: those of the settings, and the one that it used
/// before the settings had any.
pub async fn list_keys(
    config: &Config,
    newest: &Secret,
    store: &Store,
) -> Result<Vec<Secret>, StoreError> {
    let own = store.system_find_setting("secret_key").await?.map(Secret::new);
    let mut keys = vec![newest.clone()];
    keys.extend(config.keys.previous_secret_keys.iter().cloned());
    keys.extend(own.filter(|own| own.expose() != newest.expose()));
    Ok(keys)
}

/// Creates what sends alerts and digests.
pub fn create_delivery(
    config: &Config,
    keys: &[Secret],
    guard: AddressGuard,
) -> Result<Delivery, StartError> {
    Ok(Delivery {
        mailer: Mailer::from_settings(&config.smtp, guard.clone())?,
        client: OutgoingClient::new(guard, WEBHOOK_TIMEOUT)?,
        keys: KeySource::new(deliver::KEY_PURPOSE, keys),
    })
}

/// Logs how many accounts are still encrypted under an older key, or cannot be decrypted.
pub async fn warn_of_keys(store: &Store, vault: &Vault) -> Result<(), StoreError> {
    let keys =
        rotation::count_keys(vault, &store.providers().system_count_accounts_by_key().await?);
    if keys.older > 0 {
        tracing::warn!(
            accounts = keys.older,
            "provider accounts are encrypted under an older secret key; `call-ribbon \
             rotate-secrets` encrypts them under the newest"
        );
    }
    if keys.unknown > 0 {
        tracing::error!(
            accounts = keys.unknown,
            "provider accounts are encrypted under a secret key that is not in the settings; no \
             calls are made through them until CALL_RIBBON_SECRET_KEY or \
             CALL_RIBBON_PREVIOUS_SECRET_KEYS holds it"
        );
    }
    Ok(())
}
