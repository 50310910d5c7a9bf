//! Clients' accounts at telephony providers, as calls use them.
//!
//! A client without accounts has the simulator, for which nothing is kept.

mod fields;
pub mod managing;
pub mod rotation;
mod sealing;
pub mod validation;

use crate::app::App;
use crate::config::PublicUrl;
use crate::providers;
use crate::secret::Secret;
use crate::storage::{AccountRow, Client, StoreError};
use crate::vault::Vault;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use subtle::ConstantTimeEq as _;

/// A client's account at a provider, opened.
#[derive(Debug, Clone)]
#[expect(clippy::struct_field_names, reason = "accounts have the names that all rows have")]
pub struct Account {
    pub client_id: String,
    pub account_id: String,
    /// The provider's name in the API.
    pub provider: &'static str,
    /// What the client calls it.
    pub name: Option<String>,
    /// Whether calls may be started through it. What a provider tells of those that are under way
    /// is heard all the same.
    pub enabled: bool,
    /// Whether it is taken where nothing else is said; one of a client's at the most.
    pub default: bool,
    pub settings: providers::Settings,
    /// Stands in the address that the provider calls.
    pub webhook_secret: Secret,
}

impl Account {
    /// Opens an account as it is kept, or says why not.
    fn open(vault: &Vault, row: &AccountRow) -> Result<Self, String> {
        let open = sealing::open(vault, row)?;
        let settings = providers::Settings::read(&row.provider, &open.settings)
            .map_err(|error| error.to_string())?;
        Ok(Self {
            client_id: row.client_id.clone(),
            account_id: row.account_id.clone(),
            provider: settings.provider(),
            name: row.name.clone(),
            enabled: row.enabled == 1,
            default: row.is_default == 1,
            settings,
            webhook_secret: open.webhook_secret,
        })
    }

    /// The address at which the provider is to tell what happens. Holds a secret.
    pub fn webhook_url(&self, public_url: &PublicUrl) -> String {
        public_url.with(&webhook_path(self.provider, &self.webhook_secret))
    }
}

/// The accounts that were read, and what opens them.
#[derive(Debug, Default)]
pub struct Accounts {
    vault: Vault,
    /// By the client's id. Right on every server at once, as each change of an account is a
    /// change of its client's version, with which every request comes.
    known: Mutex<HashMap<String, Known>>,
}

#[derive(Debug, Clone)]
struct Known {
    version: i64,
    accounts: Arc<[Account]>,
}

impl Accounts {
    /// Accounts that this vault opens.
    pub fn new(vault: Vault) -> Self {
        Self { vault, known: Mutex::default() }
    }

    /// What opens the accounts.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// All accounts of a client, the oldest first.
    ///
    /// It is an error where one that is enabled cannot be opened: a call must not go another way
    /// than its client has set, least of all to the simulator.
    pub async fn of(&self, app: &App, client: &Client) -> Result<Arc<[Account]>, StoreError> {
        if client.accounts_version == 0 {
            return Ok(Arc::default());
        }
        if let Some(known) = self.known(client) {
            return Ok(known);
        }
        let rows = app.store.accounts(&client.id).await?;
        let mut accounts = Vec::with_capacity(rows.len());
        for row in rows {
            match self.opened(&row) {
                Ok(account) => accounts.push(account),
                Err(error) if row.enabled == 1 => return Err(error),
                Err(error) => tracing::warn!("{error}"),
            }
        }
        let accounts: Arc<[Account]> = accounts.into();
        let known = Known { version: client.accounts_version, accounts: Arc::clone(&accounts) };
        self.lock().insert(client.id.clone(), known);
        Ok(accounts)
    }

    /// The account in whose webhook's address a secret stands, with its client. A secret that was
    /// replaced is good for a while.
    pub async fn by_webhook(
        &self,
        app: &App,
        provider: &str,
        secret: &Secret,
    ) -> Result<Option<(Client, Account)>, StoreError> {
        let hash = secret.hash();
        let Some(row) = app.store.system_account_by_webhook(&hash).await? else { return Ok(None) };
        let is = |kept: &str| bool::from(kept.as_bytes().ct_eq(hash.as_bytes()));
        let is_previous = || {
            let in_time = row.previous_webhook_until.is_some_and(|until| app.now() < until);
            in_time && row.previous_webhook_hash.as_deref().is_some_and(is)
        };
        if row.provider != provider || !(is(&row.webhook_secret_hash) || is_previous()) {
            return Ok(None);
        }
        let Some(client) = app.store.client(&row.client_id).await? else { return Ok(None) };
        let account = self.one_of(app, &client, &row.account_id).await?;
        Ok(account.map(|account| (client, account)))
    }

    /// One of a client's accounts.
    pub async fn by_id(
        &self,
        app: &App,
        client_id: &str,
        account_id: &str,
    ) -> Result<Option<Account>, StoreError> {
        let Some(client) = app.store.client(client_id).await? else { return Ok(None) };
        self.one_of(app, &client, account_id).await
    }

    async fn one_of(
        &self,
        app: &App,
        client: &Client,
        account_id: &str,
    ) -> Result<Option<Account>, StoreError> {
        let accounts = self.of(app, client).await?;
        Ok(accounts.iter().find(|account| account.account_id == account_id).cloned())
    }

    /// What was read of a client's accounts as they are in its version, or later.
    fn known(&self, client: &Client) -> Option<Arc<[Account]>> {
        let known = self.lock();
        let known = known.get(&client.id)?;
        (known.version >= client.accounts_version).then(|| Arc::clone(&known.accounts))
    }

    fn opened(&self, row: &AccountRow) -> Result<Account, StoreError> {
        Account::open(&self.vault, row)
            .map_err(|why| StoreError::Account { id: row.account_id.clone(), why })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Known>> {
        // Each change is one insertion, so a panic elsewhere leaves nothing half done.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The path on this server that a provider calls.
fn webhook_path(provider: &str, secret: &Secret) -> String {
    format!("/api/webhooks/{provider}/{}", secret.expose())
}
