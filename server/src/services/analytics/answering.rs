//! How fast incoming calls are answered.

use super::overview;
use super::scan::{self, ScanRequest};
use crate::services::{ServiceError, require_feature};
use crate::storage::{Client, ScannedCall, Store};
use crate::time::utc_offset;
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::{AnsweredCalls, Answering};
use chrono_tz::Tz;

const SECOND: Millis = 1000;
const HOUR: Millis = 60 * 60 * SECOND;
const HOURS: usize = 24;

/// Counts the incoming calls of a scan, and those that were answered within so many seconds. Hours are
/// those of the zone.
pub async fn count_answers(
    store: &Store,
    client: &Client,
    scan: ScanRequest,
    zone: Tz,
    within: i64,
) -> Result<Answering, ServiceError> {
    require_feature(client, overview::FEATURE)?;
    let mut all = AnsweredCalls::default();
    let mut hours = vec![AnsweredCalls::default(); HOURS];
    let mut longest_wait = 0;
    let counted_from = scan::for_each_call(store, client, &scan, |call| {
        let Some((counts, wait)) = count_call(call, within) else { return };
        longest_wait = longest_wait.max(wait.unwrap_or(0));
        add(&mut all, counts);
        let at = call.fields.counted.started_at;
        let hour = at.saturating_add(utc_offset(at, zone)).div_euclid(HOUR).rem_euclid(24);
        if let Some(of) = usize::try_from(hour).ok().and_then(|hour| hours.get_mut(hour)) {
            add(of, counts);
        }
    })
    .await?;
    Ok(Answering { within, all, longest_wait, hours, counted_from })
}

/// Returns what a call counts as, and how long its caller waited for an answer; `None` if the call
/// still rings.
fn count_call(call: &ScannedCall, within: i64) -> Option<(AnsweredCalls, Option<i64>)> {
    let counted = &call.fields.counted;
    let seconds = |until: Millis| (until - counted.started_at).max(0) / SECOND;
    let mut counts = AnsweredCalls { calls: 1, ..Default::default() };
    if counted.totals().connected == 0 {
        counts.lost_seconds = seconds(counted.ended_at?);
        return Some((counts, None));
    }
    counts.answered = 1;
    let wait = counted.connected_at.map(seconds);
    match wait {
        Some(wait) => {
            counts.wait_seconds = wait;
            counts.in_time = i64::from(wait <= within);
        }
        None => counts.wait_unknown = 1,
    }
    Some((counts, wait))
}

fn add(sums: &mut AnsweredCalls, more: AnsweredCalls) {
    sums.calls += more.calls;
    sums.answered += more.answered;
    sums.in_time += more.in_time;
    sums.wait_unknown += more.wait_unknown;
    sums.wait_seconds += more.wait_seconds;
    sums.lost_seconds += more.lost_seconds;
}
