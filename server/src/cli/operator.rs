//! The operator's commands for clients and keys. They use the same services as `/api/admin`, so
//! they appear in the same audit log. A server may run at the same time.

use super::token::name;
use crate::ids::Ids;
use crate::patch::Patch;
use crate::services::access::credentials::objects::ApiKeyObject;
use crate::services::access::operator::Operator;
use crate::services::access::{credentials, domains};
use crate::services::calls::dispositions;
use crate::services::clients::client;
use crate::storage::{Actor, ClientChange, Numbers, Store};
use crate::time::{Clock as _, SystemClock};
use call_ribbon_shared::plan::Plan;
use call_ribbon_shared::wire::{Disposition, OutcomeKind};
use chrono_tz::Tz;
use clap::{Args, Subcommand};
use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;

/// Which database a command works on.
#[derive(Debug, Args)]
pub struct DatabaseArgs {
    /// The database, such as sqlite:data/call-ribbon.db.
    #[arg(
        long,
        env = "CALL_RIBBON_DATABASE_URL",
        default_value = "sqlite:data/call-ribbon.db",
        hide_env_values = true
    )]
    pub database: String,
}

#[derive(Debug, Subcommand)]
pub enum ClientCommand {
    /// Lists all clients: id, plan, limit of calls a month, state, name; separated by tabs.
    List(DatabaseArgs),
    /// Makes a client, and shows its first key once.
    Create {
        /// Its name.
        #[arg(long, value_parser = name)]
        name: String,
        /// One of trial, starter, professional, enterprise.
        #[arg(long, default_value = "trial", value_parser = plan)]
        plan: Plan,
        /// Calls per month [default: the plan's].
        #[arg(long, value_parser = clap::value_parser!(i64).range(0..))]
        limit: Option<i64>,
        /// Domains whose pages may use its keys, such as crm.example.com,*.example.com [default: all].
        #[arg(long, value_delimiter = ',', value_parser = domains::check_line)]
        allowed_domains: Option<Vec<String>>,
        /// The time zone of its days and months, such as Asia/Kolkata.
        #[arg(long, default_value = "UTC")]
        time_zone: Tz,
        #[command(flatten)]
        on: DatabaseArgs,
    },
    /// Refuses all of a client's keys from now on. Its records stay.
    Suspend {
        client_id: String,
        #[command(flatten)]
        on: DatabaseArgs,
    },
    /// Sets for how many days a client keeps events and calls; a setting that is not given stays.
    Retention {
        client_id: String,
        /// Days for events, or forever.
        #[arg(long, value_parser = days)]
        events_days: Option<Patch<i64>>,
        /// Days for calls, or forever.
        #[arg(long, value_parser = days)]
        calls_days: Option<Patch<i64>>,
        #[command(flatten)]
        on: DatabaseArgs,
    },
    /// Shows or sets the list of dispositions from which a client's agents choose: code, label and
    /// kind, separated by tabs.
    Dispositions {
        client_id: String,
        /// An entry of the new list, such as `sold=Sold`; repeat it for each, in order. After a colon
        /// it says what it means for figures: `ptp:promise="Promise to pay"`.
        #[arg(long, value_name = "CODE[:KIND]=LABEL", value_parser = disposition)]
        set: Vec<Disposition>,
        /// Returns to the product's list, beside which any text is accepted.
        #[arg(long, conflicts_with = "set")]
        default: bool,
        #[command(flatten)]
        on: DatabaseArgs,
    },
    /// Accepts a suspended client's keys again.
    Resume {
        client_id: String,
        #[command(flatten)]
        on: DatabaseArgs,
    },
}

#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Lists a client's keys: id, prefix, scopes, state, last use; separated by tabs.
    List {
        client_id: String,
        #[command(flatten)]
        on: DatabaseArgs,
    },
    /// Makes a key and shows it once.
    Create {
        client_id: String,
        /// Its scopes, of ribbon, read, export, write [default: all].
        #[arg(long, value_delimiter = ',')]
        scopes: Option<Vec<String>>,
        /// What it sees of phone numbers: full or masked.
        #[arg(long, default_value = "full", value_parser = numbers)]
        numbers: Numbers,
        #[command(flatten)]
        on: DatabaseArgs,
    },
    /// Revokes a key for good.
    Revoke {
        client_id: String,
        key_id: String,
        #[command(flatten)]
        on: DatabaseArgs,
    },
}

/// Runs a `client` command.
pub async fn run_client(command: ClientCommand) -> Result<(), Box<dyn Error>> {
    let store = open_store(match &command {
        ClientCommand::List(on)
        | ClientCommand::Create { on, .. }
        | ClientCommand::Retention { on, .. }
        | ClientCommand::Dispositions { on, .. }
        | ClientCommand::Suspend { on, .. }
        | ClientCommand::Resume { on, .. } => on,
    })
    .await?;
    let said = client_output(&store, command).await;
    store.close().await;
    print_text(&said?)
}

/// Runs a `key` command.
pub async fn run_key(command: KeyCommand) -> Result<(), Box<dyn Error>> {
    let store = open_store(match &command {
        KeyCommand::List { on, .. }
        | KeyCommand::Create { on, .. }
        | KeyCommand::Revoke { on, .. } => on,
    })
    .await?;
    let said = key_output(&store, command).await;
    store.close().await;
    print_text(&said?)
}

async fn client_output(store: &Store, command: ClientCommand) -> Result<String, Box<dyn Error>> {
    let ids = Ids::random();
    let operator = Operator { store, ids: &ids, now: SystemClock.now(), by: Actor::COMMAND_LINE };
    let set = async |client_id: String, on: bool| {
        let change = ClientChange { suspended: Some(on), ..ClientChange::default() };
        client::change_client(&operator, &client_id, change).await.map(|_| client_id)
    };
    Ok(match command {
        ClientCommand::List(_) => {
            let line = |client: &crate::storage::Client| {
                let state = if client.suspended { "suspended" } else { "active" };
                let (plan, limit) = (client.plan.as_str(), client.limit);
                format!("{}\t{plan}\t{limit}\t{state}\t{}\n", client.id, client.name)
            };
            store
                .clients()
                .system_list_clients()
                .await?
                .iter()
                .map(|found| line(&found.client))
                .collect()
        }
        ClientCommand::Create { name, plan, limit, allowed_domains, time_zone, .. } => {
            let change = ClientChange {
                name: Some(name),
                plan: Some(plan),
                limit: limit.map_or(Patch::Absent, Patch::Value),
                allowed_domains,
                time_zone: Some(time_zone),
                ..ClientChange::default()
            };
            let made = client::create_client(&operator, change).await?;
            format!("Client: {}\nIts key, shown only once: {}\n", made.client_id, made.api_key)
        }
        ClientCommand::Retention { client_id, events_days, calls_days, .. } => {
            let change = ClientChange {
                events_days: events_days.unwrap_or_default(),
                calls_days: calls_days.unwrap_or_default(),
                ..ClientChange::default()
            };
            client::change_client(&operator, &client_id, change).await?;
            format!("Changed: {client_id}\n")
        }
        ClientCommand::Dispositions { client_id, set, default, .. } => {
            let list = match (default, set.is_empty()) {
                (true, _) => Patch::Null,
                (false, true) => Patch::Absent,
                (false, false) => {
                    Patch::Value(dispositions::validate_list(set).map_err(|(_, what)| what)?)
                }
            };
            if list != Patch::Absent {
                let change = ClientChange { dispositions: list, ..ClientChange::default() };
                client::change_client(&operator, &client_id, change).await?;
            }
            client::find_client(&operator, &client_id).await?;
            let own = store.clients().find_dispositions(&client_id).await?;
            let list = own.unwrap_or_else(|| dispositions::default_list(&client_id));
            let line = |line: &Disposition| match line.kind {
                Some(kind) => format!("{}\t{}\t{}\n", line.code, line.label, kind.as_str()),
                None => format!("{}\t{}\n", line.code, line.label),
            };
            list.iter().map(line).collect()
        }
        ClientCommand::Suspend { client_id, .. } => {
            format!("Suspended: {}\n", set(client_id, true).await?)
        }
        ClientCommand::Resume { client_id, .. } => {
            format!("Resumed: {}\n", set(client_id, false).await?)
        }
    })
}

async fn key_output(store: &Store, command: KeyCommand) -> Result<String, Box<dyn Error>> {
    let ids = Ids::random();
    let operator = Operator { store, ids: &ids, now: SystemClock.now(), by: Actor::COMMAND_LINE };
    Ok(match command {
        KeyCommand::List { client_id, .. } => {
            let line = |key: ApiKeyObject| {
                let state = if key.revoked_at.is_some() { "revoked" } else { "good" };
                let used = key.last_used_at.as_deref().unwrap_or("never");
                let scopes = key.scopes.join(",");
                format!("{}\t{}\t{scopes}\t{state}\t{used}\n", key.key_id, key.api_key)
            };
            let keys = credentials::list_credentials(&operator, &client_id).await?;
            keys.into_iter().map(line).collect()
        }
        KeyCommand::Create { client_id, scopes, numbers, .. } => {
            let created =
                credentials::create_api_key(&operator, &client_id, scopes, numbers).await?;
            format!("Key: {}\nIn full, shown only once: {}\n", created.key_id, created.api_key)
        }
        KeyCommand::Revoke { client_id, key_id, .. } => {
            let key: ApiKeyObject =
                credentials::revoke_credential(&operator, &client_id, &key_id).await?;
            format!("Revoked: {}\n", key.key_id)
        }
    })
}

/// Opens an existing database.
pub async fn open_store(on: &DatabaseArgs) -> Result<Store, Box<dyn Error>> {
    Ok(Store::open_existing(&on.database, Arc::new(())).await?)
}

/// Prints a text on standard output, not to the log, which may be stored where others can read it.
pub fn print_text(text: &str) -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Reads what a key sees of phone numbers.
fn numbers(text: &str) -> Result<Numbers, String> {
    Numbers::parse(text).ok_or_else(|| "full or masked".to_owned())
}

fn disposition(text: &str) -> Result<Disposition, String> {
    let (code, label) = text.split_once('=').ok_or("write it like call_back=\"Call back\"")?;
    let (code, kind) = match code.split_once(':') {
        Some((code, kind)) => {
            let found = OutcomeKind::parse(kind);
            (code, Some(found.ok_or("the kind after the colon is contact, promise or payment")?))
        }
        None => (code, None),
    };
    let (code, label) = (code.to_owned(), label.to_owned());
    // `promise=Promise to pay` is offered for all calls.
    Ok(Disposition { code, label, kind, ..Disposition::default() })
}

fn days(text: &str) -> Result<Patch<i64>, String> {
    match text.parse() {
        _ if text == "forever" => Ok(Patch::Null),
        Ok(days @ 1..=36_500) => Ok(Patch::Value(days)),
        _ => Err("a number of days from 1 to 36500, or forever".to_owned()),
    }
}

fn plan(text: &str) -> Result<Plan, String> {
    Plan::parse(text).ok_or_else(|| "trial, starter, professional or enterprise".to_owned())
}
