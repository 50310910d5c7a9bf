//! Crashes and disturbs a server and its database at full speed, and checks the data afterwards.
//!
//! Every acknowledged event must be stored, once, under the id that was answered; calls, usage and
//! totals must be what the rules make of the events; the feed's numbers must have no gap.

mod attacks;
mod check;
mod database_down;
mod disk_full;
mod disorder;
mod events;
mod kill;
mod limits;
mod one_id;
mod power_loss;
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

/// Options of `soak`.
#[derive(Args)]
pub struct Arguments {
    /// What is done to it
    #[arg(value_enum)]
    scenario: Scenario,
    /// A small run, which shows that the scenario works
    #[arg(long)]
    quick: bool,
    /// What all chance is drawn from; the same one gives the same events
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Connections that log
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// The server's program [default: the one beside this]
    #[arg(long)]
    server: Option<PathBuf>,
    /// The folder of PostgreSQL's programs, for a server that is thrown away afterwards
    #[arg(long)]
    postgres_programs: Option<PathBuf>,
    /// The library made of `bench/shims/lose_unsynced.c`
    #[arg(long)]
    lose_unsynced: Option<PathBuf>,
}

/// What is done to a server, and on which database.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Scenario {
    /// `kill -9` of the server, again and again
    KillsSqlite,
    /// The same on PostgreSQL
    KillsPostgres,
    /// Losses of power: everything that was not synced is thrown away
    PowerLossSqlite,
    /// The same to PostgreSQL
    PowerLossPostgres,
    /// `kill -9` of PostgreSQL, again and again, the last time for 30 seconds
    PostgresAway,
    /// A disk that is full for a while (needs the right to mount)
    DiskFull,
    /// Events sent up to three times, shuffled, days late
    DisorderSqlite,
    /// The same on PostgreSQL
    DisorderPostgres,
    /// One event id 200 times at once
    OneIdSqlite,
    /// The same on PostgreSQL
    OneIdPostgres,
    /// Two servers start 200 calls at once where 100 are allowed
    CallLimit,
    /// Two servers on one PostgreSQL, stopped and started in turn
    TwoServers,
    /// Bodies that are not valid: nested, long, packed and endless ones too
    BadBodies,
    /// Connections that are silent, half open, or read a byte a second
    SlowConnections,
    /// Webhooks of signs that have a meaning in some encoding
    HeavyWebhooks,
    /// Connections that ask for large files and read nothing
    UnreadFiles,
    /// Live streams of one key that nobody reads
    UnreadStreams,
    /// Lists of calls that hold as much data as they may
    LargeData,
}

/// The kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
}

/// A temporary database for one scenario.
struct TemporaryDatabase {
    folder: TempDir,
    postgres: Option<Postgres>,
}

/// `call-ribbon-bench soak`. Its last line is `result: ` and a sentence with the counts.
pub async fn run(arguments: Arguments) -> Result<()> {
    let arguments = &arguments;
    let result = match arguments.scenario {
        Scenario::KillsSqlite => kill::run(arguments, Kind::Sqlite).await,
        Scenario::KillsPostgres => kill::run(arguments, Kind::Postgres).await,
        Scenario::PowerLossSqlite => power_loss::run_on_sqlite(arguments).await,
        Scenario::PowerLossPostgres => power_loss::run_on_postgres(arguments).await,
        Scenario::PostgresAway => database_down::run(arguments).await,
        Scenario::DiskFull => disk_full::run(arguments).await,
        Scenario::DisorderSqlite => disorder::run(arguments, Kind::Sqlite).await,
        Scenario::DisorderPostgres => disorder::run(arguments, Kind::Postgres).await,
        Scenario::OneIdSqlite => one_id::run(arguments, Kind::Sqlite).await,
        Scenario::OneIdPostgres => one_id::run(arguments, Kind::Postgres).await,
        Scenario::CallLimit => limits::run(arguments).await,
        Scenario::TwoServers => two_servers::run(arguments).await,
        Scenario::BadBodies => attacks::send_bad_bodies(arguments).await,
        Scenario::SlowConnections => attacks::hold_slow_connections(arguments).await,
        Scenario::HeavyWebhooks => attacks::send_heavy_webhooks(arguments).await,
        Scenario::UnreadFiles => attacks::leave_files_unread(arguments).await,
        Scenario::UnreadStreams => attacks::leave_streams_unread(arguments).await,
        Scenario::LargeData => attacks::list_large_data(arguments).await,
    };
    let result = result.with_context(|| format!("scenario {:?}", arguments.scenario))?;
    println!("result: {result}");
    Ok(())
}

impl Arguments {
    /// Returns an amount: the first one in a whole run, the other one in a small run.
    fn amount<T>(&self, whole: T, small: T) -> T {
        if self.quick { small } else { whole }
    }

    /// Returns how often to kill something, or to restart a server.
    fn rounds(&self) -> u32 {
        self.amount(100, 4)
    }

    /// Creates a fresh database of this kind.
    async fn create_database(&self, kind: Kind) -> Result<TemporaryDatabase> {
        let postgres = match kind {
            Kind::Sqlite => None,
            Kind::Postgres => Some(Postgres::start(self.postgres_programs()?).await?),
        };
        Ok(TemporaryDatabase { folder: tempfile::tempdir()?, postgres })
    }

    fn postgres_programs(&self) -> Result<&Path> {
        let Some(programs) = &self.postgres_programs else {
            bail!("--postgres-programs says where PostgreSQL's programs are");
        };
        Ok(programs)
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
    format!("sqlite:{}", folder.join("soak.db").display())
}

/// Recounts the totals; fails if anything differs.
async fn recount_totals(setup: &Setup) -> Result<String> {
    let mut command = Command::new(&setup.program);
    command.args(["rebuild-analytics", "--database"]).arg(&setup.database);
    let done = command.env("CALL_RIBBON_LOG", "error").output().await?;
    ensure!(done.status.success(), "the totals could not be recounted");
    let said = String::from_utf8(done.stdout).context("no text")?.trim().to_owned();
    ensure!(said.contains("nothing differed"), "the totals are not those of the calls: {said}");
    Ok(said)
}
