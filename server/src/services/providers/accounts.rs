//! Reads and caches clients' accounts at telephony providers, decrypted for calls.
//!
//! A client without accounts uses the simulator, for which nothing is stored.

mod addresses;
mod answers;
mod fields;
pub mod management;
pub mod rotation;
mod sealing;
pub mod validation;

use crate::config::PublicUrl;
use crate::providers;
use crate::secret::Secret;
use crate::storage::{AccountRow, Client, Store, StoreError};
use crate::vault::Vault;
use call_ribbon_shared::Millis;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use subtle::ConstantTimeEq as _;

/// A client's account at a provider, with its secrets decrypted.
#[derive(Debug, Clone)]
#[expect(clippy::struct_field_names, reason = "accounts have the names that all rows have")]
pub struct Account {
    pub client_id: String,
    pub account_id: String,
    /// The provider's name in the API.
    pub provider: &'static str,
    /// What the client calls it.
    pub name: Option<String>,
    /// Whether calls may be started through it. Reports about calls in progress are accepted either
    /// way.
    pub enabled: bool,
    /// Whether it is used when a request names no account. At most one account of a client is the
    /// default.
    pub default: bool,
    pub settings: providers::Settings,
    /// Part of the URL that the provider calls.
    pub webhook_secret: Secret,
}

impl Account {
    /// Decrypts a stored account, or says why that failed.
    fn open_row(vault: &Vault, row: &AccountRow) -> Result<Self, String> {
        let open = sealing::open_secrets(vault, row)?;
        let settings = providers::Settings::from_json(&row.provider, &open.settings)
            .map_err(|error| error.to_string())?;
        Ok(Self {
            client_id: row.client_id.clone(),
            account_id: row.account_id.clone(),
            provider: settings.provider_name(),
            name: row.name.clone(),
            enabled: row.enabled == 1,
            default: row.is_default == 1,
            settings,
            webhook_secret: open.webhook_secret,
        })
    }

    /// Returns the URL to which the provider reports events. It contains a secret.
    pub fn webhook_url(&self, public_url: &PublicUrl) -> String {
        public_url.join_path(&webhook_path(self.provider, &self.webhook_secret))
    }
}

/// A cache of clients' accounts, with the vault that decrypts them.
#[derive(Debug)]
pub struct AccountCache {
    store: Arc<Store>,
    vault: Vault,
    /// By client id. It is correct on every server at once: each change of an account changes its
    /// client's version, and every request carries that version.
    known: Mutex<HashMap<String, CachedAccounts>>,
}

#[derive(Debug, Clone)]
struct CachedAccounts {
    version: i64,
    accounts: Arc<[Account]>,
}

impl AccountCache {
    /// Creates a cache for the accounts in this store, encrypted by this vault.
    pub fn new(store: Arc<Store>, vault: Vault) -> Self {
        Self { store, vault, known: Mutex::default() }
    }

    /// Returns the vault that decrypts the accounts.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Returns all accounts of a client, the oldest first.
    ///
    /// It is an error if an enabled account cannot be decrypted: a call must not take another way
    /// than its client has set, least of all the simulator.
    pub async fn of_client(&self, client: &Client) -> Result<Arc<[Account]>, StoreError> {
        if client.accounts_version == 0 {
            return Ok(Arc::default());
        }
        if let Some(known) = self.cached_accounts(client) {
            return Ok(known);
        }
        let rows = self.store.providers().list_accounts(&client.id).await?;
        let mut accounts = Vec::with_capacity(rows.len());
        for row in rows {
            match self.open_account(&row) {
                Ok(account) => accounts.push(account),
                Err(error) if row.enabled == 1 => return Err(error),
                Err(error) => tracing::warn!("{error}"),
            }
        }
        let accounts: Arc<[Account]> = accounts.into();
        let known =
            CachedAccounts { version: client.accounts_version, accounts: Arc::clone(&accounts) };
        self.lock_cache().insert(client.id.clone(), known);
        Ok(accounts)
    }

    /// Finds an account, with its client, by the secret in its webhook's URL. A replaced secret
    /// stays valid for a while.
    pub async fn by_webhook(
        &self,
        provider: &str,
        secret: &Secret,
        now: Millis,
    ) -> Result<Option<(Client, Account)>, StoreError> {
        let hash = secret.hash();
        let Some(row) = self.store.providers().system_find_account_by_webhook(&hash).await? else {
            return Ok(None);
        };
        let is = |kept: &str| bool::from(kept.as_bytes().ct_eq(hash.as_bytes()));
        let is_previous = || {
            let in_time = row.previous_webhook_until.is_some_and(|until| now < until);
            in_time && row.previous_webhook_hash.as_deref().is_some_and(is)
        };
        if row.provider != provider || !(is(&row.webhook_secret_hash) || is_previous()) {
            return Ok(None);
        }
        let Some(client) = self.store.clients().find_client(&row.client_id).await? else {
            return Ok(None);
        };
        let account = self.one_of(&client, &row.account_id).await?;
        Ok(account.map(|account| (client, account)))
    }

    /// Returns one of a client's accounts.
    pub async fn by_id(
        &self,
        client_id: &str,
        account_id: &str,
    ) -> Result<Option<Account>, StoreError> {
        let Some(client) = self.store.clients().find_client(client_id).await? else {
            return Ok(None);
        };
        self.one_of(&client, account_id).await
    }

    async fn one_of(
        &self,
        client: &Client,
        account_id: &str,
    ) -> Result<Option<Account>, StoreError> {
        let accounts = self.of_client(client).await?;
        Ok(accounts.iter().find(|account| account.account_id == account_id).cloned())
    }

    /// Returns the client's cached accounts if they were read at the client's version or a later
    /// one.
    fn cached_accounts(&self, client: &Client) -> Option<Arc<[Account]>> {
        let known = self.lock_cache();
        let known = known.get(&client.id)?;
        (known.version >= client.accounts_version).then(|| Arc::clone(&known.accounts))
    }

    fn open_account(&self, row: &AccountRow) -> Result<Account, StoreError> {
        Account::open_row(&self.vault, row)
            .map_err(|why| StoreError::Account { id: row.account_id.clone(), why })
    }

    fn lock_cache(&self) -> std::sync::MutexGuard<'_, HashMap<String, CachedAccounts>> {
        // Each change is one insertion, so a panic elsewhere leaves nothing half done.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the path on this server that a provider calls.
fn webhook_path(provider: &str, secret: &Secret) -> String {
    format!("/api/webhooks/{provider}/{}", secret.expose())
}
