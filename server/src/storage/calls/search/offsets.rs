//! Computes a time zone's offsets, for hours and weekdays counted in SQL.

use crate::time::{self, SameOffset};
use call_ribbon_shared::Millis;
use chrono_tz::Tz;

/// Time zones change their offset at whole quarters of an hour of UTC.
const STEP: Millis = 15 * 60 * 1000;
const DAY: Millis = 24 * 60 * 60 * 1000;
/// A number of whole weeks, added to times so that none is negative: databases differ in the
/// division of negative numbers.
pub const SHIFT: Millis = 120_000 * 7 * DAY;

/// A period with a constant offset.
#[derive(Debug, Clone, Copy)]
pub struct Offset {
    pub from: Millis,
    /// The end of the period, exclusive.
    pub until: Millis,
    /// Added to a time before its hour and weekday are computed.
    pub shift: Millis,
}

/// Splits a range where a time zone's offset changes, in order.
pub fn split_at_offset_changes(from: Millis, until: Millis, zone: Tz) -> Vec<Offset> {
    let beginning = from.saturating_sub(from.rem_euclid(STEP));
    let parts = time::same_offsets(beginning, until, STEP, zone);
    let of = |SameOffset { from: part, until, offset }: SameOffset| Offset {
        from: part.max(from),
        until,
        shift: offset + SHIFT,
    };
    parts.into_iter().map(of).collect()
}

/// Converts a day of the week, Sunday being 0, to the number used in SQL: 1 January 1970 was a
/// Thursday.
pub fn sql_weekday(weekday: i64) -> i64 {
    (weekday + 3).rem_euclid(7)
}
