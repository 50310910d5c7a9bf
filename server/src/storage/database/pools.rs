//! Pools of database connections, and the macros that run one SQL text on either database.

mod bulk;
mod file;
mod postgres;
mod query_macros;

use super::retry::{self, ErrorClass};
use crate::storage::StoreError;
pub(in crate::storage) use bulk::{BulkInsert, Column, SqlValue, select_by_keys};
use file::OpenFile;
pub(super) use file::is_moved;
pub(in crate::storage) use postgres::{Pooling, PostgresPools, PostgresTx};
pub(in crate::storage) use query_macros::{
    begin_work, query_read, query_tx, query_write, retry_tx, run_query,
};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, Sqlite, Transaction};
use std::fs;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// How long a request waits for a connection, or for another process that has locked the database.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Reading connections to a SQLite file, beside the one writer; each is a thread.
const SQLITE_READERS: u32 = 4;
/// Statements that the writing connection keeps prepared. A group's inserts have seven lengths for
/// each of a dozen tables; preparing one of 64 rows again costs more than running it.
const SQLITE_STATEMENTS: usize = 400;

/// The connections to one kind of database.
#[derive(Debug, Clone)]
pub enum Pools {
    /// A SQLite file: several readers, one writer.
    Sqlite {
        /// Read-only connections.
        readers: SqlitePool,
        /// The only writing connection.
        writer: SqlitePool,
        /// The open file.
        file: Arc<OpenFile>,
    },
    /// A PostgreSQL server, which other instances may share.
    Postgres(PostgresPools),
}

/// What to do if the database file does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMissing {
    /// Create it.
    Create,
    /// Fail.
    Fail,
}

/// The purpose of opening a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenPurpose {
    /// Serving requests.
    Serve,
    /// Bulk loading, without other users.
    BulkLoad,
}

/// A transaction on one kind of database.
pub enum Tx {
    /// On the file's only writing connection.
    Sqlite(Transaction<'static, Sqlite>),
    /// On a connection to the server.
    Postgres(PostgresTx),
}

/// The result of a statement that returns no rows.
#[derive(Debug, Clone, Copy)]
pub struct WriteResult {
    rows: u64,
}

impl WriteResult {
    /// Creates the result of a statement that wrote this number of rows.
    pub fn new(rows: u64) -> Self {
        Self { rows }
    }

    /// Returns the number of rows written.
    pub fn rows_affected(self) -> u64 {
        self.rows
    }
}

/// Counts the attempts at a transaction; see [`retry_tx!`].
pub struct Attempts<P> {
    pauses: P,
}

impl Attempts<()> {
    /// Starts with no attempts.
    pub fn new() -> Attempts<impl Iterator<Item = Duration>> {
        Attempts { pauses: retry::retry_pauses() }
    }
}

impl<P: Iterator<Item = Duration>> Attempts<P> {
    /// Returns the final result, or `None`, after a pause, if the transaction is to be retried.
    pub async fn final_result<T>(
        &mut self,
        pools: &Pools,
        result: Result<T, StoreError>,
    ) -> Option<Result<T, StoreError>> {
        match result {
            Err(StoreError::Unavailable(error))
                if ErrorClass::classify(&error) == ErrorClass::Conflict =>
            {
                pools.note_error(&error);
                let Some(pause) = self.pauses.next() else { return Some(Err(error.into())) };
                tokio::time::sleep(pause).await;
                None
            }
            result => Some(result),
        }
    }
}

impl Pools {
    /// Opens the database at an address such as `sqlite:data/call-ribbon.db` or
    /// `postgres://user@host/name`, and brings its tables up to date.
    pub async fn open(address: &str, missing: IfMissing) -> Result<Self, StoreError> {
        let pools = Self::connect(address, missing).await?;
        pools.run_migrations().await?;
        Ok(pools)
    }

    /// Opens a database as [`open`](Self::open) does, for bulk loading.
    ///
    /// Writes to a new file do not wait for the disk: the end of a process cannot damage it, but a
    /// power failure can, and the file must then be created again. [`sync`](Self::sync) takes it to
    /// disk.
    pub async fn open_for_bulk_load(address: &str) -> Result<Self, StoreError> {
        let pools =
            Self::connect_for_purpose(OpenPurpose::BulkLoad, address, IfMissing::Create).await?;
        pools.run_migrations().await?;
        Ok(pools)
    }

    /// Connects to the database without changing its tables.
    pub async fn connect(address: &str, missing: IfMissing) -> Result<Self, StoreError> {
        Self::connect_for_purpose(OpenPurpose::Serve, address, missing).await
    }

    async fn connect_for_purpose(
        what: OpenPurpose,
        address: &str,
        missing: IfMissing,
    ) -> Result<Self, StoreError> {
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            return Ok(Self::Postgres(PostgresPools::connect(address).await?));
        }
        let options = parse_sqlite_address(address)?
            .create_if_missing(missing == IfMissing::Create)
            .journal_mode(SqliteJournalMode::Wal)
            // Acknowledged data survives a power failure.
            .synchronous(SqliteSynchronous::Full)
            // Statements that change several rows would otherwise open a temporary file each.
            .pragma("temp_store", "MEMORY")
            .busy_timeout(ACQUIRE_TIMEOUT)
            .disable_statement_logging();
        let file = options.get_filename();
        let is_new = !file.exists();
        if missing == IfMissing::Fail && is_new {
            return Err(StoreError::Missing(file.to_owned()));
        }
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)
                .map_err(|source| StoreError::Folder { folder: folder.to_owned(), source })?;
        }
        let pool = SqlitePoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT);
        let writing = match what {
            OpenPurpose::Serve => serving_options(options.clone()),
            OpenPurpose::BulkLoad => bulk_load_options(options.clone(), is_new),
        };
        let writing = writing.statement_cache_capacity(SQLITE_STATEMENTS);
        let writer = pool
            .clone()
            .max_connections(1)
            // When the disk is full, SQLite rolls the transaction back without sqlx's connection
            // noticing, and could then never begin another one.
            .before_acquire(|db, _| Box::pin(async move { Ok(!db.is_in_transaction()) }))
            .connect_with(writing)
            .await?;
        let file = Arc::new(OpenFile::from_path(options.get_filename()));
        let readers = pool
            .max_connections(SQLITE_READERS)
            // A file does not disconnect; a test before each use would double the round trips.
            .test_before_acquire(false)
            .connect_with(options.read_only(true))
            .await?;
        Ok(Self::Sqlite { readers, writer, file })
    }

    /// Returns the migrations, in order.
    pub fn build_migrator(&self) -> Migrator {
        match self {
            Self::Sqlite { .. } => sqlx::migrate!("migrations/sqlite"),
            Self::Postgres(_) => {
                let mut migrations = sqlx::migrate!("migrations/postgres");
                // sqlx would take an advisory lock, which not every PostgreSQL-compatible database
                // has. The tables themselves settle the race of two starting instances: each
                // migration is one transaction, the second instance to create a table fails, and
                // finds it created on its next attempt.
                migrations.set_locking(false);
                migrations
            }
        }
    }

    /// Brings the tables up to date.
    pub async fn run_migrations(&self) -> Result<(), MigrateError> {
        let migrations = self.build_migrator();
        match self {
            Self::Sqlite { writer, .. } => migrations.run(writer).await,
            Self::Postgres(pools) => pools.run_migrations(&migrations).await,
        }
    }

    /// Begins a writing transaction.
    pub async fn begin(&self) -> Result<Tx, sqlx::Error> {
        match self {
            // A deferred transaction would fail at its first write, without waiting, while another
            // process writes.
            Self::Sqlite { writer, file, .. } => {
                file.check_path()?;
                writer.begin_with("BEGIN IMMEDIATE").await.map(Tx::Sqlite)
            }
            Self::Postgres(pools) => pools.begin().await,
        }
    }

    /// Returns the name of this kind of database, as traces have it.
    pub fn system_name(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "sqlite",
            Self::Postgres(_) => "postgresql",
        }
    }

    /// Marks connections as unusable if the error says so.
    pub fn note_error(&self, error: &sqlx::Error) {
        if let Self::Postgres(pools) = self {
            pools.note_error(error);
        }
    }

    /// Syncs a closed file to disk; does nothing for a server, which does so itself.
    pub fn sync_file(&self) -> Result<(), sqlx::Error> {
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
    /// Commits the transaction.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }

    /// Rolls the transaction back.
    pub async fn rollback(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(tx) => tx.rollback().await,
            Self::Postgres(tx) => tx.rollback().await,
        }
    }
}

/// Returns the options of the writing connection of a server.
///
/// A page that many transactions change is copied from the write-ahead log to the file once for all
/// of them, so the log may grow to 64 MB before that.
fn serving_options(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options.pragma("cache_size", "-32768").pragma("wal_autocheckpoint", "16384")
}

/// Returns the options of a connection for bulk loading: changes stay in memory, and are rarely
/// moved from the write-ahead log to the file.
fn bulk_load_options(options: SqliteConnectOptions, is_new: bool) -> SqliteConnectOptions {
    let synchronous = if is_new { SqliteSynchronous::Off } else { SqliteSynchronous::Full };
    options
        .synchronous(synchronous)
        // A negative number is in KiB, a positive one in pages of 4 KiB.
        .pragma("cache_size", "-1000000")
        .pragma("wal_autocheckpoint", "250000")
}

/// Parses the address of a SQLite file.
pub fn parse_sqlite_address(address: &str) -> Result<SqliteConnectOptions, StoreError> {
    if !address.starts_with("sqlite:") || address.contains(":memory:") {
        return Err(StoreError::Address(redact_credentials(address)));
    }
    Ok(SqliteConnectOptions::from_str(address)?)
}

/// Returns the address without its credentials, for errors.
fn redact_credentials(address: &str) -> String {
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
        let pools = Pools::connect(&address, IfMissing::Create).await.unwrap();
        let Pools::Sqlite { writer, .. } = &pools else { unreachable!() };
        pools.run_migrations().await.unwrap();
        // Less than the current size, so the file cannot grow.
        sqlx::query("PRAGMA max_page_count = 1").execute(writer).await.unwrap();
        let mut tx = pools.begin().await.unwrap();
        let text = "x".repeat(100_000);
        let full = query_tx!(tx, |db| sqlx::query(
            "INSERT INTO settings (name, value) VALUES ('long', $1)"
        )
        .bind(&text)
        .execute(db))
        .unwrap_err();
        assert_eq!(full.as_database_error().unwrap().code().unwrap(), "13");
        drop(tx);
        let mut tx = pools.begin().await.unwrap();
        query_tx!(tx, |db| sqlx::query("INSERT INTO settings (name, value) VALUES ('short', '')")
            .execute(db))
        .unwrap();
        tx.commit().await.unwrap();
        pools.close().await;
    }

    #[test]
    fn an_error_names_no_password() {
        assert_eq!(redact_credentials("mysql://me:secret@host/db"), "mysql://…@host/db");
        assert_eq!(redact_credentials("sqlite::memory:"), "sqlite::memory:");
    }
}
