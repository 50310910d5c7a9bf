//! Connections to the database, and the macros through which one SQL text runs on each kind.

use super::StoreError;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, Transaction};
use std::fs;
use std::str::FromStr;
use std::time::Duration;

/// How long a request waits for a connection, or for another process that has the database.
const PATIENCE: Duration = Duration::from_secs(5);
/// Readers beside the one writer: a reader is a thread of its own.
const READERS: u32 = 4;

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
}

/// A transaction of one kind of database.
pub enum Tx {
    /// On the file's one writing connection.
    Sqlite(Transaction<'static, Sqlite>),
}

/// Runs a query on a reading connection, whichever database it is.
macro_rules! reading {
    ($store:expr, |$db:ident| $query:expr) => {
        match &$store.pools {
            $crate::storage::pools::Pools::Sqlite { readers: $db, .. } => $query.await,
        }
    };
}

/// Runs a query within a transaction, whichever database it is.
macro_rules! within {
    ($tx:expr, |$db:ident| $query:expr) => {
        match &mut $tx {
            $crate::storage::pools::Tx::Sqlite(tx) => {
                let $db = &mut **tx;
                $query.await
            }
        }
    };
}

pub(super) use {reading, within};

impl Pools {
    /// Opens the database at an address such as `sqlite:data/call-ribbon.db`.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
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
        let readers = pool.max_connections(READERS).connect_with(options.read_only(true)).await?;
        Ok(Self::Sqlite { readers, writer })
    }

    /// Begins a transaction that writes.
    pub async fn begin(&self) -> Result<Tx, sqlx::Error> {
        match self {
            // A deferred transaction would fail at its first write where another process
            // writes, without waiting.
            Self::Sqlite { writer, .. } => {
                writer.begin_with("BEGIN IMMEDIATE").await.map(Tx::Sqlite)
            }
        }
    }

    /// Closes all connections.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { readers, writer } => {
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
        }
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
