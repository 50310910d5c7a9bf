//! The keys that sign seals.

use crate::storage::database::pools::{query_read, query_write};
use crate::storage::{SealStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A key that signs, with its secret as it is stored.
#[derive(Debug, Clone, FromRow)]
pub struct SealKeyRow {
    pub number: i64,
    pub key_id: String,
    pub public_key: String,
    /// Encrypted, unless `key_name` is empty.
    pub secret: String,
    pub key_name: String,
    pub created_at: Millis,
}

impl SealStore<'_> {
    /// Returns all keys, newest first.
    pub async fn system_list_seal_keys(self) -> Result<Vec<SealKeyRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT number, key_id, public_key, secret, key_name, created_at
             FROM seal_keys ORDER BY number DESC"
        )
        .fetch_all(db))?)
    }

    /// Stores a key under its number. Returns false if that is taken.
    pub async fn system_insert_seal_key(self, key: &SealKeyRow) -> Result<bool, StoreError> {
        let done = query_write!(self, |db| sqlx::query(
            "INSERT INTO seal_keys (number, key_id, public_key, secret, key_name, created_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (number) DO NOTHING"
        )
        .bind(key.number)
        .bind(&key.key_id)
        .bind(&key.public_key)
        .bind(&key.secret)
        .bind(&key.key_name)
        .bind(key.created_at)
        .execute(db))?;
        Ok(done.rows_affected() > 0)
    }

    /// Replaces the encrypted secret of a key.
    pub async fn system_reseal_seal_key(self, key: &SealKeyRow) -> Result<(), StoreError> {
        query_write!(self, |db| sqlx::query(
            "UPDATE seal_keys SET secret = $2, key_name = $3 WHERE number = $1"
        )
        .bind(key.number)
        .bind(&key.secret)
        .bind(&key.key_name)
        .execute(db))?;
        Ok(())
    }
}
