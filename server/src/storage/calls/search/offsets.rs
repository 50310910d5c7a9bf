//! Hours of the day and days of the week, as the database counts them.

use crate::time::{self, SameOffset};
use call_ribbon_shared::Millis;
use chrono_tz::Tz;

/// Zones change their clocks at whole quarters of an hour of UTC.
const STEP: Millis = 15 * 60 * 1000;
const DAY: Millis = 24 * 60 * 60 * 1000;
/// Added to times so that none is below zero, where databases divide another way: whole weeks.
pub const SHIFT: Millis = 120_000 * 7 * DAY;

/// A time with the clocks that hold in it.
#[derive(Debug, Clone, Copy)]
pub struct Offset {
    pub from: Millis,
    /// The first moment at which others hold.
    pub until: Millis,
    /// What is added to a moment before hours and days are counted.
    pub shift: Millis,
}

/// A time, taken apart where a zone's clocks change, in its order.
pub fn between(from: Millis, until: Millis, zone: Tz) -> Vec<Offset> {
    let beginning = from.saturating_sub(from.rem_euclid(STEP));
    let parts = time::same_offsets(beginning, until, STEP, zone);
    let of = |SameOffset { from: part, until, offset }: SameOffset| Offset {
        from: part.max(from),
        until,
        shift: offset + SHIFT,
    };
    parts.into_iter().map(of).collect()
}

/// A day of the week, Sunday being 0, as it is counted: 1970 began with a Thursday.
pub fn counted(weekday: i64) -> i64 {
    (weekday + 3).rem_euclid(7)
}
