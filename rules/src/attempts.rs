//! Rules that count earlier attempts.

use crate::facts::{Attempt, AttemptResult, AttemptTo, Facts};
use crate::hours::{day_start_after, local_date};
use crate::pack::{Per, Window};
use call_ribbon_shared::Millis;
use chrono::Days;
use chrono_tz::Tz;

const HOUR: Millis = 60 * 60 * 1000;

/// Attempts that have used up what is permitted.
#[derive(Debug, PartialEq, Eq)]
pub struct UsedUp {
    pub made: u32,
    /// When another attempt is permitted.
    pub until: Millis,
}

/// Returns the attempts in a window before `now` if they are `most` or more. If the called person
/// may be in several zones, the one that permits the next attempt last counts.
pub fn find_used_up(
    facts: &Facts<'_>,
    (most, window): (u32, Window),
    per: Per,
    unreached: bool,
    now: Millis,
) -> Option<UsedUp> {
    let counts = |attempt: &&Attempt<'_>| {
        attempt.at <= now
            && !attempt.consented
            && (unreached || attempt.result > AttemptResult::Unreached)
    };
    let mut times: Vec<Millis> = facts
        .attempts
        .iter()
        .filter(|attempt| is_counted(attempt, per, facts))
        .filter(counts)
        .map(|attempt| attempt.at)
        .collect();
    times.sort_unstable();
    match window {
        Window::Hours(hours) => {
            let length = Millis::from(hours) * HOUR;
            find_in_window(&times, most, |at| at > now - length, |at| at + length)
        }
        Window::Days(days) => facts
            .zones
            .iter()
            .filter_map(|zone| {
                let first =
                    local_date(now, *zone).checked_sub_days(Days::new(u64::from(days - 1)))?;
                let within = |at| local_date(at, *zone) >= first;
                find_in_window(&times, most, within, |at| day_start_after(at, days, *zone))
            })
            .max_by_key(|used| used.until),
    }
}

/// Counts sorted times; `ends` returns when an attempt leaves the window.
fn find_in_window(
    times: &[Millis],
    most: u32,
    within: impl Fn(Millis) -> bool,
    ends: impl Fn(Millis) -> Millis,
) -> Option<UsedUp> {
    let first = times.partition_point(|at| !within(*at));
    let counted = &times[first..];
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    // Another attempt is permitted when all but `most - 1` have left.
    let leaving = counted.len().checked_sub(most)?;
    let made = u32::try_from(counted.len()).unwrap_or(u32::MAX);
    counted.get(leaving).map(|at| UsedUp { made, until: ends(*at) })
}

/// Returns the latest conversation if it is less than some days ago, and when the days are over. The
/// day of the conversation is the first.
pub fn find_recent_talk(
    facts: &Facts<'_>,
    days: u32,
    per: Per,
    now: Millis,
) -> Option<(Millis, Millis)> {
    let talked = facts.attempts.iter().filter(|attempt| {
        attempt.result == AttemptResult::Talked
            && !attempt.consented
            && attempt.at <= now
            && is_counted(attempt, per, facts)
    });
    let last = talked.map(|attempt| attempt.at).max()?;
    let end = |zone: &Tz| day_start_after(last, days, *zone);
    let until = facts.zones.iter().map(end).max()?;
    (now < until).then_some((last, until))
}

fn is_counted(attempt: &Attempt<'_>, per: Per, facts: &Facts<'_>) -> bool {
    match per {
        Per::Customer => attempt.to != AttemptTo::Number,
        Per::Number => attempt.to != AttemptTo::Customer,
        Per::Account => {
            attempt.account.is_none() || facts.account.is_none() || attempt.account == facts.account
        }
    }
}
