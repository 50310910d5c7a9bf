//! Creates, changes and removes provider accounts for an operator.
//!
//! Each action adds a line to the audit log. No answer contains a secret except the webhook URLs,
//! which an operator has to enter at the provider.

use super::answers::{show_account, show_made, show_webhook};
use super::sealing::{self, OpenSecrets};
use super::{Account, addresses, fields};
use crate::config::PublicUrl;
use crate::outgoing::AddressGuard;
use crate::patch::Patch;
use crate::providers::{Settings, SettingsError};
use crate::secret::Secret;
use crate::services::ServiceError;
use crate::services::access::operator::Operator;
use crate::storage::{AccountOutcome, AccountRow, Client};
use crate::vault::Vault;
use call_ribbon_shared::Millis;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// How long a replaced webhook URL stays valid: longer than any call lasts, and longer than it
/// takes to enter the new one in a provider's portal.
const OLD_URL_VALID_FOR: Millis = 7 * 24 * 60 * 60 * 1000;

/// The most accounts of a client. To those of a PBX the server keeps a connection open.
const MOST_ACCOUNTS: i64 = 50;

/// What managing accounts requires.
#[derive(Clone, Copy)]
pub struct AccountAdmin<'a> {
    pub operator: Operator<'a>,
    pub vault: &'a Vault,
    pub guard: &'a AddressGuard,
    pub public_url: Option<&'a PublicUrl>,
}

/// An account to create.
#[derive(Debug)]
pub struct NewAccount {
    pub provider: String,
    pub name: Option<String>,
    pub enabled: bool,
    pub default: bool,
    pub settings: Map<String, Value>,
}

/// A change to an account; fields not named stay as they are.
#[derive(Debug, Default)]
pub struct AccountChange {
    pub name: Patch<String>,
    pub enabled: Option<bool>,
    pub default: Option<bool>,
    pub settings: Option<Map<String, Value>>,
}

/// An account at a provider as an operator sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProviderAccount)]
pub struct AccountShown {
    #[schema(examples("account_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    pub account_id: String,
    #[schema(examples("exotel"))]
    pub provider: String,
    /// What the client calls it.
    #[schema(required = true, examples("Collections, Mumbai"))]
    pub name: Option<String>,
    /// Whether calls may be started through it.
    pub enabled: bool,
    /// Whether it is used when a request names no account.
    pub default: bool,
    /// In the form the provider needs; `…` replaces each secret. Null if they cannot be decrypted:
    /// `trouble` says why.
    #[schema(required = true, value_type = Option<Object>, examples(json!({"accountSid": "exampleco1", "apiKey": "…", "apiToken": "…"})))]
    pub settings: Value,
    /// Why the account cannot be used as it is.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    pub created_at: String,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    pub updated_at: String,
}

/// An account with the URL that its provider calls.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProviderAccountMade)]
pub struct Made {
    #[serde(flatten)]
    pub account: AccountShown,
    /// Contains a secret: anyone who knows it can report events of calls. Without `--public-url` it
    /// is a path on this server.
    #[schema(examples("https://calls.example.com/api/webhooks/exotel/…"))]
    pub webhook_url: String,
}

/// All accounts of a client.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProviderAccountList)]
pub struct AccountList {
    /// The oldest first.
    pub providers: Vec<AccountShown>,
}

/// The URL that a provider calls for an account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "webhookUrl is the API's name")]
pub struct Webhook {
    #[schema(examples("account_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    pub account_id: String,
    #[schema(examples("exotel"))]
    pub provider: String,
    #[schema(required = true, examples("Collections, Mumbai"))]
    pub name: Option<String>,
    /// Contains a secret. Without `--public-url` it is a path on this server.
    #[schema(examples("https://calls.example.com/api/webhooks/exotel/…"))]
    pub webhook_url: String,
    /// Until when the previous URL stays valid; null if there is none.
    #[schema(required = true, format = DateTime, examples("2025-10-19T10:30:00Z"))]
    pub previous_until: Option<String>,
}

/// The URLs of a client's webhooks.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookList {
    /// In the order of the accounts. An account that cannot be decrypted has none.
    pub webhooks: Vec<Webhook>,
}

/// Creates an account.
pub async fn create_account(
    admin: &AccountAdmin<'_>,
    client_id: &str,
    new: NewAccount,
) -> Result<Made, ServiceError> {
    let Operator { store, ids, now, by } = admin.operator;
    let mut settings = Value::Object(Map::new());
    fields::merge_change(&new.provider, &mut settings, new.settings);
    let parsed = check_settings(&new.provider, &settings)?;
    addresses::check_addresses(admin.guard, &parsed).await?;
    let webhook_secret = generate_secret(admin);
    let mut row = AccountRow {
        client_id: client_id.to_owned(),
        account_id: ids.new_id("account", now),
        provider: new.provider,
        name: new.name,
        enabled: new.enabled.into(),
        is_default: new.default.into(),
        settings: String::new(),
        webhook_secret: String::new(),
        webhook_secret_hash: webhook_secret.hash(),
        previous_webhook_hash: None,
        previous_webhook_until: None,
        key_name: String::new(),
        created_at: now,
        updated_at: now,
    };
    let open = OpenSecrets { settings, webhook_secret };
    seal_account(admin, &mut row, &open)?;
    check_outcome(
        store.providers().create_account(client_id, &row, MOST_ACCOUNTS, by).await?,
        ServiceError::unknown_client,
    )?;
    Ok(show_made(admin, &row, &open))
}

/// Lists all accounts of a client.
pub async fn list_accounts(
    admin: &AccountAdmin<'_>,
    client_id: &str,
) -> Result<AccountList, ServiceError> {
    find_client(admin, client_id).await?;
    let rows = admin.operator.store.providers().list_accounts(client_id).await?;
    Ok(AccountList { providers: rows.iter().map(|row| show_account(admin, row)).collect() })
}

/// Returns one of a client's accounts.
pub async fn find_account(
    admin: &AccountAdmin<'_>,
    client_id: &str,
    account_id: &str,
) -> Result<AccountShown, ServiceError> {
    let row = admin.operator.store.providers().find_account(client_id, account_id).await?;
    row.map(|row| show_account(admin, &row)).ok_or_else(unknown_account)
}

/// Changes the named fields of an account. Its provider cannot change: another provider is another
/// account.
pub async fn change_account(
    admin: &AccountAdmin<'_>,
    client_id: &str,
    account_id: &str,
    change: AccountChange,
) -> Result<AccountShown, ServiceError> {
    let (client, mut row) = read_account(admin, client_id, account_id).await?;
    match change.name {
        Patch::Absent => {}
        Patch::Null => row.name = None,
        Patch::Value(name) => row.name = Some(name),
    }
    row.enabled = change.enabled.map_or(row.enabled, i64::from);
    row.is_default = change.default.map_or(row.is_default, i64::from);
    row.updated_at = admin.operator.now;
    if let Some(change) = change.settings {
        let mut open = sealing::open_secrets(admin.vault, &row).map_err(|why| cannot_open(&why))?;
        let before = open.settings.clone();
        fields::merge_change(&row.provider, &mut open.settings, change.clone());
        let parsed = check_settings(&row.provider, &open.settings)?;
        addresses::check_addresses(admin.guard, &parsed).await?;
        addresses::check_secrets_entered(&before, &parsed, &open.settings, &change)?;
        seal_account(admin, &mut row, &open)?;
    }
    let version = client.accounts_version;
    check_outcome(
        admin
            .operator
            .store
            .providers()
            .replace_account(client_id, &row, version, "provider.changed", admin.operator.by)
            .await?,
        unknown_account,
    )?;
    Ok(show_account(admin, &row))
}

/// Gives an account's webhook a new URL. The previous one stays valid for a week, so that no report
/// about calls in progress is lost.
pub async fn rotate_webhook(
    admin: &AccountAdmin<'_>,
    client_id: &str,
    account_id: &str,
) -> Result<Webhook, ServiceError> {
    let (client, mut row) = read_account(admin, client_id, account_id).await?;
    let mut open = sealing::open_secrets(admin.vault, &row).map_err(|why| cannot_open(&why))?;
    open.webhook_secret = generate_secret(admin);
    let fresh = open.webhook_secret.hash();
    row.previous_webhook_hash = Some(std::mem::replace(&mut row.webhook_secret_hash, fresh));
    row.previous_webhook_until = Some(admin.operator.now.saturating_add(OLD_URL_VALID_FOR));
    row.updated_at = admin.operator.now;
    seal_account(admin, &mut row, &open)?;
    let act = "provider.webhook-secret";
    check_outcome(
        admin
            .operator
            .store
            .providers()
            .replace_account(client_id, &row, client.accounts_version, act, admin.operator.by)
            .await?,
        unknown_account,
    )?;
    Ok(show_webhook(admin, &row, &open.webhook_secret))
}

/// Lists the URLs that providers call for a client.
pub async fn list_webhooks(
    admin: &AccountAdmin<'_>,
    client_id: &str,
) -> Result<WebhookList, ServiceError> {
    find_client(admin, client_id).await?;
    let rows = admin.operator.store.providers().list_accounts(client_id).await?;
    let open = |row: &AccountRow| {
        let open = sealing::open_secrets(admin.vault, row).ok()?;
        Some(show_webhook(admin, row, &open.webhook_secret))
    };
    Ok(WebhookList { webhooks: rows.iter().filter_map(open).collect() })
}

/// Removes an account and returns it as it was.
///
/// Refused while calls of its provider are in progress: their reports come by its webhook, which
/// would no longer be accepted, so they would stay active until the server abandons them.
pub async fn remove_account(
    admin: &AccountAdmin<'_>,
    client_id: &str,
    account_id: &str,
) -> Result<AccountShown, ServiceError> {
    let account = find_account(admin, client_id, account_id).await?;
    let operator = &admin.operator;
    check_outcome(
        operator.store.providers().remove_account(client_id, account_id, operator.stamp()).await?,
        unknown_account,
    )?;
    Ok(account)
}

/// Returns an account as calls use it, or why it cannot be used.
pub(super) async fn open_account(
    admin: &AccountAdmin<'_>,
    client_id: &str,
    account_id: &str,
) -> Result<Result<Account, String>, ServiceError> {
    let (_, row) = read_account(admin, client_id, account_id).await?;
    Ok(Account::open_row(admin.vault, &row)
        .map_err(|why| format!("This account's settings cannot be used: {why}.")))
}

async fn find_client(admin: &AccountAdmin<'_>, client_id: &str) -> Result<Client, ServiceError> {
    admin
        .operator
        .store
        .clients()
        .find_client(client_id)
        .await?
        .ok_or_else(ServiceError::unknown_client)
}

/// Returns an account with its client as it was before the change.
async fn read_account(
    admin: &AccountAdmin<'_>,
    client_id: &str,
    account_id: &str,
) -> Result<(Client, AccountRow), ServiceError> {
    let client = find_client(admin, client_id).await?;
    let row = admin.operator.store.providers().find_account(client_id, account_id).await?;
    row.map(|row| (client, row)).ok_or_else(unknown_account)
}

/// Parses settings, which must be such as the provider needs.
fn check_settings(provider: &str, settings: &Value) -> Result<Settings, ServiceError> {
    let parsed =
        Settings::from_json(provider, settings).map_err(|SettingsError { field, sentence }| {
            match field {
                "provider" => ServiceError::Invalid { field, sentence },
                field => ServiceError::Setting { field, sentence },
            }
        })?;
    fields::check_marks(provider, settings)?;
    Ok(parsed)
}

fn seal_account(
    admin: &AccountAdmin<'_>,
    row: &mut AccountRow,
    open: &OpenSecrets,
) -> Result<(), ServiceError> {
    let has_secrets = fields::has_secrets(&row.provider, &open.settings);
    sealing::seal_secrets(admin.vault, admin.operator.ids, row, open, has_secrets)
}

/// Generates a secret of 256 random bits.
fn generate_secret(admin: &AccountAdmin<'_>) -> Secret {
    Secret::new(admin.operator.ids.random_hex::<32>())
}

fn check_outcome(
    done: AccountOutcome,
    unknown: impl FnOnce() -> ServiceError,
) -> Result<(), ServiceError> {
    let conflict = |sentence: &str| Err(ServiceError::Conflict(sentence.to_owned()));
    match done {
        AccountOutcome::Done => Ok(()),
        AccountOutcome::NotFound => Err(unknown()),
        AccountOutcome::VersionConflict => {
            conflict("This client's accounts have just been changed; load them again.")
        }
        AccountOutcome::InUse => conflict(
            "Calls of this provider are in progress. Disable the account, and remove it when they \
             are over.",
        ),
        AccountOutcome::TooMany => Err(ServiceError::Conflict(format!(
            "There are already {MOST_ACCOUNTS} accounts; remove one that is no longer needed."
        ))),
    }
}

fn unknown_account() -> ServiceError {
    ServiceError::Unknown("There is no such provider account.".to_owned())
}

fn cannot_open(why: &str) -> ServiceError {
    ServiceError::Conflict(format!(
        "This account's settings cannot be decrypted: {why}. Give the server that key, or remove \
         the account and create it again."
    ))
}
