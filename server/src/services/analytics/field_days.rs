//! Sums fields by day once a day is over.

use crate::app::App;
use crate::services::periodic::every;
use crate::storage::{Store, StoreError};
use call_ribbon_shared::Millis;
use std::sync::Arc;
use std::time::Duration;

/// How often to check whether a day is over.
const EVERY: Duration = Duration::from_hours(1);

/// Starts the periodic task, which runs until the server stops.
pub fn follow(app: &Arc<App>) {
    every(app, EVERY, |app| Box::pin(once(app)));
}

/// Runs one pass. A failed pass is repeated by the next one; figures are correct meanwhile.
pub async fn once(app: &App) {
    if let Err(error) = of_all_clients(&app.store, app.now()).await {
        tracing::warn!("field statistics of past days could not be merged: {error}");
    }
}

/// Sums the days of all clients.
pub async fn of_all_clients(store: &Store, now: Millis) -> Result<(), StoreError> {
    for client_id in store.system_client_ids().await? {
        let Some(client) = store.client(&client_id).await? else { continue };
        while store.put_days_together(&client_id, client.time_zone, now).await? {}
    }
    Ok(())
}
