//! The command `call-ribbon retention`: removes what is past a client's retention.

use super::operator::{DatabaseArgs, open_store, print_text};
use crate::ids::Ids;
use crate::services::access::operator::Operator;
use crate::services::clients::retention;
use crate::storage::Actor;
use crate::time::{Clock as _, SystemClock};
use clap::Args;
use std::error::Error;

#[derive(Debug, Args)]
pub struct RetentionArgs {
    /// The client's id.
    #[arg(long)]
    client: String,
    /// Removes nothing, and says how much would be removed.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    on: DatabaseArgs,
}

/// Removes calls and events past a client's retention.
pub async fn run(command: RetentionArgs) -> Result<(), Box<dyn Error>> {
    let store = open_store(&command.on).await?;
    let ids = Ids::random();
    let operator =
        Operator { store: &store, ids: &ids, now: SystemClock.now(), by: Actor::COMMAND_LINE };
    let done = if command.dry_run {
        retention::preview_removal(&operator, &command.client).await
    } else {
        retention::remove_expired(&operator, &command.client).await
    };
    store.close().await;
    let report = done?;
    let ever = || "the beginning".to_owned();
    print_text(&format!(
        "Events before {}, calls before {}.\n{}: {} calls, {} events, {} notes.{}\n",
        report.events_before.unwrap_or_else(ever),
        report.calls_before.unwrap_or_else(ever),
        if report.dry_run { "Would be deleted" } else { "Deleted" },
        report.calls,
        report.events,
        report.notes,
        if report.complete { "" } else { " More is left to delete; run it again." },
    ))
}
