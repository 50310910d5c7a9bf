//! Stores which rules of calling a client has switched on.

use crate::storage::access::audit::{Stamp, insert_audit};
use crate::storage::database::pools::{query_read, query_tx, retry_tx};
use crate::storage::locks::lock_client;
use crate::storage::{PermissionStore, StoreError};

impl PermissionStore<'_> {
    /// Returns a client's settings as JSON; `None` if it has none.
    pub async fn find_call_rules(self, client_id: &str) -> Result<Option<String>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT settings FROM call_rules WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?)
    }

    /// Saves a client's settings. Returns false if the client does not exist.
    pub async fn save_call_rules(
        self,
        client_id: &str,
        settings: &str,
        stamp: Stamp<'_>,
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(false);
            }
            query_tx!(tx, |db| sqlx::query(
                "INSERT INTO call_rules (client_id, settings) VALUES ($1, $2)
                 ON CONFLICT (client_id) DO UPDATE SET settings = excluded.settings"
            )
            .bind(client_id)
            .bind(settings)
            .execute(db))?;
            insert_audit(&mut tx, client_id, "callRules.changed", None, stamp).await?;
            tx.commit().await?;
            Ok(true)
        })
    }
}
