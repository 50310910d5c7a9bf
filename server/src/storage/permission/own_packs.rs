//! Stores the packs of rules that clients have written.

use super::rules::switched_on;
use crate::storage::access::audit::{Stamp, insert_audit};
use crate::storage::database::pools::{query_read, query_tx, retry_tx};
use crate::storage::locks::lock_client;
use crate::storage::{PermissionStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A client's own pack.
#[derive(Debug, Clone, FromRow)]
pub struct OwnPackRow {
    pub version: i64,
    /// The pack as JSON; its own `version` means nothing.
    pub pack: String,
    pub changed_at: Millis,
    pub by_name: Option<String>,
}

/// What became of a pack that was to be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackSaved {
    /// It has this version now; the same pack once more keeps its version.
    Saved(i64),
    /// The client has as many as it may have.
    TooMany,
    UnknownClient,
}

/// What became of a pack that was to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackRemoval {
    Removed,
    /// It is switched on.
    InUse,
    Unknown,
}

impl PermissionStore<'_> {
    /// Returns a client's own packs, by name.
    pub async fn list_own_packs(self, client_id: &str) -> Result<Vec<OwnPackRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT version, pack, changed_at, by_name FROM own_packs
             WHERE client_id = $1 AND pack IS NOT NULL ORDER BY name"
        )
        .bind(client_id)
        .fetch_all(db))?)
    }

    /// Saves a pack under its name, with the version after that of an earlier one, also of one that
    /// was removed: decisions name versions.
    pub async fn save_own_pack(
        self,
        client_id: &str,
        name: &str,
        pack: &str,
        most: i64,
        stamp: Stamp<'_>,
    ) -> Result<PackSaved, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(PackSaved::UnknownClient);
            }
            let known: Option<(i64, Option<String>)> = query_tx!(tx, |db| sqlx::query_as(
                "SELECT version, pack FROM own_packs WHERE client_id = $1 AND name = $2"
            )
            .bind(client_id)
            .bind(name)
            .fetch_optional(db))?;
            let is_new = match &known {
                Some((version, Some(stored))) if stored == pack => {
                    return Ok(PackSaved::Saved(*version));
                }
                Some((_, stored)) => stored.is_none(),
                None => true,
            };
            if is_new {
                let count: i64 = query_tx!(tx, |db| sqlx::query_scalar(
                    "SELECT COUNT(*) FROM own_packs WHERE client_id = $1 AND pack IS NOT NULL"
                )
                .bind(client_id)
                .fetch_one(db))?;
                if count >= most {
                    return Ok(PackSaved::TooMany);
                }
            }
            let version = known.map_or(0, |(version, _)| version) + 1;
            query_tx!(tx, |db| sqlx::query(
                "INSERT INTO own_packs (client_id, name, version, pack, changed_at, by_name, by_id)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (client_id, name) DO UPDATE SET version = excluded.version,
                    pack = excluded.pack, changed_at = excluded.changed_at,
                    by_name = excluded.by_name, by_id = excluded.by_id"
            )
            .bind(client_id)
            .bind(name)
            .bind(version)
            .bind(pack)
            .bind(stamp.now)
            .bind(stamp.by.name)
            .bind(stamp.by.id)
            .execute(db))?;
            insert_audit(&mut tx, client_id, "ownPack.saved", Some(name), stamp).await?;
            tx.commit().await?;
            Ok(PackSaved::Saved(version))
        })
    }

    /// Removes a pack that is not switched on. Its version stays.
    pub async fn remove_own_pack(
        self,
        client_id: &str,
        name: &str,
        stamp: Stamp<'_>,
    ) -> Result<PackRemoval, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(PackRemoval::Unknown);
            }
            let known: Option<i64> = query_tx!(tx, |db| sqlx::query_scalar(
                "SELECT version FROM own_packs
                 WHERE client_id = $1 AND name = $2 AND pack IS NOT NULL"
            )
            .bind(client_id)
            .bind(name)
            .fetch_optional(db))?;
            if known.is_none() {
                return Ok(PackRemoval::Unknown);
            }
            // Settings that cannot be read may name it.
            let on = switched_on(&mut tx, client_id).await?;
            if on.is_none_or(|packs| packs.iter().any(|on| on == name)) {
                return Ok(PackRemoval::InUse);
            }
            query_tx!(tx, |db| sqlx::query(
                "UPDATE own_packs SET pack = NULL, changed_at = $3, by_name = $4, by_id = $5
                 WHERE client_id = $1 AND name = $2"
            )
            .bind(client_id)
            .bind(name)
            .bind(stamp.now)
            .bind(stamp.by.name)
            .bind(stamp.by.id)
            .execute(db))?;
            insert_audit(&mut tx, client_id, "ownPack.removed", Some(name), stamp).await?;
            tx.commit().await?;
            Ok(PackRemoval::Removed)
        })
    }
}
