//! Lists an agent's past calls and open follow-ups.

use crate::services::call_object::noted_call;
use crate::services::{ServiceError, cursor};
use crate::storage::{
    Client, FollowUpFilter, HistoryFilter, LogPosition, LogRowKey, Portion, Store,
};
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::{CallHistory, FollowUps};

/// How long an open follow-up is shown after it is due: ninety days.
pub const SHOWN_FOR: Millis = 90 * 24 * 60 * 60 * 1000;

/// Returns a page of calls, the newest first.
pub async fn list_calls(
    store: &Store,
    client: &Client,
    filter: HistoryFilter,
) -> Result<CallHistory, ServiceError> {
    // One more than requested shows whether there is another page.
    let wanted = HistoryFilter { most: filter.most.saturating_add(1), ..filter };
    let Portion { mut rows, cut } = store.calls().list_call_history(&client.id, &wanted).await?;
    let page = usize::try_from(filter.most).unwrap_or(usize::MAX);
    let more = cut || rows.len() > page;
    rows.truncate(page);
    let last = rows.last().filter(|_| more);
    let next_cursor = last.map(|last| {
        let key = LogRowKey::Call(last.call.call_sid.clone());
        cursor::write_place(&LogPosition { at: last.call.started_at, key })
    });
    let calls = rows.into_iter().map(noted_call).collect();
    Ok(CallHistory { calls, next_cursor, total: None, searched_to: None })
}

/// Returns open follow-ups in the order in which they are due.
pub async fn list_follow_ups(
    store: &Store,
    client: &Client,
    filter: &FollowUpFilter,
) -> Result<FollowUps, ServiceError> {
    let Portion { rows, cut } = store.calls().list_follow_ups(&client.id, filter).await?;
    Ok(FollowUps { follow_ups: rows.into_iter().map(noted_call).collect(), truncated: cut })
}
