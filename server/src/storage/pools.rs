//! Connections to the database, and the macros through which one SQL text runs on each kind.

mod run;

use super::StoreError;
use super::trouble::{self, Remedy};
pub(super) use run::{again, reading, run_query, within};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Postgres, Sqlite, Transaction};
use std::fs;
use std::str::FromStr;
use std::time::Duration;

/// How long a request waits for a connection, or for another process that has the database.
const PATIENCE: Duration = Duration::from_secs(5);
/// Readers beside the one writer of a file: a reader is a thread of its own.
const SQLITE_READERS: u32 = 4;
/// Readers of a PostgreSQL server, each a process there; one of them is the ear for notices.
const POSTGRES_READERS: u32 = 10;
/// Connections that write to a PostgreSQL server: the one task that records, and beside it the
/// few writes that are not about calls.
const POSTGRES_WRITERS: u32 = 3;
/// How often a server that is just being set up by another one is asked again.
const SET_UP_TRIES: u32 = 20;
/// How long to wait in between.
const SET_UP_AGAIN_AFTER: Duration = Duration::from_millis(250);

/// The connections of one kind of database.
#[derive(Debug, Clone)]
pub enum Pools {
    /// A file: several readers, one writer.
    Sqlite {
        /// Connections that cannot write.
        readers: SqlitePool,
        /// The one connection that writes.
        writer: SqlitePool,
    },
    /// A server, which other instances may share. Readers stand apart, so that any number of
    /// them never keeps what was to be written waiting.
    Postgres {
        /// Connections that read.
        readers: PgPool,
        /// Connections that write.
        writer: PgPool,
    },
}

/// A transaction of one kind of database.
pub enum Tx {
    /// On the file's one writing connection.
    Sqlite(Transaction<'static, Sqlite>),
    /// On one of the server's connections.
    Postgres(Transaction<'static, Postgres>),
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
        Tries { pauses: trouble::pauses() }
    }
}

impl<P: Iterator<Item = Duration>> Tries<P> {
    /// Hands back what was done; `None`, after a pause, where it is to be tried anew.
    pub async fn enough<T>(
        &mut self,
        done: Result<T, StoreError>,
    ) -> Option<Result<T, StoreError>> {
        match done {
            Err(StoreError::Unavailable(error)) if Remedy::of(&error) == Remedy::Again => {
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
    /// `postgres://user@host/name`.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            return Self::open_postgres(PgConnectOptions::from_str(address)?).await;
        }
        if !address.starts_with("sqlite:") || address.contains(":memory:") {
            return Err(StoreError::Address(without_credentials(address)));
        }
        let options = SqliteConnectOptions::from_str(address)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // What was acknowledged is on disk, also after the power went.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE);
        if let Some(folder) = options.get_filename().parent() {
            fs::create_dir_all(folder)
                .map_err(|source| StoreError::Folder { folder: folder.to_owned(), source })?;
        }
        let pool = SqlitePoolOptions::new().acquire_timeout(PATIENCE);
        let writer = pool.clone().max_connections(1).connect_with(options.clone()).await?;
        sqlx::migrate!("migrations/sqlite").run(&writer).await?;
        let readers =
            pool.max_connections(SQLITE_READERS).connect_with(options.read_only(true)).await?;
        Ok(Self::Sqlite { readers, writer })
    }

    async fn open_postgres(options: PgConnectOptions) -> Result<Self, StoreError> {
        let options = options.application_name("call-ribbon");
        let pool = PgPoolOptions::new().acquire_timeout(PATIENCE);
        let writer =
            pool.clone().max_connections(POSTGRES_WRITERS).connect_with(options.clone()).await?;
        let mut migrations = sqlx::migrate!("migrations/postgres");
        // The lock would be an advisory one, which not every database of this kind has. Two
        // instances that start at once are told apart by the tables instead: each migration is
        // one transaction, the second to make a table fails, and finds it done the next time.
        migrations.set_locking(false);
        set_up(&migrations, &writer).await?;
        let readers = pool.max_connections(POSTGRES_READERS).connect_with(options).await?;
        Ok(Self::Postgres { readers, writer })
    }

    /// Begins a transaction that writes.
    pub async fn begin(&self) -> Result<Tx, sqlx::Error> {
        match self {
            // A deferred transaction would fail at its first write where another process
            // writes, without waiting.
            Self::Sqlite { writer, .. } => {
                writer.begin_with("BEGIN IMMEDIATE").await.map(Tx::Sqlite)
            }
            Self::Postgres { writer, .. } => writer.begin().await.map(Tx::Postgres),
        }
    }

    /// Closes all connections.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
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
}

/// Brings the tables up to date, also where another instance does so at the same moment.
async fn set_up(migrations: &Migrator, writer: &PgPool) -> Result<(), MigrateError> {
    let mut tries = 1;
    loop {
        let error = match migrations.run(writer).await {
            Err(error @ (MigrateError::Execute(_) | MigrateError::ExecuteMigration(..)))
                if tries < SET_UP_TRIES =>
            {
                error
            }
            done => return done,
        };
        tracing::debug!("the tables could not be set up yet: {error}");
        tries += 1;
        tokio::time::sleep(SET_UP_AGAIN_AFTER).await;
    }
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

    #[test]
    fn an_error_names_no_password() {
        assert_eq!(without_credentials("mysql://me:secret@host/db"), "mysql://…@host/db");
        assert_eq!(without_credentials("sqlite::memory:"), "sqlite::memory:");
    }
}
