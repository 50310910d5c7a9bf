//! The `report` command: runs all benchmarks one after another and writes the results to a file.

mod filled;
mod growth;
mod influx;
mod limit;
mod listeners;
mod machine;
mod measure;
mod page;
mod pgbench;
mod totals;

use crate::clock::Stopwatch;
use crate::load::target::Events;
use crate::load::{Load, Measured};
use crate::postgres::Postgres;
use crate::server::{Setup, server_program};
use anyhow::{Context, Result};
use clap::Args;
use influx::Influx;
use listeners::Heard;
use measure::{Line, Rounds};
use sqlx::{AnyPool, AssertSqlSafe, any::install_default_drivers};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The number of connections that log at the same time.
const CONNECTIONS: usize = 64;
/// Events per request, for batches.
const BATCH: u64 = 100;
/// How often everything is measured; odd, so that one round is the median.
const ROUNDS: u32 = 3;

/// Options of `report`.
#[derive(Args)]
pub struct Arguments {
    /// Where to write it
    #[arg(long)]
    write: PathBuf,
    /// Two seconds for each round rather than ten, and fewer calls
    #[arg(long)]
    quick: bool,
    /// Calls of the largest database whose growth is measured [default: 1000000, or 50000 if quick]
    #[arg(long)]
    calls: Option<u64>,
    /// The server's program [default: the one beside this]
    #[arg(long)]
    server: Option<PathBuf>,
    /// The library that has each sync of the disk take 5 ms longer
    #[arg(long)]
    slow_sync: Option<PathBuf>,
    /// The folder of PostgreSQL's programs
    #[arg(long)]
    postgres_programs: Option<PathBuf>,
    /// The program of InfluxDB 1.x
    #[arg(long)]
    influx: Option<PathBuf>,
}

/// The means of measuring, and the results so far.
struct Report {
    watch: Stopwatch,
    program: PathBuf,
    seconds: u64,
    lines: Vec<Line>,
    /// What was left out, and why.
    omitted: Vec<String>,
}

/// `call-ribbon-bench report`.
pub async fn run(arguments: &Arguments) -> Result<()> {
    let program = arguments.server.clone().map_or_else(server_program, Ok)?;
    let seconds = if arguments.quick { 2 } else { 10 };
    let (lines, omitted) = (Vec::new(), Vec::new());
    let mut report = Report { watch: Stopwatch::start(), program, seconds, lines, omitted };
    let before = machine::processor_time()?;
    report.measure_singles(arguments.influx.as_deref()).await?;
    report.measure_batches(arguments.influx.as_deref()).await?;
    match &arguments.slow_sync {
        Some(library) => report.measure_slow_disk(library).await?,
        None => report.omit("a slow disk: there is no C compiler"),
    }
    report.measure_totals().await?;
    match &arguments.postgres_programs {
        Some(programs) => report.measure_postgres(programs).await?,
        None => report.omit("PostgreSQL: its programs are not here"),
    }
    let most = arguments.calls.unwrap_or(if arguments.quick { 50_000 } else { 1_000_000 });
    let grown = growth::measure(&report, most, arguments.quick).await?;
    report.lines.extend(grown.lines.iter().cloned());
    let heard = report.measure_listeners(arguments.quick).await?;
    report.omit("Datasette, read replicas, several servers, and the ribbon in a page");
    let busy = machine::processor_time()? - before;
    fs::write(&arguments.write, page::render(&report, &grown, &heard, busy)?)?;
    println!("{}", arguments.write.display());
    Ok(())
}

impl Report {
    /// Single events, each on disk before its answer.
    async fn measure_singles(&mut self, influx: Option<&Path>) -> Result<()> {
        let load = self.load(1, Events::NewCalls);
        let (ours, compared) = self.measure_beside_influx(load, influx).await?;
        let what = "single new calls, SQLite".to_owned();
        self.add(Line { what, ours, compared, aim: "≥ 1" });
        Ok(())
    }

    /// Events in batches of 100.
    async fn measure_batches(&mut self, influx: Option<&Path>) -> Result<()> {
        let load = self.load(BATCH, Events::NewCalls);
        let (ours, compared) = self.measure_beside_influx(load, influx).await?;
        let what = "new calls in batches of 100, SQLite".to_owned();
        self.add(Line { what, ours, compared, aim: "" });
        let load = self.load(BATCH, Events::FourPerCall);
        let (mut ours, mut plain) = (Rounds::default(), Rounds::default());
        for _ in 0..ROUNDS {
            let folder = tempfile::tempdir()?;
            let setup = self.sqlite_setup(folder.path());
            ours.add(&measure_load(&setup, load).await?);
            plain.add_rate(limit::measure_sqlite(folder.path(), &setup).await?);
        }
        let compared = Some(("SQLite itself".to_owned(), plain));
        let what = "events in batches of 100, SQLite".to_owned();
        self.add(Line { what, ours, compared, aim: "≥ 0.5" });
        Ok(())
    }

    /// Measures a load on SQLite, and the same on InfluxDB if it is here.
    async fn measure_beside_influx(
        &mut self,
        load: Load,
        influx: Option<&Path>,
    ) -> Result<(Rounds, Option<(String, Rounds)>)> {
        let mut other = match influx {
            Some(program) => Some(Influx::start(program).await?),
            None => None,
        };
        let (mut ours, mut theirs) = (Rounds::default(), Rounds::default());
        for _ in 0..ROUNDS {
            let folder = tempfile::tempdir()?;
            ours.add(&measure_load(&self.sqlite_setup(folder.path()), load).await?);
            if let Some(influx) = &mut other {
                theirs.add(&influx.measure(load).await?);
            }
        }
        if other.is_none() {
            self.omit("InfluxDB: its program is not here");
        }
        Ok((ours, other.map(|_| ("InfluxDB 1.x".to_owned(), theirs))))
    }

    /// Single events on a disk whose syncs take 5 ms longer.
    async fn measure_slow_disk(&mut self, library: &Path) -> Result<()> {
        let load = self.load(1, Events::FourPerCall);
        let (mut ours, mut plain) = (Rounds::default(), Rounds::default());
        for _ in 0..ROUNDS {
            let folder = tempfile::tempdir()?;
            let setup = self.sqlite_setup(folder.path());
            let slow = Setup { preload: Some(library.to_owned()), ..setup };
            ours.add(&measure_load(&slow, load).await?);
            let folder = tempfile::tempdir()?;
            plain.add(&measure_load(&self.sqlite_setup(folder.path()), load).await?);
        }
        let compared = Some(("the same without".to_owned(), plain));
        let what = "single events, SQLite, each sync 5 ms longer".to_owned();
        self.add(Line { what, ours, compared, aim: "≥ 5,000/s" });
        Ok(())
    }

    /// What the rows of totals cost.
    async fn measure_totals(&mut self) -> Result<()> {
        for (name, batch) in [("single new calls", 1), ("new calls in batches of 100", BATCH)] {
            let (ours, without) = totals::compare(self, batch).await?;
            let what = format!("{name}, SQLite, cost of the totals");
            let compared = Some(("without rows of totals".to_owned(), without));
            self.add(Line { what, ours, compared, aim: "≥ 0.75" });
        }
        Ok(())
    }

    async fn measure_postgres(&mut self, programs: &Path) -> Result<()> {
        let postgres = Postgres::start(programs).await?;
        pgbench::prepare(programs, &postgres).await?;
        let (mut ours, mut theirs) = (Rounds::default(), Rounds::default());
        for round in 0..ROUNDS {
            let address = create_database(&postgres, &format!("single{round}")).await?;
            let setup = Setup::new(self.program.clone(), address);
            ours.add(&measure_load(&setup, self.load(1, Events::NewCalls)).await?);
            theirs.add_rate(pgbench::measure(programs, &postgres, self.seconds).await?);
        }
        let compared = Some(("pgbench -N -c 32".to_owned(), theirs));
        let what = "single new calls, PostgreSQL".to_owned();
        self.add(Line { what, ours, compared, aim: "≥ 2" });
        let (mut ours, mut plain) = (Rounds::default(), Rounds::default());
        for round in 0..ROUNDS {
            let address = create_database(&postgres, &format!("batches{round}")).await?;
            let setup = Setup::new(self.program.clone(), address.clone());
            ours.add(&measure_load(&setup, self.load(BATCH, Events::FourPerCall)).await?);
            plain.add_rate(limit::measure_postgres(&address).await?);
        }
        let compared = Some(("PostgreSQL itself".to_owned(), plain));
        let what = "events in batches of 100, PostgreSQL".to_owned();
        self.add(Line { what, ours, compared, aim: "≥ 0.5" });
        Ok(())
    }

    /// How soon many live listeners hear of events.
    async fn measure_listeners(&self, quick: bool) -> Result<Vec<Heard>> {
        let mut found = Vec::new();
        for listeners in if quick { vec![100, 1_000] } else { vec![100, 1_000, 10_000] } {
            let folder = tempfile::tempdir()?;
            let setup = self.sqlite_setup(folder.path());
            let heard = listeners::measure(&setup, listeners, self.seconds).await?;
            println!("{listeners} listeners: p99 {:.0} ms", heard.p99.as_secs_f64() * 1e3);
            found.push(heard);
        }
        Ok(found)
    }

    /// Returns a server on a fresh SQLite file.
    fn sqlite_setup(&self, folder: &Path) -> Setup {
        let file = folder.join("bench.db");
        Setup::new(self.program.clone(), format!("sqlite:{}", file.display()))
    }

    fn load(&self, batch: u64, events: Events) -> Load {
        Load {
            connections: CONNECTIONS,
            batch,
            events,
            warm_up: Duration::from_secs(1),
            measure: Duration::from_secs(self.seconds),
        }
    }

    fn add(&mut self, line: Line) {
        print!("{}", line.render());
        self.lines.push(line);
    }

    fn omit(&mut self, what: &str) {
        println!("left out: {what}");
        if !self.omitted.iter().any(|omitted| omitted == what) {
            self.omitted.push(what.to_owned());
        }
    }
}

/// Starts a server and loads it.
async fn measure_load(setup: &Setup, load: Load) -> Result<Measured> {
    let server = setup.start().await?;
    let measured = load.load_server(server.address, &setup.database).await?;
    server.kill().await?;
    Ok(measured)
}

/// Creates a database on a server and returns its address.
async fn create_database(postgres: &Postgres, name: &str) -> Result<String> {
    install_default_drivers();
    let address = postgres.address();
    let pool = AnyPool::connect(&address).await?;
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&pool).await?;
    pool.close().await;
    let (server, _) = address.rsplit_once('/').context("an address without a database")?;
    Ok(format!("{server}/{name}"))
}
