//! Recounts the totals of all clients, for the operator's command.

use crate::storage::{Store, StoreError};
use call_ribbon_shared::Millis;
use std::sync::Arc;

/// Calls counted in one transaction, few enough to hardly delay a running server.
const BATCH: i64 = 10_000;

/// Result of a recount.
#[derive(Debug, Clone, Copy, Default)]
pub struct RecountResult {
    /// Clients that were checked.
    pub clients: usize,
    /// Calls that were counted.
    pub calls: usize,
    /// Totals that were wrong and have been corrected.
    pub repaired: usize,
}

/// Recounts the calls of all clients and corrects the totals. Calls `progress` after each range
/// with the result so far.
pub async fn run_recount(
    database: &str,
    progress: impl Fn(&str, RecountResult),
) -> Result<RecountResult, StoreError> {
    let store = Store::open_existing(database, Arc::new(())).await?;
    let found = recount_all_clients(&store, progress).await;
    store.close().await;
    found
}

async fn recount_all_clients(
    store: &Store,
    progress: impl Fn(&str, RecountResult),
) -> Result<RecountResult, StoreError> {
    let mut found = RecountResult::default();
    for client_id in store.analytics().system_list_client_ids().await? {
        found.clients += 1;
        let mut from = Some(Millis::MIN);
        while let Some(begin) = from {
            let stretch = store.analytics().recount_calls(&client_id, begin, BATCH).await?;
            found.calls += stretch.calls;
            found.repaired += stretch.repaired;
            from = stretch.next;
            progress(&client_id, found);
        }
        // Longer periods are summed from the corrected buckets.
        let mut from = Some(Millis::MIN);
        while let Some(begin) = from {
            let stretch = store.analytics().recount_week(&client_id, begin).await?;
            found.repaired += stretch.repaired;
            from = stretch.next;
        }
        for field in store.analytics().list_stored_fields(&client_id).await? {
            found.repaired += store.analytics().recount_values(&client_id, &field).await?.repaired;
        }
        let mut from = Some(Millis::MIN);
        while let Some(begin) = from {
            let (repaired, next) = store.fields().recount_days(&client_id, begin).await?;
            found.repaired += repaired;
            from = next;
        }
        let mut from = Some(Millis::MIN);
        while let Some(begin) = from {
            let stretch = store.analytics().recount_events(&client_id, begin, BATCH).await?;
            found.repaired += stretch.repaired;
            from = stretch.next;
            progress(&client_id, found);
        }
    }
    Ok(found)
}
