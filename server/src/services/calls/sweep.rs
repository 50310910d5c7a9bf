//! Ends abandoned calls, which would otherwise stay active.

use super::records::{About, from_system};
use crate::app::App;
use crate::services::periodic::every;
use crate::storage::{Condition, StoreError};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Fact, Outcome};
use std::sync::Arc;
use std::time::Duration;

/// How often to look for abandoned calls.
const EVERY: Duration = Duration::from_mins(1);
/// Calls per pass; the next pass takes the rest.
const MOST_AT_ONCE: i64 = 1000;

/// Sweeps now and every minute, until the server stops.
pub fn run(app: &Arc<App>) {
    every(app, EVERY, |app| Box::pin(once(app)));
}

/// Marks calls as abandoned that had no event for the configured time.
pub async fn once(app: &App) {
    if let Err(error) = sweep(app).await {
        tracing::warn!("silent calls could not be read: {error}");
    }
}

async fn sweep(app: &App) -> Result<(), StoreError> {
    let patience = Millis::try_from(app.config.abandon_after().as_millis()).unwrap_or(Millis::MAX);
    let then = app.now().saturating_sub(patience);
    for silent in app.store.system_silent_calls(then, MOST_AT_ONCE).await? {
        let about = About {
            time_zone: silent.zone()?,
            client_id: silent.client_id,
            call_sid: silent.call_sid,
            session_id: silent.session_id,
        };
        let fact =
            Fact::ended(silent.last_event_at, Outcome::Abandoned, "no further event arrived");
        let record = from_system(app, &about, fact, Condition::SilentSince(then));
        if let Err(error) = app.store.record(record).await {
            tracing::debug!(session = about.session_id, "a silent call was not ended: {error}");
        }
    }
    Ok(())
}
