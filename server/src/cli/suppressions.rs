//! The command `call-ribbon suppressions`: numbers that must not be called.

use super::operator::{DatabaseArgs, open_store, print_text};
use crate::ids::Ids;
use crate::services::access::operator::Operator;
use crate::services::customers::matching::Numbers;
use crate::services::permission::import::{self, ImportOrder, read_time};
use crate::services::permission::lists::{self, ListFilter};
use crate::services::permission::suppressions::REGISTRY;
use crate::storage::{Actor, Client, Store, SuppressionState};
use crate::time::{Clock as _, SystemClock};
use bytes::Bytes;
use call_ribbon_shared::wire::{Suppression, SuppressionImport};
use clap::{Args, Subcommand};
use futures_util::{Stream, TryStreamExt as _, stream};
use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, Read};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;

/// Bytes of a file that are read at once.
const CHUNK: usize = 64 * 1024;
/// Entries of a page.
const PAGE: i64 = 200;

#[derive(Debug, Args)]
pub struct ImportArgs {
    client_id: String,
    /// The file of comma-separated values; `-` reads standard input.
    file: PathBuf,
    /// Where the numbers come from: customer, staff, import, or registry: and a name.
    #[arg(long, default_value = "import")]
    source: String,
    /// The date of the file, such as 2025-10-12; today if it is missing.
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// Removes entries of earlier files of the same source that this file does not have.
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    on: DatabaseArgs,
}

#[derive(Debug, Subcommand)]
pub enum SuppressionsCommand {
    /// Lists entries: number, scope, source, since, who, reason, id; separated by tabs.
    List {
        client_id: String,
        /// Only entries whose number is, or begins with, this.
        #[arg(long)]
        number: Option<String>,
        #[command(flatten)]
        on: DatabaseArgs,
    },
    /// Imports a file, and reports the lines that were left out.
    Import(ImportArgs),
    /// Writes all entries to standard output, as comma-separated values.
    Export {
        client_id: String,
        #[command(flatten)]
        on: DatabaseArgs,
    },
}

/// Runs a `suppressions` command.
pub async fn run(command: SuppressionsCommand) -> Result<(), Box<dyn Error>> {
    let on = match &command {
        SuppressionsCommand::List { on, .. } | SuppressionsCommand::Export { on, .. } => on,
        SuppressionsCommand::Import(args) => &args.on,
    };
    let store = Arc::new(open_store(on).await?);
    let done = run_on_store(&store, command).await;
    store.close().await;
    done
}

async fn run_on_store(
    store: &Arc<Store>,
    command: SuppressionsCommand,
) -> Result<(), Box<dyn Error>> {
    let ids = Ids::random();
    let operator = Operator { store, ids: &ids, now: SystemClock.now(), by: Actor::COMMAND_LINE };
    match command {
        SuppressionsCommand::List { client_id, number, .. } => {
            let (client, numbers) = find_client(store, &client_id).await?;
            print_list(store, &client, &numbers, number).await
        }
        SuppressionsCommand::Import(args) => {
            let (client, numbers) = find_client(store, &args.client_id).await?;
            let as_of = args.as_of.as_deref().map(|text| {
                read_time(text, &client).ok_or("--as-of is not a date; write it like 2025-10-12")
            });
            if !lists::is_source(&args.source) {
                return Err("--source must be customer, staff, import or registry:NAME".into());
            }
            let order = ImportOrder {
                source: args.source,
                as_of: as_of.transpose()?.unwrap_or(operator.now),
                replace: args.replace,
            };
            let file: Box<dyn Read + Send> = if args.file.as_os_str() == "-" {
                Box::new(io::stdin())
            } else {
                let open = std::fs::File::open(&args.file);
                Box::new(open.map_err(|error| format!("{}: {error}", args.file.display()))?)
            };
            let done = import::import_entries(&operator, &client, &numbers, order, pieces_of(file))
                .await?;
            print_text(&format_report(&done))
        }
        SuppressionsCommand::Export { client_id, .. } => {
            let mut pieces = pin!(lists::export_entries(store, &operator, &client_id).await?);
            while let Some(piece) = pieces.try_next().await? {
                print_text(&piece)?;
            }
            Ok(())
        }
    }
}

/// Returns a client, and the reader of its numbers, which are of the client's own country: this
/// command does not open the accounts of providers.
async fn find_client(store: &Store, client_id: &str) -> Result<(Client, Numbers), Box<dyn Error>> {
    let found = store.clients().find_client(client_id).await?;
    let client = found.ok_or_else(|| format!("there is no client {client_id:?}"))?;
    let (country, _) = store.clients().find_client_extras(client_id).await?;
    Ok((client, Numbers::of_country(country.as_deref())))
}

/// Reads a file in pieces.
fn pieces_of(file: Box<dyn Read + Send>) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; CHUNK];
        let read = file.read(&mut piece)?;
        piece.truncate(read);
        Ok((read > 0).then(|| (piece.into(), file)))
    })
}

async fn print_list(
    store: &Store,
    client: &Client,
    numbers: &Numbers,
    number: Option<String>,
) -> Result<(), Box<dyn Error>> {
    let mut after = None;
    loop {
        let filter = match &number {
            Some(text) => ListFilter::Number { text: text.clone(), is_exact: false },
            None => ListFilter::State(SuppressionState::Listed),
        };
        let spot = after.as_deref();
        let page = lists::list_entries(store, client, numbers, filter, None, spot, PAGE).await?;
        let lines: String = page.suppressions.iter().map(format_entry).collect();
        print_text(&lines)?;
        after = page.next_cursor.as_deref().and_then(crate::services::cursor::read_customer);
        if after.is_none() {
            return Ok(());
        }
    }
}

fn format_entry(entry: &Suppression) -> String {
    let removed = entry.removed.as_ref().map(|removed| format!("\tremoved {}", removed.at));
    format!(
        "{}\t{}\t{}\t{}\t{}\t{}\t{}{}\n",
        entry.phone_number,
        entry.scope,
        entry.source,
        entry.since,
        entry.by.as_deref().unwrap_or_default(),
        entry.reason.as_deref().unwrap_or_default().replace(['\t', '\n', '\r'], " "),
        entry.entry_id,
        removed.unwrap_or_default(),
    )
}

fn format_report(done: &SuppressionImport) -> String {
    let SuppressionImport { lines, entries, bad_lines, .. } = done;
    let mut text = format!("{lines} lines: {entries} entered, {bad_lines} left out.\n");
    for bad in &done.first_bad_lines {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "line {}: {}", bad.line, bad.error);
    }
    if done.source.starts_with(REGISTRY) && !done.is_copy() {
        text.push_str(
            "This file does not count as a copy of its register: more than one line of a hundred was \
             left out.\n",
        );
    }
    if let Some(removed) = done.removed_entries {
        let _ = writeln!(text, "{removed} entries of earlier files were removed.");
    }
    text
}
