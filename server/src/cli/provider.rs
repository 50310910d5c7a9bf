//! The command `call-ribbon provider`: a client's accounts at telephony providers.

use super::operator::{DatabaseArgs, open_store, print_text};
use super::token::name;
use crate::config::{OutgoingSettings, PublicUrl, SecretKeys};
use crate::ids::Ids;
use crate::outgoing::AddressGuard;
use crate::services::access::operator::Operator;
use crate::services::providers::accounts::management::{
    self, AccountAdmin, AccountChange, AccountShown, NewAccount, Webhook,
};
use crate::services::providers::accounts::validation;
use crate::services::providers::request_log::RequestLog;
use crate::services::providers::transport::ProviderClient;
use crate::storage::{Actor, Store};
use crate::time::{Clock as _, SystemClock};
use crate::vault::Vault;
use clap::{Args, Subcommand};
use serde_json::{Map, Value};
use std::error::Error;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How long a provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The database, the keys of the secrets in it, and where the server is reached.
#[derive(Debug, Args)]
pub struct ProviderArgs {
    #[command(flatten)]
    keys: SecretKeys,
    /// The server's public address.
    #[arg(long, env = "CALL_RIBBON_PUBLIC_URL", value_name = "URL")]
    public_url: Option<PublicUrl>,
    #[command(flatten)]
    outgoing: OutgoingSettings,
    #[command(flatten)]
    on: DatabaseArgs,
}

#[derive(Debug, Subcommand)]
pub enum ProviderCommand {
    /// Lists a client's accounts: id, provider, whether enabled, whether the default, name; separated
    /// by tabs.
    List {
        client_id: String,
        #[command(flatten)]
        with: ProviderArgs,
    },
    /// Makes an account, and shows the address for the provider's webhooks.
    Add {
        client_id: String,
        /// The provider, such as exotel.
        provider: String,
        /// A file with the settings as a JSON object; - reads them from standard input. Not on the
        /// command line, which others on the machine can see.
        #[arg(long, value_name = "FILE")]
        settings: Option<PathBuf>,
        /// The account's name.
        #[arg(long, value_parser = name)]
        name: Option<String>,
        /// Makes it the client's default account.
        #[arg(long)]
        default: bool,
        #[command(flatten)]
        with: ProviderArgs,
    },
    /// Allows calls to be started through an account.
    Enable {
        client_id: String,
        account_id: String,
        #[command(flatten)]
        with: ProviderArgs,
    },
    /// Starts no more calls through an account; current calls continue.
    Disable {
        client_id: String,
        account_id: String,
        #[command(flatten)]
        with: ProviderArgs,
    },
    /// Tests an account's credentials, without calling anybody.
    Validate {
        client_id: String,
        account_id: String,
        #[command(flatten)]
        with: ProviderArgs,
    },
    /// Shows the addresses for providers' webhooks. They contain secrets.
    Webhooks {
        client_id: String,
        #[command(flatten)]
        with: ProviderArgs,
    },
    /// Removes an account that has no calls in progress.
    Remove {
        client_id: String,
        account_id: String,
        #[command(flatten)]
        with: ProviderArgs,
    },
}

/// Runs a `provider` command.
pub async fn run(mut command: ProviderCommand) -> Result<(), Box<dyn Error>> {
    let (ProviderCommand::List { with, .. }
    | ProviderCommand::Add { with, .. }
    | ProviderCommand::Enable { with, .. }
    | ProviderCommand::Disable { with, .. }
    | ProviderCommand::Validate { with, .. }
    | ProviderCommand::Webhooks { with, .. }
    | ProviderCommand::Remove { with, .. }) = &mut command;
    with.keys.read_files()?;
    let vault = Vault::new(with.keys.secret_key.as_ref(), &with.keys.previous_secret_keys);
    let public_url = with.public_url.clone();
    let guard = AddressGuard::new(&with.outgoing.allow_private_addresses);
    let store = open_store(&with.on).await?;
    let said = run_on_store(&store, &vault, &guard, public_url.as_ref(), command).await;
    store.close().await;
    print_text(&said?)
}

async fn run_on_store(
    store: &Store,
    vault: &Vault,
    guard: &AddressGuard,
    public_url: Option<&PublicUrl>,
    command: ProviderCommand,
) -> Result<String, Box<dyn Error>> {
    let ids = Ids::random();
    let operator = Operator { store, ids: &ids, now: SystemClock.now(), by: Actor::COMMAND_LINE };
    let admin = AccountAdmin { operator, vault, guard, public_url };
    let enable = async |client_id: String, account_id: String, on: bool| {
        let change = AccountChange { enabled: Some(on), ..AccountChange::default() };
        management::change_account(&admin, &client_id, &account_id, change).await
    };
    Ok(match command {
        ProviderCommand::List { client_id, .. } => management::list_accounts(&admin, &client_id)
            .await?
            .providers
            .iter()
            .map(format_account)
            .collect(),
        ProviderCommand::Add { client_id, provider, settings, name, default, .. } => {
            let settings = settings.as_deref().map(read_settings).transpose()?.unwrap_or_default();
            let new = NewAccount { provider, name, enabled: true, default, settings };
            let made = management::create_account(&admin, &client_id, new).await?;
            format!(
                "Account: {}\nEnter this webhook URL at the provider: {}\n",
                made.account.account_id, made.webhook_url
            )
        }
        ProviderCommand::Enable { client_id, account_id, .. } => {
            format_account(&enable(client_id, account_id, true).await?)
        }
        ProviderCommand::Disable { client_id, account_id, .. } => {
            format_account(&enable(client_id, account_id, false).await?)
        }
        ProviderCommand::Validate { client_id, account_id, .. } => {
            // No process follows this log: one attempt leaves its entry in the audit log.
            let log = Arc::new(RequestLog::default());
            let lines = ProviderClient::new(guard.clone(), PATIENCE, Arc::new(SystemClock), log)?;
            let tried =
                validation::validate_account(&admin, &lines, &client_id, &account_id).await?;
            if !tried.ok {
                return Err(tried.message.into());
            }
            format!("{}\n", tried.message)
        }
        ProviderCommand::Webhooks { client_id, .. } => {
            let line = |webhook: &Webhook| {
                format!("{}\t{}\t{}\n", webhook.account_id, webhook.provider, webhook.webhook_url)
            };
            management::list_webhooks(&admin, &client_id).await?.webhooks.iter().map(line).collect()
        }
        ProviderCommand::Remove { client_id, account_id, .. } => {
            management::remove_account(&admin, &client_id, &account_id).await?;
            format!("Removed: {account_id}\n")
        }
    })
}

/// Reads settings. An error does not contain their values.
fn read_settings(file: &Path) -> Result<Map<String, Value>, Box<dyn Error>> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        text
    } else {
        std::fs::read_to_string(file)
            .map_err(|error| format!("{} cannot be read: {error}", file.display()))?
    };
    serde_json::from_str(&text).map_err(|error| {
        format!("the settings are not a JSON object (line {})", error.line()).into()
    })
}

fn format_account(account: &AccountShown) -> String {
    let AccountShown { account_id, provider, .. } = account;
    let enabled = if account.enabled { "enabled" } else { "disabled" };
    let default = if account.default { "default" } else { "" };
    let name = account.name.as_deref().unwrap_or_default();
    format!("{account_id}\t{provider}\t{enabled}\t{default}\t{name}\n")
}
