//! Inspects a database without changing it.

use super::pools::{IfMissing, Pooling, Pools, parse_sqlite_address, query_read, query_tx};
use super::schema::SchemaVersion;
use crate::storage::{Store, StoreError};
use call_ribbon_shared::Millis;
use std::path::PathBuf;
use std::sync::Arc;

/// A database under inspection. Its tables are not migrated.
#[derive(Debug)]
pub struct Checkup {
    store: Store,
}

impl Checkup {
    /// Returns the path of a SQLite database; `None` for a server.
    pub fn sqlite_path(address: &str) -> Option<PathBuf> {
        parse_sqlite_address(address).ok().map(|options| options.get_filename().to_owned())
    }

    /// Connects to an existing database.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        let pools = Pools::connect(address, IfMissing::Fail).await?;
        Ok(Self { store: Store::from_pools(pools, Arc::new(())) })
    }

    /// Returns the database's name and version.
    pub async fn database_version(&self) -> Result<String, StoreError> {
        self.store.system_database_version().await
    }

    /// Returns the version of its schema.
    pub async fn read_schema(&self) -> Result<SchemaVersion, StoreError> {
        self.store.pools.read_schema().await
    }

    /// Returns the version of the program that began to serve this database last.
    pub async fn find_program_version(&self) -> Result<Option<String>, StoreError> {
        self.store.system_find_program_version().await
    }

    /// Checks for permission to write. Nothing is written.
    pub async fn check_write_permission(&self) -> Result<(), StoreError> {
        let mut tx = self.store.pools.begin().await?;
        query_tx!(tx, |db| sqlx::query("UPDATE settings SET value = value WHERE name = ''")
            .execute(db))?;
        tx.rollback().await?;
        Ok(())
    }

    /// Returns whether a pooler such as PgBouncer assigns a session per transaction.
    pub fn is_transaction_pooled(&self) -> bool {
        matches!(&self.store.pools, Pools::Postgres(pools) if pools.pooling == Pooling::Transaction)
    }

    /// Returns the time of the database's clock; `None` for SQLite, which has none of its own.
    pub async fn read_database_time(&self) -> Result<Option<Millis>, StoreError> {
        if !self.store.is_shared() {
            return Ok(None);
        }
        let sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
        Ok(Some(query_read!(self.store, |db| sqlx::query_scalar(sql).fetch_one(db))?))
    }

    /// Returns whether the demo client's key, which is public, is valid.
    pub async fn is_demo_key_valid(&self) -> Result<bool, StoreError> {
        self.store.clients().system_is_demo_key_valid().await
    }

    /// Returns the number of provider accounts encrypted under each key, by key name.
    pub async fn count_accounts_by_key(&self) -> Result<Vec<(String, i64)>, StoreError> {
        self.store.providers().system_count_accounts_by_key().await
    }

    /// Closes the database.
    pub async fn close(self) {
        self.store.close().await;
    }
}
