//! The command `call-ribbon rules`: tries a pack of rules on a client's past calls.

use super::operator::{DatabaseArgs, open_store, print_text};
use crate::services::ServiceError;
use crate::services::analytics::dates::DateRange;
use crate::services::cursor;
use crate::services::permission::trial::{self, RuleCount, Trial};
use crate::storage::{LogPosition, Store};
use clap::{Args, Subcommand};
use futures_util::TryStreamExt as _;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::pin::pin;
use std::sync::Arc;

#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Judges past calls by a pack: which would have been stopped, and by which rule.
    Try(TryArgs),
}

/// Which pack is tried, on which calls.
#[derive(Debug, Args)]
pub struct TryArgs {
    /// The pack's name, such as in-rbi-recovery.
    pack: String,
    /// The client's id.
    #[arg(long)]
    client: String,
    /// The first day or moment, such as 2026-11-01 [default: the first call].
    #[arg(long)]
    from: Option<String>,
    /// The last day or moment [default: the last call].
    #[arg(long)]
    to: Option<String>,
    /// Writes each call to which a rule objects, as CSV.
    #[arg(long)]
    csv: bool,
    #[command(flatten)]
    on: DatabaseArgs,
}

/// Tries a pack.
pub async fn run(command: RulesCommand) -> Result<(), Box<dyn Error>> {
    let RulesCommand::Try(asked) = command;
    let store = Arc::new(open_store(&asked.on).await?);
    let done = run_trial(&store, &asked).await;
    store.close().await;
    done
}

async fn run_trial(store: &Arc<Store>, asked: &TryArgs) -> Result<(), Box<dyn Error>> {
    let client = store.clients().find_client(&asked.client).await?;
    let client = client.ok_or_else(ServiceError::unknown_client)?;
    let range =
        DateRange::parse_ends(asked.from.as_deref(), asked.to.as_deref(), client.time_zone)?;
    let range = (range.from, range.until);
    let begin = async |after: Option<LogPosition>| {
        Trial::begin(store, &client, &asked.pack, range, after).await
    };
    if asked.csv {
        let mut pieces = pin!(trial::export_trial(begin(None).await?).await?);
        while let Some(piece) = pieces.try_next().await? {
            print_text(&piece)?;
        }
        return Ok(());
    }
    let mut rules: BTreeMap<String, RuleCount> = BTreeMap::new();
    let (mut calls, mut stopped, mut warned, mut after) = (0, 0, 0, None);
    loop {
        let report = trial::report_trial(begin(after).await?).await?;
        calls += report.calls;
        stopped += report.stopped;
        warned += report.warned;
        for count in report.rules {
            let sum =
                rules.entry(count.rule.clone()).or_insert(RuleCount { calls: 0, ..count.clone() });
            sum.calls += count.calls;
        }
        after = report.next_cursor.as_deref().and_then(cursor::read_place);
        if after.is_none() {
            break;
        }
    }
    let mut text = format!("{calls} calls: {stopped} would be stopped, {warned} warned of.\n");
    let mut rules: Vec<RuleCount> = rules.into_values().collect();
    rules.sort_by_key(|rule| Reverse(rule.calls));
    for RuleCount { rule, said, calls, .. } in rules {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{calls}\t{rule}\t{said}");
    }
    print_text(&text)
}
