//! Stores the server's own settings.

use super::pools::{Pools, query_read, query_tx, retry_tx};
use crate::storage::{Store, StoreError};

/// The name of the setting that holds the version of the program.
const PROGRAM_VERSION: &str = "program_version";

impl Store {
    /// Returns the value of a setting.
    pub async fn system_find_setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT value FROM settings WHERE name = $1"
        )
        .bind(name)
        .fetch_optional(db))?)
    }

    /// Returns the value of a setting; stores and returns `fresh` if it is missing.
    pub async fn system_get_or_insert_setting(
        &self,
        name: &str,
        fresh: &str,
    ) -> Result<String, StoreError> {
        retry_tx!(self.pools, |pools| get_or_insert_setting(pools, name, fresh).await)
    }

    /// Stores the version of the program that serves this database from now on.
    pub async fn system_store_program_version(&self, version: &str) -> Result<(), StoreError> {
        retry_tx!(self.pools, |pools| store_program_version(pools, version).await)
    }

    /// Returns the version of the program that began to serve this database last.
    pub async fn system_find_program_version(&self) -> Result<Option<String>, StoreError> {
        self.system_find_setting(PROGRAM_VERSION).await
    }
}

async fn get_or_insert_setting(
    pools: &Pools,
    name: &str,
    fresh: &str,
) -> Result<String, StoreError> {
    let mut tx = pools.begin().await?;
    query_tx!(tx, |db| sqlx::query(
        "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING"
    )
    .bind(name)
    .bind(fresh)
    .execute(db))?;
    let value =
        query_tx!(tx, |db| sqlx::query_scalar("SELECT value FROM settings WHERE name = $1")
            .bind(name)
            .fetch_one(db))?;
    tx.commit().await?;
    Ok(value)
}

async fn store_program_version(pools: &Pools, version: &str) -> Result<(), StoreError> {
    let mut tx = pools.begin().await?;
    query_tx!(tx, |db| sqlx::query(
        "INSERT INTO settings (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    )
    .bind(PROGRAM_VERSION)
    .bind(version)
    .execute(db))?;
    tx.commit().await?;
    Ok(())
}
