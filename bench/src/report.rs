//! The `report` command: runs all benchmarks one after another and writes the results to a file.

mod limit;
mod machine;
mod totals;

use crate::load::{Load, Measured};
use crate::postgres::Postgres;
use crate::server::{Setup, server_program};
use anyhow::Result;
use clap::Args;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The number of connections that log at the same time.
const CONNECTIONS: usize = 64;
/// Events per request, for batches.
const BATCH: u64 = 100;

/// Options of `report`.
#[derive(Args)]
pub struct Arguments {
    /// Where to write it
    #[arg(long)]
    write: PathBuf,
    /// Two seconds each rather than ten
    #[arg(long)]
    quick: bool,
    /// The server's program [default: the one beside this]
    #[arg(long)]
    server: Option<PathBuf>,
    /// The library that has each sync of the disk take 5 ms longer
    #[arg(long)]
    slow_sync: Option<PathBuf>,
    /// The folder of PostgreSQL's programs
    #[arg(long)]
    postgres_programs: Option<PathBuf>,
}

/// The means of measuring, and the lines of the table so far.
struct Report {
    program: PathBuf,
    seconds: u64,
    table: String,
}

/// `call-ribbon-bench report`.
pub async fn run(arguments: &Arguments) -> Result<()> {
    let program = arguments.server.clone().map_or_else(server_program, Ok)?;
    let seconds = if arguments.quick { 2 } else { 10 };
    let mut report = Report { program, seconds, table: String::new() };
    let before = machine::processor_time()?;

    let file = || tempfile::tempdir();
    let folder = file()?;
    let singles = report.measure(&report.sqlite_setup(folder.path()), 1).await?;
    report.add_line("single events, SQLite", &singles, "");

    match &arguments.slow_sync {
        Some(library) => {
            let folder = file()?;
            let slow =
                Setup { preload: Some(library.clone()), ..report.sqlite_setup(folder.path()) };
            let singles = report.measure(&slow, 1).await?;
            report.add_line("single events, SQLite, each sync 5 ms longer", &singles, "");
        }
        None => {
            report.add_omission("single events, SQLite, each sync 5 ms longer", "no C compiler");
        }
    }

    let folder = file()?;
    let setup = report.sqlite_setup(folder.path());
    let batches = report.measure(&setup, BATCH).await?;
    let plain = limit::measure_sqlite(folder.path(), &setup).await?;
    let compared = format!("{:.0} % of SQLite itself ({plain:.0}/s)", 100.0 * batches.rate / plain);
    report.add_line("batches of 100, SQLite", &batches, &compared);

    for batch in [1, BATCH] {
        let (with, without) = totals::compare(&report, batch).await?;
        let share = 100.0 * (1.0 - with.rate / without.rate);
        let compared = format!("{share:.0} % less than without totals ({:.0}/s)", without.rate);
        let name = if batch == 1 { "single events" } else { "batches of 100" };
        report.add_line(&format!("{name}, SQLite, cost of the totals"), &with, &compared);
    }

    match &arguments.postgres_programs {
        Some(programs) => {
            for (name, batch) in [("single events", 1), ("batches of 100", BATCH)] {
                let postgres = Postgres::start(programs).await?;
                let setup = Setup::new(report.program.clone(), postgres.address());
                let measured = report.measure(&setup, batch).await?;
                report.add_line(&format!("{name}, PostgreSQL"), &measured, "");
            }
        }
        None => report.add_omission("single events, PostgreSQL", "no PostgreSQL"),
    }

    let text = render_page(&report.table, seconds, machine::processor_time()? - before)?;
    fs::write(&arguments.write, text)?;
    println!("{}", arguments.write.display());
    Ok(())
}

impl Report {
    /// Returns a server on a fresh SQLite file.
    fn sqlite_setup(&self, folder: &Path) -> Setup {
        let file = folder.join("bench.db");
        Setup::new(self.program.clone(), format!("sqlite:{}", file.display()))
    }

    /// Starts a server and loads it.
    async fn measure(&self, setup: &Setup, batch: u64) -> Result<Measured> {
        let server = setup.start().await?;
        let load = Load {
            connections: CONNECTIONS,
            batch,
            warm_up: Duration::from_secs(1),
            measure: Duration::from_secs(self.seconds),
        };
        let measured = load.load_server(server.address, &setup.database).await?;
        server.kill().await?;
        Ok(measured)
    }

    fn add_line(&mut self, what: &str, measured: &Measured, compared: &str) {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        let (p50, p99) = (milliseconds(measured.p50), milliseconds(measured.p99));
        let line =
            format!("| {what} | {:.0} | {p50:.1} ms | {p99:.1} ms | {compared} |", measured.rate);
        println!("{line}");
        self.table.push_str(&line);
        self.table.push('\n');
    }

    fn add_omission(&mut self, what: &str, why: &str) {
        println!("{what}: left out, {why}");
        let line = format!("| {what} | left out: {why} | | | |\n");
        self.table.push_str(&line);
    }
}

/// Returns the whole page.
fn render_page(table: &str, seconds: u64, busy: machine::Busy) -> Result<String> {
    let mut page = include_str!("report/head.md").to_owned();
    writeln!(page, "\nMeasured {}, {seconds} seconds each.", machine::describe())?;
    writeln!(page, "{}\n", busy.describe())?;
    page.push_str("| what | events/s | p50 | p99 | compared in the same run |\n");
    page.push_str("| --- | --- | --- | --- | --- |\n");
    page.push_str(table);
    page.push_str(include_str!("report/method.md"));
    Ok(page)
}
