//! Connections to the database, and the macros through which one SQL text runs on each kind.

mod file;
mod many;
mod postgres;
mod run;

use super::retry::{self, Remedy};
use crate::storage::StoreError;
use file::OpenFile;
pub(super) use file::is_moved;
pub(in crate::storage) use many::{Cell, Column, Insert, about};
pub(in crate::storage) use postgres::{Pooling, PostgresPools, PostgresTx};
pub(in crate::storage) use run::{again, reading, run_query, within};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, Sqlite, Transaction};
use std::fs;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// How long a request waits for a connection, or for another process that has the database.
const PATIENCE: Duration = Duration::from_secs(5);
/// Readers beside the one writer of a file: a reader is a thread of its own.
const SQLITE_READERS: u32 = 4;
/// The connections of one kind of database.
#[derive(Debug, Clone)]
pub enum Pools {
    /// A file: several readers, one writer.
    Sqlite {
        /// Connections that cannot write.
        readers: SqlitePool,
        /// The one connection that writes.
        writer: SqlitePool,
        /// The file itself.
        file: Arc<OpenFile>,
    },
    /// A server, which other instances may share.
    Postgres(PostgresPools),
}

/// What to do where there is no file yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Make one.
    Make,
    /// Say so.
    Refuse,
}

/// What a file is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// A server's work.
    Serve,
    /// Writing as much as can be, with nobody beside it.
    Fill,
}

/// A transaction of one kind of database.
pub enum Tx {
    /// On the file's one writing connection.
    Sqlite(Transaction<'static, Sqlite>),
    /// On one of the server's connections.
    Postgres(PostgresTx),
}

/// What a statement that hands back no rows has done.
#[derive(Debug, Clone, Copy)]
pub struct Done {
    rows: u64,
}

impl Done {
    /// A statement that wrote so many rows.
    pub fn of(rows: u64) -> Self {
        Self { rows }
    }

    /// How many rows it wrote.
    pub fn rows_affected(self) -> u64 {
        self.rows
    }
}

/// How often some writing was tried; see [`again!`].
pub struct Tries<P> {
    pauses: P,
}

impl Tries<()> {
    /// Not tried yet.
    pub fn new() -> Tries<impl Iterator<Item = Duration>> {
        Tries { pauses: retry::pauses() }
    }
}

impl<P: Iterator<Item = Duration>> Tries<P> {
    /// Hands back what was done; `None`, after a pause, where it is to be tried anew.
    pub async fn enough<T>(
        &mut self,
        pools: &Pools,
        done: Result<T, StoreError>,
    ) -> Option<Result<T, StoreError>> {
        match done {
            Err(StoreError::Unavailable(error)) if Remedy::of(&error) == Remedy::Again => {
                pools.failed(&error);
                let Some(pause) = self.pauses.next() else { return Some(Err(error.into())) };
                tokio::time::sleep(pause).await;
                None
            }
            done => Some(done),
        }
    }
}

impl Pools {
    /// Opens the database at an address such as `sqlite:data/call-ribbon.db` or
    /// `postgres://user@host/name`, and brings its tables up to date.
    pub async fn open(address: &str, missing: Missing) -> Result<Self, StoreError> {
        let pools = Self::connect(address, missing).await?;
        pools.set_up().await?;
        Ok(pools)
    }

    /// Opens a database as [`open`](Self::open) does, to fill it.
    ///
    /// A file that is new does not wait for the disk: no process that ends can harm it, but a
    /// power cut can, so it is to be made anew after one. [`sync`](Self::sync) takes it to disk.
    pub async fn open_to_fill(address: &str) -> Result<Self, StoreError> {
        let pools = Self::connect_for(Use::Fill, address, Missing::Make).await?;
        pools.set_up().await?;
        Ok(pools)
    }

    /// Connects to the database and leaves its tables as they are.
    pub async fn connect(address: &str, missing: Missing) -> Result<Self, StoreError> {
        Self::connect_for(Use::Serve, address, missing).await
    }

    async fn connect_for(what: Use, address: &str, missing: Missing) -> Result<Self, StoreError> {
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            return Ok(Self::Postgres(PostgresPools::connect(address).await?));
        }
        let options = sqlite_options(address)?
            .create_if_missing(missing == Missing::Make)
            .journal_mode(SqliteJournalMode::Wal)
            // What was acknowledged is on disk, also after the power went.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE)
            .disable_statement_logging();
        let file = options.get_filename();
        let is_new = !file.exists();
        if missing == Missing::Refuse && is_new {
            return Err(StoreError::Missing(file.to_owned()));
        }
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)
                .map_err(|source| StoreError::Folder { folder: folder.to_owned(), source })?;
        }
        let pool = SqlitePoolOptions::new().acquire_timeout(PATIENCE);
        let writing = match what {
            Use::Serve => options.clone(),
            Use::Fill => to_fill(options.clone(), is_new),
        };
        let writer = pool
            .clone()
            .max_connections(1)
            // A full disk has SQLite leave the transaction by itself, of which the connection
            // does not hear: it would begin no other one ever again.
            .before_acquire(|db, _| Box::pin(async move { Ok(!db.is_in_transaction()) }))
            .connect_with(writing)
            .await?;
        let file = Arc::new(OpenFile::at(options.get_filename()));
        let readers = pool
            .max_connections(SQLITE_READERS)
            // A file does not hang up; to ask before each use would double the way there.
            .test_before_acquire(false)
            .connect_with(options.read_only(true))
            .await?;
        Ok(Self::Sqlite { readers, writer, file })
    }

    /// What brings the tables up to date, in the order of its numbers.
    pub fn migrations(&self) -> Migrator {
        match self {
            Self::Sqlite { .. } => sqlx::migrate!("migrations/sqlite"),
            Self::Postgres(_) => {
                let mut migrations = sqlx::migrate!("migrations/postgres");
                // The lock would be an advisory one, which not every database of this kind
                // has. Two instances that start at once are told apart by the tables instead:
                // each migration is one transaction, the second to make a table fails, and
                // finds it done the next time.
                migrations.set_locking(false);
                migrations
            }
        }
    }

    /// Brings the tables up to date.
    pub async fn set_up(&self) -> Result<(), MigrateError> {
        let migrations = self.migrations();
        match self {
            Self::Sqlite { writer, .. } => migrations.run(writer).await,
            Self::Postgres(pools) => pools.set_up(&migrations).await,
        }
    }

    /// Begins a transaction that writes.
    pub async fn begin(&self) -> Result<Tx, sqlx::Error> {
        match self {
            // A deferred transaction would fail at its first write where another process
            // writes, without waiting.
            Self::Sqlite { writer, file, .. } => {
                file.check()?;
                writer.begin_with("BEGIN IMMEDIATE").await.map(Tx::Sqlite)
            }
            Self::Postgres(pools) => pools.begin().await,
        }
    }

    /// Learns from an error which connections are of no more use.
    pub fn failed(&self, error: &sqlx::Error) {
        if let Self::Postgres(pools) = self {
            pools.failed(error);
        }
    }

    /// Waits until a file that is closed is on disk; a server has seen to that itself.
    pub fn sync(&self) -> Result<(), sqlx::Error> {
        if let Self::Sqlite { writer, .. } = self {
            fs::File::open(writer.connect_options().get_filename())?.sync_all()?;
        }
        Ok(())
    }

    /// Closes all connections.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { readers, writer, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pools) => pools.close().await,
        }
    }
}

impl Tx {
    /// Takes what was written to disk.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }

    /// Leaves everything as it was.
    pub async fn rollback(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(tx) => tx.rollback().await,
            Self::Postgres(tx) => tx.rollback().await,
        }
    }
}

/// The settings of a connection that fills a file: what it has changed stays in memory, and is
/// moved from the log into the file seldom.
fn to_fill(options: SqliteConnectOptions, is_new: bool) -> SqliteConnectOptions {
    let synchronous = if is_new { SqliteSynchronous::Off } else { SqliteSynchronous::Full };
    options
        .synchronous(synchronous)
        // In KiB where it is below zero, else in pages of 4 KiB.
        .pragma("cache_size", "-1000000")
        .pragma("wal_autocheckpoint", "250000")
}

/// How a file's address is read.
pub fn sqlite_options(address: &str) -> Result<SqliteConnectOptions, StoreError> {
    if !address.starts_with("sqlite:") || address.contains(":memory:") {
        return Err(StoreError::Address(without_credentials(address)));
    }
    Ok(SqliteConnectOptions::from_str(address)?)
}

/// A database's address as it may stand in an error: a password in it does not.
fn without_credentials(address: &str) -> String {
    match (address.find("://"), address.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 < at => {
            format!("{}…{}", &address[..scheme + 3], &address[at..])
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_written_again_once_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", folder.path().join("full.db").display());
        let pools = Pools::connect(&address, Missing::Make).await.unwrap();
        let Pools::Sqlite { writer, .. } = &pools else { unreachable!() };
        pools.set_up().await.unwrap();
        // Less than there is: the file may not grow.
        sqlx::query("PRAGMA max_page_count = 1").execute(writer).await.unwrap();
        let mut tx = pools.begin().await.unwrap();
        let text = "x".repeat(100_000);
        let full =
            within!(tx, |db| sqlx::query("INSERT INTO settings (name, value) VALUES ('long', $1)")
                .bind(&text)
                .execute(db))
            .unwrap_err();
        assert_eq!(full.as_database_error().unwrap().code().unwrap(), "13");
        drop(tx);
        let mut tx = pools.begin().await.unwrap();
        within!(tx, |db| sqlx::query("INSERT INTO settings (name, value) VALUES ('short', '')")
            .execute(db))
        .unwrap();
        tx.commit().await.unwrap();
        pools.close().await;
    }

    #[test]
    fn an_error_names_no_password() {
        assert_eq!(without_credentials("mysql://me:secret@host/db"), "mysql://…@host/db");
        assert_eq!(without_credentials("sqlite::memory:"), "sqlite::memory:");
    }
}
