//! Sums fields by day once a day is over.

use crate::app::App;
use crate::services::periodic::spawn_periodic;
use crate::storage::{Store, StoreError};
use call_ribbon_shared::Millis;
use std::sync::Arc;
use std::time::Duration;

/// How often to check whether a day is over.
const INTERVAL: Duration = Duration::from_hours(1);

/// Starts the periodic task, which runs until the server stops.
pub fn spawn_day_summing(app: &Arc<App>) {
    spawn_periodic(app, INTERVAL, |app| Box::pin(run_once(app)));
}

/// Runs one pass. A failed pass is repeated by the next one; figures are correct meanwhile.
pub async fn run_once(app: &App) {
    if let Err(error) = sum_days_of_all_clients(&app.store, app.now()).await {
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
