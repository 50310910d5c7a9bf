//! Creates, changes and removes provider accounts for an operator.
//!
//! Each action adds a line to the audit log. No answer contains a secret except the webhook URLs,
//! which an operator has to enter at the provider.

use super::sealing::{self, Open};
use super::{Account, fields, webhook_path};
use crate::config::PublicUrl;
use crate::patch::Patch;
use crate::providers::{self, SettingsError};
use crate::secret::Secret;
use crate::services::ServiceError;
use crate::services::access::operator::Operator;
use crate::services::clients::client;
use crate::storage::{AccountDone, AccountRow, Client};
use crate::time;
use crate::vault::Vault;
use call_ribbon_shared::Millis;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// How long a replaced webhook URL stays valid: longer than any call lasts, and longer than it
/// takes to enter the new one in a provider's portal.
const OLD_ADDRESS_FOR: Millis = 7 * 24 * 60 * 60 * 1000;

/// What managing accounts requires.
#[derive(Clone, Copy)]
pub struct Keeper<'a> {
    pub operator: Operator<'a>,
    pub vault: &'a Vault,
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
    created_at: String,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    updated_at: String,
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
pub async fn create(
    keeper: &Keeper<'_>,
    client_id: &str,
    new: NewAccount,
) -> Result<Made, ServiceError> {
    let Operator { store, ids, now, by } = keeper.operator;
    let mut settings = Value::Object(Map::new());
    fields::merge(&new.provider, &mut settings, new.settings);
    check(&new.provider, &settings)?;
    let webhook_secret = fresh_secret(keeper);
    let mut row = AccountRow {
        client_id: client_id.to_owned(),
        account_id: ids.id("account", now),
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
    let open = Open { settings, webhook_secret };
    seal(keeper, &mut row, &open)?;
    judge(store.create_account(client_id, &row, by).await?, client::unknown)?;
    Ok(made(keeper, &row, &open))
}

/// Lists all accounts of a client.
pub async fn list(keeper: &Keeper<'_>, client_id: &str) -> Result<AccountList, ServiceError> {
    client(keeper, client_id).await?;
    let rows = keeper.operator.store.accounts(client_id).await?;
    Ok(AccountList { providers: rows.iter().map(|row| shown(keeper, row)).collect() })
}

/// Returns one of a client's accounts.
pub async fn look_at(
    keeper: &Keeper<'_>,
    client_id: &str,
    account_id: &str,
) -> Result<AccountShown, ServiceError> {
    let row = keeper.operator.store.account(client_id, account_id).await?;
    row.map(|row| shown(keeper, &row)).ok_or_else(unknown)
}

/// Changes the named fields of an account. Its provider cannot change: another provider is another
/// account.
pub async fn change(
    keeper: &Keeper<'_>,
    client_id: &str,
    account_id: &str,
    change: AccountChange,
) -> Result<AccountShown, ServiceError> {
    let (client, mut row) = read(keeper, client_id, account_id).await?;
    match change.name {
        Patch::Absent => {}
        Patch::Null => row.name = None,
        Patch::Value(name) => row.name = Some(name),
    }
    row.enabled = change.enabled.map_or(row.enabled, i64::from);
    row.is_default = change.default.map_or(row.is_default, i64::from);
    row.updated_at = keeper.operator.now;
    if let Some(change) = change.settings {
        let mut open = sealing::open(keeper.vault, &row).map_err(|why| cannot_open(&why))?;
        fields::merge(&row.provider, &mut open.settings, change);
        check(&row.provider, &open.settings)?;
        seal(keeper, &mut row, &open)?;
    }
    let version = client.accounts_version;
    judge(
        keeper
            .operator
            .store
            .replace_account(client_id, &row, version, "provider.changed", keeper.operator.by)
            .await?,
        unknown,
    )?;
    Ok(shown(keeper, &row))
}

/// Gives an account's webhook a new URL. The previous one stays valid for a week, so that no report
/// about calls in progress is lost.
pub async fn rotate_webhook(
    keeper: &Keeper<'_>,
    client_id: &str,
    account_id: &str,
) -> Result<Webhook, ServiceError> {
    let (client, mut row) = read(keeper, client_id, account_id).await?;
    let mut open = sealing::open(keeper.vault, &row).map_err(|why| cannot_open(&why))?;
    open.webhook_secret = fresh_secret(keeper);
    let fresh = open.webhook_secret.hash();
    row.previous_webhook_hash = Some(std::mem::replace(&mut row.webhook_secret_hash, fresh));
    row.previous_webhook_until = Some(keeper.operator.now.saturating_add(OLD_ADDRESS_FOR));
    row.updated_at = keeper.operator.now;
    seal(keeper, &mut row, &open)?;
    let act = "provider.webhook-secret";
    judge(
        keeper
            .operator
            .store
            .replace_account(client_id, &row, client.accounts_version, act, keeper.operator.by)
            .await?,
        unknown,
    )?;
    Ok(webhook(keeper, &row, &open.webhook_secret))
}

/// Lists the URLs that providers call for a client.
pub async fn webhooks(keeper: &Keeper<'_>, client_id: &str) -> Result<WebhookList, ServiceError> {
    client(keeper, client_id).await?;
    let rows = keeper.operator.store.accounts(client_id).await?;
    let open = |row: &AccountRow| {
        let open = sealing::open(keeper.vault, row).ok()?;
        Some(webhook(keeper, row, &open.webhook_secret))
    };
    Ok(WebhookList { webhooks: rows.iter().filter_map(open).collect() })
}

/// Removes an account and returns it as it was.
///
/// Refused while calls of its provider are in progress: their reports come by its webhook, which
/// would no longer be accepted, so they would stay active until the server abandons them.
pub async fn remove(
    keeper: &Keeper<'_>,
    client_id: &str,
    account_id: &str,
) -> Result<AccountShown, ServiceError> {
    let account = look_at(keeper, client_id, account_id).await?;
    let operator = &keeper.operator;
    judge(operator.store.remove_account(client_id, account_id, operator.stamp()).await?, unknown)?;
    Ok(account)
}

/// Returns an account as calls use it, or why it cannot be used.
pub(super) async fn opened(
    keeper: &Keeper<'_>,
    client_id: &str,
    account_id: &str,
) -> Result<Result<Account, String>, ServiceError> {
    let (_, row) = read(keeper, client_id, account_id).await?;
    Ok(Account::open(keeper.vault, &row)
        .map_err(|why| format!("This account's settings cannot be used: {why}.")))
}

async fn client(keeper: &Keeper<'_>, client_id: &str) -> Result<Client, ServiceError> {
    keeper.operator.store.client(client_id).await?.ok_or_else(client::unknown)
}

/// Returns an account with its client as it was before the change.
async fn read(
    keeper: &Keeper<'_>,
    client_id: &str,
    account_id: &str,
) -> Result<(Client, AccountRow), ServiceError> {
    let client = client(keeper, client_id).await?;
    let row = keeper.operator.store.account(client_id, account_id).await?;
    row.map(|row| (client, row)).ok_or_else(unknown)
}

/// Checks that the provider accepts these settings.
fn check(provider: &str, settings: &Value) -> Result<(), ServiceError> {
    providers::Settings::read(provider, settings).map_err(
        |SettingsError { field, sentence }| match field {
            "provider" => ServiceError::Invalid { field, sentence },
            field => ServiceError::Setting { field, sentence },
        },
    )?;
    fields::check_marks(provider, settings)
}

fn seal(keeper: &Keeper<'_>, row: &mut AccountRow, open: &Open) -> Result<(), ServiceError> {
    let has_secrets = fields::has_secrets(&row.provider, &open.settings);
    sealing::seal(keeper.vault, keeper.operator.ids, row, open, has_secrets)
}

/// Generates a secret of 256 random bits.
fn fresh_secret(keeper: &Keeper<'_>) -> Secret {
    Secret::new(keeper.operator.ids.hex::<32>())
}

fn judge(done: AccountDone, unknown: impl FnOnce() -> ServiceError) -> Result<(), ServiceError> {
    let conflict = |sentence: &str| Err(ServiceError::Conflict(sentence.to_owned()));
    match done {
        AccountDone::Done => Ok(()),
        AccountDone::Unknown => Err(unknown()),
        AccountDone::MovedOn => {
            conflict("This client's accounts have just been changed; load them again.")
        }
        AccountDone::InUse => conflict(
            "Calls of this provider are in progress. Disable the account, and remove it when they \
             are over.",
        ),
    }
}

fn unknown() -> ServiceError {
    ServiceError::Unknown("There is no such provider account.".to_owned())
}

fn cannot_open(why: &str) -> ServiceError {
    ServiceError::Conflict(format!(
        "This account's settings cannot be decrypted: {why}. Give the server that key, or remove \
         the account and create it again."
    ))
}

fn shown(keeper: &Keeper<'_>, row: &AccountRow) -> AccountShown {
    let (settings, trouble) = match sealing::open(keeper.vault, row) {
        Ok(open) => {
            let trouble = providers::Settings::read(&row.provider, &open.settings).err();
            (fields::shown(&row.provider, &open.settings), trouble.map(|error| error.sentence))
        }
        Err(why) => (Value::Null, Some(format!("The settings cannot be decrypted: {why}."))),
    };
    AccountShown {
        account_id: row.account_id.clone(),
        provider: row.provider.clone(),
        name: row.name.clone(),
        enabled: row.enabled == 1,
        default: row.is_default == 1,
        settings,
        trouble,
        created_at: time::format(row.created_at),
        updated_at: time::format(row.updated_at),
    }
}

fn made(keeper: &Keeper<'_>, row: &AccountRow, open: &Open) -> Made {
    let webhook_url = url(keeper, &row.provider, &open.webhook_secret);
    Made { account: shown(keeper, row), webhook_url }
}

fn webhook(keeper: &Keeper<'_>, row: &AccountRow, secret: &Secret) -> Webhook {
    let until = row.previous_webhook_until.filter(|until| *until > keeper.operator.now);
    Webhook {
        account_id: row.account_id.clone(),
        provider: row.provider.clone(),
        name: row.name.clone(),
        webhook_url: url(keeper, &row.provider, secret),
        previous_until: until.map(time::format),
    }
}

fn url(keeper: &Keeper<'_>, provider: &str, secret: &Secret) -> String {
    let path = webhook_path(provider, secret);
    keeper.public_url.map_or_else(|| path.clone(), |public_url| public_url.with(&path))
}
