//! The command `call-ribbon token`: a client's staff tokens.

use super::operator::{DatabaseArgs, open_store, print_text};
use crate::ids::{Ids, LONGEST_ID};
use crate::services::access::credentials;
use crate::services::access::credentials::objects::StaffTokenObject;
use crate::services::access::operator::Operator;
use crate::services::access::role::Role;
use crate::storage::{Actor, Store};
use crate::time::{Clock as _, SystemClock};
use clap::Subcommand;
use std::error::Error;

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Lists a client's tokens: id, prefix, role, state, last use, name; separated by tabs.
    List {
        client_id: String,
        #[command(flatten)]
        on: DatabaseArgs,
    },
    /// Makes a token and shows it once.
    Create {
        client_id: String,
        /// A name: its owner or purpose.
        #[arg(long, value_parser = name)]
        name: String,
        /// admin, which may change the client's settings, or viewer, which may only read.
        #[arg(long, value_parser = role)]
        role: Role,
        #[command(flatten)]
        on: DatabaseArgs,
    },
    /// Revokes a token for good.
    Revoke {
        client_id: String,
        token_id: String,
        #[command(flatten)]
        on: DatabaseArgs,
    },
}

/// Runs a `token` command.
pub async fn run(command: TokenCommand) -> Result<(), Box<dyn Error>> {
    let store = open_store(match &command {
        TokenCommand::List { on, .. }
        | TokenCommand::Create { on, .. }
        | TokenCommand::Revoke { on, .. } => on,
    })
    .await?;
    let said = run_on_store(&store, command).await;
    store.close().await;
    print_text(&said?)
}

async fn run_on_store(store: &Store, command: TokenCommand) -> Result<String, Box<dyn Error>> {
    let ids = Ids::random();
    let operator = Operator { store, ids: &ids, now: SystemClock.now(), by: Actor::COMMAND_LINE };
    Ok(match command {
        TokenCommand::List { client_id, .. } => {
            let tokens = credentials::list_credentials(&operator, &client_id).await?;
            tokens.iter().map(format_token).collect()
        }
        TokenCommand::Create { client_id, name, role, .. } => {
            let created =
                credentials::create_staff_token(&operator, &client_id, name, role).await?;
            format!("Token: {}\nIn full, shown only once: {}\n", created.token_id, created.token)
        }
        TokenCommand::Revoke { client_id, token_id, .. } => {
            let token: StaffTokenObject =
                credentials::revoke_credential(&operator, &client_id, &token_id).await?;
            format!("Revoked: {}\n", token.token_id)
        }
    })
}

fn format_token(token: &StaffTokenObject) -> String {
    let state = if token.revoked_at.is_some() { "revoked" } else { "good" };
    let used = token.last_used_at.as_deref().unwrap_or("never");
    let StaffTokenObject { token_id, token: beginning, role, name, .. } = token;
    format!("{token_id}\t{beginning}\t{role}\t{state}\t{used}\t{name}\n")
}

/// Reads a name of 1 to 200 characters.
pub fn name(text: &str) -> Result<String, String> {
    match text.chars().count() {
        1..=LONGEST_ID => Ok(text.to_owned()),
        _ => Err("a name must have 1 to 200 characters".to_owned()),
    }
}

/// Reads a role by its name.
pub fn role(text: &str) -> Result<Role, String> {
    Role::parse_for_token(text).ok_or_else(|| "admin, viewer or masked-viewer".to_owned())
}
