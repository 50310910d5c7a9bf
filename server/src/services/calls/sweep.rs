//! Ends abandoned calls, which would otherwise stay active.

use super::records::{CallRef, from_system};
use super::telephony::Telephony;
use crate::storage::{Condition, StoreError};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Fact, Outcome};
use std::time::Duration;

/// How often to look for abandoned calls.
pub const INTERVAL: Duration = Duration::from_mins(1);
/// Calls per pass; the next pass takes the rest.
const BATCH: i64 = 1000;

/// Marks calls as abandoned that had no event for this time.
pub async fn sweep_once(telephony: &Telephony, patience: Duration) {
    if let Err(error) = end_abandoned_calls(telephony, patience).await {
        tracing::warn!("silent calls could not be read: {error}");
    }
}

async fn end_abandoned_calls(telephony: &Telephony, patience: Duration) -> Result<(), StoreError> {
    let patience = Millis::try_from(patience.as_millis()).unwrap_or(Millis::MAX);
    let then = telephony.now().saturating_sub(patience);
    for silent in telephony.store.calls().system_list_silent_calls(then, BATCH).await? {
        let call_ref = CallRef {
            time_zone: silent.parse_time_zone()?,
            client_id: silent.client_id,
            call_sid: silent.call_sid,
            session_id: silent.session_id,
        };
        let fact =
            Fact::new_end(silent.last_event_at, Outcome::Abandoned, "no further event arrived");
        let record = from_system(telephony, &call_ref, fact, Condition::SilentSince(then));
        if let Err(error) = telephony.store.record(record).await {
            tracing::debug!(session = call_ref.session_id, "a silent call was not ended: {error}");
        }
    }
    Ok(())
}
