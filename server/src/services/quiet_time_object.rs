//! Converts quiet times into the form in which the API lists them.

use crate::storage::{QuietTimeRow, WEEKLY};
use crate::time;
use call_ribbon_shared::wire::{Ended, QuietTime};

/// Returns an entry as answers show it.
pub fn show_quiet_time(row: QuietTimeRow) -> QuietTime {
    let removed = row.removed_at.map(|at| Ended {
        at: time::format(at),
        by: row.removed_by.unwrap_or_default(),
        reason: row.removed_reason.unwrap_or_default(),
    });
    let is_weekly = row.kind == WEEKLY;
    let clock = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
    QuietTime {
        entry_id: row.entry_id,
        phone_number: row.number,
        customer_id: row.customer_id,
        kind: row.kind,
        weekdays: is_weekly
            .then(|| (1..=7).filter(|day| row.weekdays >> (day - 1) & 1 == 1).collect()),
        from: is_weekly.then(|| clock(row.from_minute)),
        to: is_weekly.then(|| clock(row.to_minute)),
        since: time::format(row.since),
        until: row.until.map(time::format),
        reason: row.reason,
        session_id: row.session_id,
        by: row.by_name,
        created_at: time::format(row.created_at),
        removed,
    }
}
