//! Stores which rules of calling a client has switched on.

use crate::permission::PermissionSettings;
use crate::storage::access::audit::{Stamp, insert_audit};
use crate::storage::database::pools::{Tx, query_read, query_tx, retry_tx};
use crate::storage::locks::lock_client;
use crate::storage::{PermissionStore, StoreError};

/// What became of settings that were to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RulesSaved {
    Saved,
    /// A pack of the client's own does not exist: its name.
    UnknownPack(String),
    UnknownClient,
}

impl PermissionStore<'_> {
    /// Returns a client's settings as JSON; `None` if it has none.
    pub async fn find_call_rules(self, client_id: &str) -> Result<Option<String>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT settings FROM call_rules WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?)
    }

    /// Saves a client's settings, which name these packs of its own.
    pub async fn save_call_rules(
        self,
        client_id: &str,
        settings: &str,
        own_packs: &[&str],
        stamp: Stamp<'_>,
    ) -> Result<RulesSaved, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(RulesSaved::UnknownClient);
            }
            // Under the lock, so that none is removed while it is switched on.
            let known: Vec<String> = query_tx!(tx, |db| sqlx::query_scalar(
                "SELECT name FROM own_packs WHERE client_id = $1 AND pack IS NOT NULL"
            )
            .bind(client_id)
            .fetch_all(db))?;
            if let Some(gone) = own_packs.iter().find(|own| !known.iter().any(|name| name == *own))
            {
                return Ok(RulesSaved::UnknownPack((*gone).to_owned()));
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
            Ok(RulesSaved::Saved)
        })
    }
}

/// Returns the names of the packs that are on; `None` if the settings cannot be read.
pub(super) async fn switched_on(
    tx: &mut Tx,
    client_id: &str,
) -> Result<Option<Vec<String>>, sqlx::Error> {
    let stored: Option<String> = query_tx!(*tx, |db| sqlx::query_scalar(
        "SELECT settings FROM call_rules WHERE client_id = $1"
    )
    .bind(client_id)
    .fetch_optional(db))?;
    Ok(PermissionSettings::from_stored(stored.as_deref()).map(|settings| settings.packs))
}
