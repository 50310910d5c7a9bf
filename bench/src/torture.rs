//! Crashes and disturbs a server and its database at full speed, and checks the data afterwards.
//!
//! Every acknowledged event must be stored, once, under the id that was answered; calls, usage and
//! totals must be what the rules make of the events; the feed's numbers must have no gap.

mod check;
mod database_down;
mod disk_full;
mod disorder;
mod events;
mod kill;
mod one_id;
mod sender;
mod sender_group;
mod two_servers;

use crate::postgres::Postgres;
use crate::server::{Setup, server_program};
use anyhow::{Context, Result, bail, ensure};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::process::Command;

/// Options of `torture`.
#[derive(Args)]
pub struct Arguments {
    /// What is done to it
    #[arg(long, value_enum, value_delimiter = ',', default_value = "kill")]
    scenario: Vec<Scenario>,
    /// The kind of database
    #[arg(long, value_enum, default_value_t = Kind::Sqlite)]
    database: Kind,
    /// How often to kill it, or to restart its servers
    #[arg(long, default_value_t = 100)]
    rounds: u32,
    /// What all chance is drawn from; the same one gives the same events
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Connections that log
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Milliseconds that a server lives, at most
    #[arg(long, default_value_t = 800)]
    life: u64,
    /// Seconds that the database is away
    #[arg(long, default_value_t = 30)]
    away: u64,
    /// Events that are sent in disorder
    #[arg(long, default_value_t = 100_000)]
    events: usize,
    /// The server's program [default: the one beside this]
    #[arg(long)]
    server: Option<PathBuf>,
    /// The folder of PostgreSQL's programs, for a server that is thrown away afterwards
    #[arg(long)]
    postgres_programs: Option<PathBuf>,
}

/// What is done to a server.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Scenario {
    /// `kill -9` of the server, again and again
    Kill,
    /// `kill -9` of PostgreSQL, again and again, and once for long
    Away,
    /// A disk that is full for a while (SQLite; needs the right to mount)
    DiskFull,
    /// Events sent up to three times, shuffled, days late
    Disorder,
    /// One event id 200 times at once
    OneId,
    /// Two servers on one PostgreSQL, stopped and started in turn
    TwoServers,
}

/// The kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Sqlite,
    Postgres,
}

/// A temporary database for one scenario.
struct TemporaryDatabase {
    folder: TempDir,
    postgres: Option<Postgres>,
}

/// `call-ribbon-bench torture`.
pub async fn run(arguments: Arguments) -> Result<()> {
    for scenario in &arguments.scenario {
        match scenario {
            Scenario::Kill => kill::run(&arguments).await,
            Scenario::Away => database_down::run(&arguments).await,
            Scenario::DiskFull => disk_full::run(&arguments).await,
            Scenario::Disorder => disorder::run(&arguments).await,
            Scenario::OneId => one_id::run(&arguments).await,
            Scenario::TwoServers => two_servers::run(&arguments).await,
        }
        .with_context(|| format!("scenario {scenario:?} on {:?}", arguments.database))?;
    }
    Ok(())
}

impl Arguments {
    /// Creates a fresh database of the requested kind.
    async fn create_database(&self) -> Result<TemporaryDatabase> {
        let postgres = match self.database {
            Kind::Sqlite => None,
            Kind::Postgres => Some(self.start_postgres().await?),
        };
        Ok(TemporaryDatabase { folder: tempfile::tempdir()?, postgres })
    }

    /// Starts a fresh PostgreSQL server whose syncs reach the disk.
    async fn start_postgres(&self) -> Result<Postgres> {
        let Some(programs) = &self.postgres_programs else {
            bail!("--postgres-programs says where PostgreSQL's programs are");
        };
        Postgres::start(programs).await
    }

    /// Returns how to start servers on a database.
    fn server_setup(&self, database: String) -> Result<Setup> {
        Ok(Setup::new(self.server.clone().map_or_else(server_program, Ok)?, database))
    }
}

impl TemporaryDatabase {
    /// Returns the database's URL, as the server accepts it.
    fn database_url(&self) -> String {
        match &self.postgres {
            Some(postgres) => postgres.address(),
            None => sqlite_url(self.folder.path()),
        }
    }
}

/// Returns the URL of a database in a folder.
fn sqlite_url(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("torture.db").display())
}

/// Recounts the totals; fails if anything differs.
async fn recount_totals(setup: &Setup) -> Result<String> {
    let mut command = Command::new(&setup.program);
    command.args(["rebuild-analytics", "--database"]).arg(&setup.database);
    let done = command.env("CALL_RIBBON_LOG", "error").output().await?;
    ensure!(done.status.success(), "the totals could not be counted anew");
    let said = String::from_utf8(done.stdout).context("no text")?.trim().to_owned();
    ensure!(said.contains("nothing differed"), "the totals are not those of the calls: {said}");
    Ok(said)
}
