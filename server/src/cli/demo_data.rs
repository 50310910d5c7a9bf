//! The command `call-ribbon demo-data`: generates calls, and shows its progress.

use super::operator::DatabaseArgs;
use crate::ids::Ids;
use crate::services::access::operator::Operator;
use crate::services::analytics::daily_sums;
use crate::services::demo_data::{self, DemoOrder, Progress};
use crate::storage::{Actor, Store};
use crate::time::{Clock as _, SystemClock};
use call_ribbon_shared::Millis;
use chrono::NaiveDate;
use clap::Args;
use std::error::Error;
use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::sync::Arc;

/// Milliseconds between two lines of progress if standard error is not a terminal.
const EVERY: Millis = 10_000;

/// What `call-ribbon demo-data` takes.
#[derive(Debug, Args)]
pub struct DemoData {
    /// Number of calls of all clients together.
    #[arg(long, default_value_t = 30_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    calls: u64,
    /// Number of days over which the calls are spread.
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u64).range(1..=3660))]
    days: u64,
    /// Another seed makes other calls.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The last day [default: the day before the first run].
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    /// In a fresh database, also make the demo client with its public key.
    #[arg(long)]
    demo_client: bool,
    #[command(flatten)]
    on: DatabaseArgs,
}

/// Generates what is missing, and prints the keys for it.
pub async fn run(command: DemoData) -> Result<(), Box<dyn Error>> {
    let DemoData { calls, days, seed, until, demo_client, on } = command;
    let store = Store::open_for_bulk_load(&on.database, Arc::new(())).await?;
    let ids = Ids::random();
    let clock = SystemClock;
    let begun = clock.now();
    if demo_client {
        store.clients().system_create_demo_client(begun).await?;
    }
    let operator = Operator { store: &store, ids: &ids, now: begun, by: Actor::COMMAND_LINE };
    let mut shown =
        ProgressDisplay { begun, last: begun, watched: std::io::stderr().is_terminal() };
    let order = DemoOrder { calls, days, seed, until };
    let made = demo_data::generate_all(&operator, order, |progress| {
        shown.show_progress(progress, clock.now());
    })
    .await;
    let together = daily_sums::sum_days_of_all_clients(&store, begun).await;
    let closed = store.close_and_sync().await;
    shown.end_line();
    let made = made?;
    together?;
    closed?;
    let mut text = String::new();
    for client in &made {
        writeln!(text, "{}: {}", client.client_id, client.name)?;
        match &client.key {
            Some(key) => writeln!(text, "  its key, shown only once: {key}")?,
            None => writeln!(
                text,
                "  existed already; `call-ribbon key create {}` creates another key",
                client.client_id
            )?,
        }
    }
    let mut out = std::io::stdout();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Shows progress on standard error: one line that changes on a terminal, else a line now and then.
struct ProgressDisplay {
    begun: Millis,
    last: Millis,
    watched: bool,
}

impl ProgressDisplay {
    fn show_progress(&mut self, progress: Progress, now: Millis) {
        let line = format_progress(progress, now - self.begun);
        // Nothing depends on these lines; a closed standard error is no reason to stop.
        let mut out = std::io::stderr();
        if self.watched {
            let _ = write!(out, "\r{line}\u{1b}[K");
        } else if now - self.last >= EVERY {
            self.last = now;
            let _ = writeln!(out, "{line}");
        }
        let _ = out.flush();
    }

    fn end_line(&self) {
        if self.watched {
            let _ = writeln!(std::io::stderr());
        }
    }
}

/// Formats progress: `120000 of 1000000 calls, 11000 a second, 80 s left`.
fn format_progress(progress: Progress, taken: Millis) -> String {
    let Progress { done, written, all } = progress;
    let taken = u64::try_from(taken).unwrap_or(0).max(1);
    let speed = written * 1000 / taken;
    match (all - done).checked_div(speed) {
        Some(left) => format!("{done} of {all} calls, {speed} a second, {left} s left"),
        None => format!("{done} of {all} calls"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_it_is() {
        let progress = Progress { done: 120_000, written: 110_000, all: 1_000_000 };
        assert_eq!(
            format_progress(progress, 10_000),
            "120000 of 1000000 calls, 11000 a second, 80 s left"
        );
        let skipped = Progress { written: 0, ..progress };
        assert_eq!(format_progress(skipped, 10_000), "120000 of 1000000 calls");
    }
}
