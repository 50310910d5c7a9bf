//! Looking at a database without changing anything in it.

use super::pools::{Missing, Pooling, Pools, reading, sqlite_options, within};
use super::schema::Schema;
use crate::storage::{Store, StoreError};
use call_ribbon_shared::Millis;
use std::path::PathBuf;
use std::sync::Arc;

/// A database that is looked at. Its tables are as they were found.
#[derive(Debug)]
pub struct Checkup {
    store: Store,
}

impl Checkup {
    /// The file in which a database is; `None` for one on a server.
    pub fn file(address: &str) -> Option<PathBuf> {
        sqlite_options(address).ok().map(|options| options.get_filename().to_owned())
    }

    /// Connects to a database that is there.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        let pools = Pools::connect(address, Missing::Refuse).await?;
        Ok(Self { store: Store::on(pools, Arc::new(())) })
    }

    /// Which database it is, with its version.
    pub async fn version(&self) -> Result<String, StoreError> {
        self.store.system_version().await
    }

    /// How far its tables are.
    pub async fn schema(&self) -> Result<Schema, StoreError> {
        self.store.pools.schema().await
    }

    /// Whether it lets us write: says so by an error. Nothing is written.
    pub async fn may_write(&self) -> Result<(), StoreError> {
        let mut tx = self.store.pools.begin().await?;
        within!(tx, |db| sqlx::query("UPDATE settings SET value = value WHERE name = ''")
            .execute(db))?;
        tx.rollback().await?;
        Ok(())
    }

    /// Whether a pooler such as PgBouncer gives each transaction another session.
    pub fn is_pooled(&self) -> bool {
        matches!(&self.store.pools, Pools::Postgres(pools) if pools.pooling == Pooling::Transaction)
    }

    /// The time by the database's clock; `None` where it has none of its own.
    pub async fn clock(&self) -> Result<Option<Millis>, StoreError> {
        if !self.store.is_shared() {
            return Ok(None);
        }
        let sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
        Ok(Some(reading!(self.store, |db| sqlx::query_scalar(sql).fetch_one(db))?))
    }

    /// Whether the demo client's key, which everybody knows, lets in.
    pub async fn demo_key_alive(&self) -> Result<bool, StoreError> {
        self.store.system_demo_key_alive().await
    }

    /// How many provider accounts are encrypted under each key, by the keys' names.
    pub async fn account_keys(&self) -> Result<Vec<(String, i64)>, StoreError> {
        self.store.system_account_keys().await
    }

    /// Lets go of the database.
    pub async fn close(self) {
        self.store.close().await;
    }
}
