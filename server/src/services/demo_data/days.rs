//! Distributes calls over days, and over the hours of a day.

use super::business::Business;
use super::random::Random;
use crate::time::day_start;
use call_ribbon_shared::Millis;
use chrono::{Datelike as _, Days, NaiveDate};

const HOUR: Millis = 60 * 60 * 1000;

/// The days of a business, with the number of calls of each.
#[derive(Debug)]
pub struct Plan {
    /// Each day with its number of calls, in order.
    pub days: Vec<(NaiveDate, u64)>,
}

impl Plan {
    /// Distributes calls over days, of which `until` is the last, as a business works.
    pub fn new(business: &Business, seed: u64, calls: u64, days: u64, until: NaiveDate) -> Self {
        let first = until.checked_sub_days(Days::new(days.saturating_sub(1))).unwrap_or(until);
        let days: Vec<NaiveDate> = first.iter_days().take_while(|day| *day <= until).collect();
        let weights: Vec<u64> =
            days.iter().enumerate().map(|(n, day)| day_weight(business, seed, n, *day)).collect();
        let all: u64 = weights.iter().sum::<u64>().max(1);
        // Rounding the running total, rather than each day, makes the days add up to all calls.
        let share = |sum: u64| {
            let share = u128::from(calls) * u128::from(sum) / u128::from(all);
            u64::try_from(share).unwrap_or(calls)
        };
        let mut sum = 0;
        let days = days.into_iter().zip(weights).map(|(day, weight)| {
            let before = share(sum);
            sum += weight;
            (day, share(sum) - before)
        });
        Self { days: days.collect() }
    }
}

/// Returns how busy a day is, relative to others: by weekday and holiday, growing over the year,
/// with some weeks of a campaign, and with some randomness.
fn day_weight(business: &Business, seed: u64, n: usize, day: NaiveDate) -> u64 {
    let weekday = usize::try_from(day.weekday().num_days_from_monday()).unwrap_or(0);
    let usual = business.week.get(weekday).copied().unwrap_or(0);
    let growth = 1000 + u64::try_from(n).unwrap_or(0);
    let campaign = if day.iso_week().week() % 11 < 2 { 130 } else { 100 };
    let chance =
        85 + Random::from_parts(&[seed, business.share, u64::from(day.ordinal())]).next_below(31);
    let holiday = if business.holidays.contains(&(day.month(), day.day())) { 10 } else { 1 };
    usual * growth * campaign * chance / holiday
}

/// Returns the times at which a day's calls begin, in order.
pub fn start_times(
    business: &Business,
    day: NaiveDate,
    calls: u64,
    random: &mut Random,
) -> Vec<Millis> {
    let midnight = day_start(day, business.zone);
    let mut starts: Vec<Millis> = (0..calls)
        .map(|_| {
            let hour = i64::try_from(random.weighted_index(&business.day)).unwrap_or(0);
            midnight + hour * HOUR + random.next_millis(HOUR)
        })
        .collect();
    starts.sort_unstable();
    starts
}

#[cfg(test)]
mod tests {
    use super::super::business::ALL;
    use super::*;

    #[test]
    fn the_days_have_all_calls_and_a_holiday_has_few() {
        let until = NaiveDate::from_ymd_opt(2025, 12, 31).unwrap();
        for business in &ALL {
            let plan = Plan::new(business, 1, 100_003, 365, until);
            assert_eq!(plan.days.len(), 365);
            assert_eq!(plan.days.iter().map(|(_, calls)| calls).sum::<u64>(), 100_003);
            let christmas = plan.days.iter().find(|(day, _)| day.ordinal() == 359).unwrap();
            assert!(christmas.1 < 100, "{christmas:?}");
        }
    }
}
