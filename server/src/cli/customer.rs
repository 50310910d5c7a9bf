//! The command `call-ribbon customer`: exports or erases a person's data.

use super::operator::{DatabaseArgs, open_store, print_text};
use crate::ids::Ids;
use crate::services::access::operator::Operator;
use crate::services::customers::personal_data::{self, Erasure, ExportRequest};
use crate::storage::{Actor, Stamp, Store};
use crate::time::{Clock as _, SystemClock};
use clap::{Args, Subcommand};
use futures_util::TryStreamExt as _;
use std::error::Error;
use std::pin::pin;
use std::sync::Arc;

/// Selects a customer.
#[derive(Debug, Args)]
pub struct CustomerArgs {
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
    on: DatabaseArgs,
}

#[derive(Debug, Subcommand)]
pub enum CustomerCommand {
    /// Writes a customer's data to standard output, as JSON.
    Export(CustomerArgs),
    /// Erases a customer. Its calls stay as rows that name nobody.
    Erase {
        /// Changes nothing, and says how much would be erased.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        whom: CustomerArgs,
    },
}

/// Exports or erases.
pub async fn run(command: CustomerCommand) -> Result<(), Box<dyn Error>> {
    let (CustomerCommand::Export(whom) | CustomerCommand::Erase { whom, .. }) = &command;
    let store = Arc::new(open_store(&whom.on).await?);
    let ids = Ids::random();
    let operator =
        Operator { store: &store, ids: &ids, now: SystemClock.now(), by: Actor::COMMAND_LINE };
    let (client, customer, same) = (&whom.client, &whom.customer, whom.include_same_number);
    let done = match &command {
        CustomerCommand::Export(_) => {
            let request = ExportRequest {
                client_id: client,
                customer_id: customer,
                include_same_number: same,
            };
            print_export(&store, request, operator.stamp()).await
        }
        CustomerCommand::Erase { dry_run, .. } => {
            personal_data::erase_customer(&operator, client, customer, same, *dry_run)
                .await
                .map_err(Into::into)
                .and_then(|done| print_text(&format_erasure(&done)))
        }
    };
    store.close().await;
    done
}

async fn print_export(
    store: &Arc<Store>,
    request: ExportRequest<'_>,
    stamp: Stamp<'_>,
) -> Result<(), Box<dyn Error>> {
    let mut pieces = pin!(personal_data::export_customer(store, request, stamp).await?);
    while let Some(piece) = pieces.try_next().await? {
        print_text(&piece)?;
    }
    print_text("\n")
}

fn format_erasure(done: &Erasure) -> String {
    let Erasure { calls, events, notes, leads, follow_ups, calls_with_same_number, mark, .. } =
        done;
    let Erasure { quiet_times, consents, .. } = done;
    let begin = if done.dry_run { "Would be erased" } else { "Erased" };
    let same = if done.same_number_included { "included" } else { "not included" };
    format!(
        "{begin}: {calls} calls, {events} events, {notes} notes, {leads} leads.\n\
         Follow-ups without a call: {follow_ups}; quiet times: {quiet_times}; consents: {consents}.\n\
         Calls with the same number and no customer id: {calls_with_same_number}, {same}.\n\
         In the audit log: {mark}\n"
    )
}
