//! Sums fields by day once a day is over.

use crate::storage::{Store, StoreError};
use call_ribbon_shared::Millis;
use std::time::Duration;

/// How often to check whether a day is over.
pub const INTERVAL: Duration = Duration::from_hours(1);

/// Runs one pass. A failed pass is repeated by the next one; figures are correct meanwhile.
pub async fn run_once(store: &Store, now: Millis) {
    if let Err(error) = sum_days_of_all_clients(store, now).await {
        tracing::warn!("field statistics of past days could not be merged: {error}");
    }
}

/// Sums the days of all clients.
pub async fn sum_days_of_all_clients(store: &Store, now: Millis) -> Result<(), StoreError> {
    for client_id in store.analytics().system_list_client_ids().await? {
        let Some(client) = store.clients().find_client(&client_id).await? else { continue };
        while store.fields().sum_days(&client_id, client.time_zone, now).await? {}
    }
    Ok(())
}
