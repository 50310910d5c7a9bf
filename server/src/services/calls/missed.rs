//! Lists the callers whom an agent has to call back.

use crate::services::ServiceError;
use crate::services::call_object::noted_call;
use crate::storage::{CallWithNotes, Client, MissedFilter, Portion, Store};
use call_ribbon_shared::wire::{MissedCaller, MissedCalls};
use std::collections::HashMap;

/// Calls that one request examines at most: the newest ones.
const MOST_CALLS: i64 = 500;

/// Returns the callers of missed calls that were not called back, each once: the latest first.
pub async fn list_missed_callers(
    store: &Store,
    client: &Client,
    filter: MissedFilter,
) -> Result<MissedCalls, ServiceError> {
    let most = usize::try_from(filter.most).unwrap_or(usize::MAX);
    let filter = MissedFilter { most: MOST_CALLS, ..filter };
    let Portion { rows, cut } = store.calls().list_missed_calls(&client.id, &filter).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|rows| rows >= MOST_CALLS);
    let (missed_calls, more) = group_by_number(rows, most);
    Ok(MissedCalls { missed_calls, truncated: cut || full || more })
}

/// Groups calls, the newest first, by number. Returns at most `most` groups, and whether there are
/// more.
fn group_by_number(rows: Vec<CallWithNotes>, most: usize) -> (Vec<MissedCaller>, bool) {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut callers: Vec<MissedCaller> = Vec::new();
    for row in rows {
        let number = row.call.phone.clone().unwrap_or_default();
        let place = *places.entry(number).or_insert(callers.len());
        if let Some(caller) = callers.get_mut(place) {
            caller.count += 1;
        } else {
            callers.push(MissedCaller { count: 1, last_call: noted_call(row) });
        }
    }
    let more = callers.len() > most;
    callers.truncate(most);
    (callers, more)
}
