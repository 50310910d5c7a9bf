//! Figures about a client's calls, computed from the totals.

use super::dates::DateRange;
use crate::services::call_object::call_object;
use crate::services::calls::ribbon_init;
use crate::services::{ServiceError, require_feature};
use crate::storage::{Client, FieldSums, Portion, Span, Store, Totals, Unit};
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::{
    Analytics, DetailedAnalytics, DurationBuckets, Summary, TopCustomer,
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// The plan's feature that figures require.
pub const FEATURE: &str = "analytics";
/// Customers in the list of top customers.
const TOP: usize = 10;
/// Recent calls in a detailed response.
const RECENT: i64 = 10;
/// The name under which dispositions are counted that are not listed separately.
const OTHER_DISPOSITIONS: &str = "other";
/// The most dispositions that are listed; without a configured list a client may have any number.
const MOST_DISPOSITIONS: usize = 200;
/// In ranges of fewer days, days without a call are listed with 0. A request may be for all days
/// from the year 1 on.
const MOST_EMPTY_DAYS: i64 = 1000;

/// Which calls to count.
#[derive(Debug)]
pub struct OverviewRequest {
    /// When the calls began; an open end includes all time.
    pub range: DateRange,
    /// The time zone of hours and days.
    pub zone: Tz,
    /// Only calls with this customer.
    pub customer_id: Option<String>,
}

/// Parses a time zone's name.
pub fn parse_time_zone(name: &str) -> Result<Tz, ServiceError> {
    // In a query string a plus sign is a space, and some zones' names have one (Etc/GMT+5).
    name.trim().replace(' ', "+").parse().map_err(|_| ServiceError::Invalid {
        field: "timezone",
        sentence: "timezone is not a time zone; write its name, like Asia/Kolkata.".to_owned(),
    })
}

/// Returns sums, calls by date, and at most `limit` of the latest calls.
pub async fn read_overview(
    store: &Store,
    client: &Client,
    wanted: OverviewRequest,
    limit: i64,
    now: Millis,
) -> Result<Analytics, ServiceError> {
    require_feature(client, FEATURE)?;
    let OverviewRequest { range, zone, customer_id } = wanted;
    let span = Span { from: range.from, until: range.until, customer_id };
    let days = store.analytics().sum_calls_by_unit(&client.id, &span, zone, Unit::Day).await?;
    let Portion { rows: recent, cut } =
        store.analytics().list_recent_calls(&client.id, &span, limit).await?;
    Ok(Analytics {
        summary: to_summary(&sum_totals(&days)),
        calls_by_date: calls_by_date(&days, range, zone),
        recent_calls: recent.into_iter().map(call_object).collect(),
        truncated: cut,
        usage: ribbon_init::client_usage(store, client, now).await?,
    })
}

/// Returns sums, calls by hour, weekday, customer and duration, and the latest calls.
pub async fn read_detailed(
    store: &Store,
    client: &Client,
    wanted: OverviewRequest,
) -> Result<DetailedAnalytics, ServiceError> {
    require_feature(client, FEATURE)?;
    let OverviewRequest { range, zone, customer_id } = wanted;
    let span = Span { from: range.from, until: range.until, customer_id };
    let hours =
        store.analytics().sum_calls_by_unit(&client.id, &span, zone, Unit::HourOfWeek).await?;
    let sums = sum_totals(&hours);
    let top = store.analytics().find_top_customers(&client.id, &span, sums.calls, TOP).await?;
    let recent = store.analytics().list_recent_calls(&client.id, &span, RECENT).await?.rows;
    let dispositions = store.fields().sum_by_field(&client.id, "disposition", &span).await?.values;
    let mut by_hour: BTreeMap<u32, i64> = (0..24).map(|hour| (hour, 0)).collect();
    let mut by_day: BTreeMap<u32, i64> = (0..7).map(|day| (day, 0)).collect();
    for (hour, totals) in &hours {
        let hour = u32::try_from(*hour).unwrap_or(0);
        // Hours begin on Thursday; the API's weeks begin on Sunday, its 0.
        *by_hour.entry(hour % 24).or_default() += totals.calls;
        *by_day.entry((hour / 24 + 4) % 7).or_default() += totals.calls;
    }
    Ok(DetailedAnalytics {
        summary: to_summary(&sums),
        calls_by_hour: by_hour,
        calls_by_day_of_week: by_day,
        top_customers: top
            .into_iter()
            .map(|customer| TopCustomer {
                customer_id: customer.customer_id,
                customer_name: customer.name,
                phone_number: customer.phone,
                call_count: customer.calls,
                total_duration: customer.duration,
            })
            .collect(),
        duration_buckets: DurationBuckets {
            to_30s: sums.to_30s,
            to_1m: sums.to_1m,
            to_3m: sums.to_3m,
            to_5m: sums.to_5m,
            over_5m: sums.over_5m,
        },
        connected_calls: sums.connected,
        recent_activity: recent.into_iter().map(call_object).collect(),
        dispositions: count_dispositions(&dispositions),
    })
}

/// Returns the most frequent dispositions, and the sum of all others.
fn count_dispositions(sums: &FieldSums) -> BTreeMap<String, i64> {
    let mut order: Vec<(&str, i64)> = Vec::new();
    let mut rest = 0;
    for (value, line) in sums.nonzero_values() {
        match value.strip_prefix('t') {
            Some(text) => order.push((text, line.calls())),
            None => rest += line.calls(),
        }
    }
    order.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    rest += order.iter().skip(MOST_DISPOSITIONS).map(|(_, calls)| calls).sum::<i64>();
    order.truncate(MOST_DISPOSITIONS);
    let mut counts: BTreeMap<String, i64> =
        order.into_iter().map(|(text, calls)| (text.to_owned(), calls)).collect();
    if rest > 0 {
        *counts.entry(OTHER_DISPOSITIONS.to_owned()).or_default() += rest;
    }
    counts
}

fn sum_totals(slots: &BTreeMap<i64, Totals>) -> Totals {
    let mut sums = Totals::default();
    for totals in slots.values() {
        sums.add(totals, 1);
    }
    sums
}

fn to_summary(sums: &Totals) -> Summary {
    Summary {
        total_calls: sums.calls,
        total_duration: sums.duration,
        // Half a second rounds up.
        avg_duration: (2 * sums.duration + sums.calls) / (2 * sums.calls).max(1),
        inbound_calls: sums.inbound,
        outbound_calls: sums.outbound,
        missed_calls: sums.missed,
    }
}

/// Returns calls by local date, with 0 for each day of the range without a call. An open end is the
/// first or last day with a call.
fn calls_by_date(
    slots: &BTreeMap<i64, Totals>,
    range: DateRange,
    zone: Tz,
) -> BTreeMap<String, i64> {
    let mut days: BTreeMap<NaiveDate, i64> =
        slots.iter().map(|(day, totals)| (date_of_day(*day), totals.calls)).collect();
    let given = |at: Millis, open: Millis| (at != open).then(|| to_local(at, zone).date_naive());
    let first =
        given(range.from, Millis::MIN).or_else(|| days.first_key_value().map(|(day, _)| *day));
    let last = given(range.until.saturating_sub(1), Millis::MAX - 1)
        .or_else(|| days.last_key_value().map(|(day, _)| *day));
    if let (Some(first), Some(last)) = (first, last)
        && (last - first).num_days() < MOST_EMPTY_DAYS
    {
        for day in first.iter_days().take_while(|day| *day <= last) {
            days.entry(day).or_default();
        }
    }
    days.into_iter().map(|(day, calls)| (day.format("%Y-%m-%d").to_string(), calls)).collect()
}

/// Returns the date of a day, numbered from the first day of 1970.
pub fn date_of_day(day: i64) -> NaiveDate {
    let since = TimeDelta::try_days(day).unwrap_or_default();
    NaiveDate::default().checked_add_signed(since).unwrap_or_default()
}

/// Returns a time in a time zone.
pub fn to_local(at: Millis, zone: Tz) -> DateTime<Tz> {
    DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default().with_timezone(&zone)
}
