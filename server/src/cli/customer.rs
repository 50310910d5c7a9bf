//! The command `call-ribbon customer`: exports or erases a person's data.

use super::operator::{On, open, say};
use crate::ids::Ids;
use crate::services::access::operator::Operator;
use crate::services::customers::personal_data::{self, Erasure};
use crate::storage::Actor;
use crate::time::{Clock as _, SystemClock};
use clap::{Args, Subcommand};
use std::error::Error;

/// Selects a customer.
#[derive(Debug, Args)]
pub struct Whom {
    /// The client's id.
    #[arg(long)]
    client: String,
    /// The customer's id, as the client named it.
    #[arg(long)]
    customer: String,
    /// Includes calls with the customer's number and without a customer's id.
    #[arg(long)]
    include_same_number: bool,
    #[command(flatten)]
    on: On,
}

#[derive(Debug, Subcommand)]
pub enum CustomerCommand {
    /// Writes a customer's data to standard output, as JSON.
    Export(Whom),
    /// Erases a customer. Its calls stay as rows that name nobody.
    Erase {
        /// Changes nothing, and says how much would be erased.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        whom: Whom,
    },
}

/// Exports or erases.
pub async fn run(command: CustomerCommand) -> Result<(), Box<dyn Error>> {
    let (CustomerCommand::Export(whom) | CustomerCommand::Erase { whom, .. }) = &command;
    let store = open(&whom.on).await?;
    let ids = Ids::random();
    let operator =
        Operator { store: &store, ids: &ids, now: SystemClock.now(), by: Actor::COMMAND_LINE };
    let (client, customer, same) = (&whom.client, &whom.customer, whom.include_same_number);
    let said = match &command {
        CustomerCommand::Export(_) => {
            let data = personal_data::export(&operator, client, customer, same).await;
            // Texts and numbers always serialize.
            data.map(|data| serde_json::to_string_pretty(&data).unwrap_or_default() + "\n")
        }
        CustomerCommand::Erase { dry_run, .. } => {
            personal_data::erase(&operator, client, customer, same, *dry_run)
                .await
                .map(|done| told(&done))
        }
    };
    store.close().await;
    say(&said?)
}

fn told(done: &Erasure) -> String {
    let Erasure { calls, events, notes, leads, calls_with_same_number, mark, .. } = done;
    let begin = if done.dry_run { "Would be erased" } else { "Erased" };
    let same = if done.same_number_included { "included" } else { "not included" };
    format!(
        "{begin}: {calls} calls, {events} events, {notes} notes, {leads} leads.\n\
         Calls with the same number and no customer id: {calls_with_same_number}, {same}.\n\
         In the audit log: {mark}\n"
    )
}
