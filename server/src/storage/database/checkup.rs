//! Inspects a database without changing it.

use super::pools::{Missing, Pooling, Pools, reading, sqlite_options, within};
use super::schema::Schema;
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
    pub fn file(address: &str) -> Option<PathBuf> {
        sqlite_options(address).ok().map(|options| options.get_filename().to_owned())
    }

    /// Connects to an existing database.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        let pools = Pools::connect(address, Missing::Refuse).await?;
        Ok(Self { store: Store::on(pools, Arc::new(())) })
    }

    /// Returns the database's name and version.
    pub async fn version(&self) -> Result<String, StoreError> {
        self.store.system_version().await
    }

    /// Returns the version of its schema.
    pub async fn schema(&self) -> Result<Schema, StoreError> {
        self.store.pools.schema().await
    }

    /// Checks for permission to write. Nothing is written.
    pub async fn may_write(&self) -> Result<(), StoreError> {
        let mut tx = self.store.pools.begin().await?;
        within!(tx, |db| sqlx::query("UPDATE settings SET value = value WHERE name = ''")
            .execute(db))?;
        tx.rollback().await?;
        Ok(())
    }

    /// Returns whether a pooler such as PgBouncer assigns a session per transaction.
    pub fn is_pooled(&self) -> bool {
        matches!(&self.store.pools, Pools::Postgres(pools) if pools.pooling == Pooling::Transaction)
    }

    /// Returns the time of the database's clock; `None` for SQLite, which has none of its own.
    pub async fn clock(&self) -> Result<Option<Millis>, StoreError> {
        if !self.store.is_shared() {
            return Ok(None);
        }
        let sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
        Ok(Some(reading!(self.store, |db| sqlx::query_scalar(sql).fetch_one(db))?))
    }

    /// Returns whether the demo client's key, which is public, is valid.
    pub async fn demo_key_alive(&self) -> Result<bool, StoreError> {
        self.store.system_demo_key_alive().await
    }

    /// Returns the number of provider accounts encrypted under each key, by key name.
    pub async fn account_keys(&self) -> Result<Vec<(String, i64)>, StoreError> {
        self.store.system_account_keys().await
    }

    /// Closes the database.
    pub async fn close(self) {
        self.store.close().await;
    }
}
