//! Compares a client's figures with those of as many days before.

use super::dates::DateRange;
use super::forecast::{self, ForecastInput, HISTORY_DAYS};
use super::overview;
use crate::services::calls::ribbon_init;
use crate::services::{ServiceError, require_feature};
use crate::storage::{Client, Span, Store, Tally, Unit};
use crate::time::day_start;
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::{DayFigures, Forecast, HourOfWeek, Period, Trends, Usage};
use chrono::{Days, NaiveDate};
use chrono_tz::Tz;

/// The default range in days: a week.
const DAYS: u64 = 7;
/// The most days in one response.
const MOST_DAYS: i64 = 1000;
/// Hours in a week.
const HOURS: usize = 168;

/// A range of whole days in a time zone.
#[derive(Debug, Clone, Copy)]
pub struct DayRange {
    pub first: NaiveDate,
    pub last: NaiveDate,
    pub zone: Tz,
}

impl DayRange {
    /// Parses the ends of a range. A time means its day; a missing end is today, and a missing
    /// start makes a week.
    pub fn parse_ends(
        start: Option<&str>,
        end: Option<&str>,
        zone: Tz,
        now: Millis,
    ) -> Result<Self, ServiceError> {
        let DateRange { from, until } = DateRange::parse_ends(start, end, zone)?;
        let day = |at: Millis| overview::to_local(at, zone).date_naive();
        let last = if end.is_some() { day(until - 1) } else { day(now) };
        let first = match start {
            Some(_) => day(from),
            None => last.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(last),
        };
        let wrong = |sentence: &str| {
            Err(ServiceError::Invalid { field: "startDate", sentence: sentence.to_owned() })
        };
        if first > last {
            return wrong("startDate is after endDate.");
        }
        if (last - first).num_days() >= MOST_DAYS {
            return wrong("startDate is more than 1000 days before endDate.");
        }
        Ok(Self { first, last, zone })
    }

    /// Returns the range of as many days just before this one.
    fn preceding_range(self) -> Self {
        let days = u64::try_from((self.last - self.first).num_days()).unwrap_or(0) + 1;
        let back = |day: NaiveDate| day.checked_sub_days(Days::new(days)).unwrap_or(day);
        Self { first: back(self.first), last: back(self.last), ..self }
    }

    fn to_span(self) -> Span {
        let next = self.last.succ_opt().unwrap_or(self.last);
        let start = |day| day_start(day, self.zone);
        Span { from: start(self.first), until: start(next), customer_id: None }
    }
}

/// Returns the figures of a range and of the one before it, the hours of the week, and the forecast
/// of the month.
pub async fn read_trends(
    store: &Store,
    client: &Client,
    wanted: DayRange,
    now: Millis,
) -> Result<Trends, ServiceError> {
    require_feature(client, overview::FEATURE)?;
    let usage = ribbon_init::client_usage(store, client, now).await?;
    Ok(Trends {
        current: read_period(store, client, wanted).await?,
        previous: read_period(store, client, wanted.preceding_range()).await?,
        hours: read_hours(store, client, wanted).await?,
        forecast: read_forecast(store, client, &usage, now).await?,
        usage,
        active_calls: store.calls().count_active_calls(&client.id).await?,
    })
}

async fn read_period(
    store: &Store,
    client: &Client,
    wanted: DayRange,
) -> Result<Period, ServiceError> {
    let mut found = store.fields().sum_by_day(&client.id, &wanted.to_span(), wanted.zone).await?;
    let mut all = Tally::default();
    for tally in found.values() {
        all.add(tally, 1);
    }
    let days = wanted.first.iter_days().take_while(|day| *day <= wanted.last);
    let of_day = |day: NaiveDate| {
        let number = (day - NaiveDate::default()).num_days();
        let figures = found.remove(&number).unwrap_or_default().figures();
        DayFigures { date: day.to_string(), figures }
    };
    Ok(Period {
        start_date: wanted.first.to_string(),
        end_date: wanted.last.to_string(),
        summary: all.figures(),
        days: days.map(of_day).collect(),
    })
}

async fn read_hours(
    store: &Store,
    client: &Client,
    wanted: DayRange,
) -> Result<Vec<HourOfWeek>, ServiceError> {
    let found = store
        .analytics()
        .sum_calls_by_unit(&client.id, &wanted.to_span(), wanted.zone, Unit::HourOfWeek)
        .await?;
    let mut hours = vec![HourOfWeek { calls: 0, connected: 0 }; HOURS];
    for (hour, totals) in found {
        // Hours begin on Thursday; the API's weeks begin on Sunday.
        let hour = usize::try_from(hour).unwrap_or(0);
        if let Some(of) = hours.get_mut((hour + 4 * 24) % HOURS) {
            *of = HourOfWeek { calls: totals.calls, connected: totals.connected };
        }
    }
    Ok(hours)
}

/// Forecasts the client's month in the client's own time zone.
async fn read_forecast(
    store: &Store,
    client: &Client,
    usage: &Usage,
    now: Millis,
) -> Result<Forecast, ServiceError> {
    let zone = client.time_zone;
    let today = overview::to_local(now, zone).date_naive();
    let first = today.checked_sub_days(Days::new(HISTORY_DAYS)).unwrap_or(today);
    let span = DayRange { first, last: today, zone }.to_span();
    let days = store.analytics().sum_calls_by_unit(&client.id, &span, zone, Unit::Day).await?;
    let days =
        days.into_iter().map(|(day, totals)| (overview::date_of_day(day), totals.calls)).collect();
    let first = store.calls().find_first_call_time(&client.id).await?;
    Ok(forecast::forecast_month(&ForecastInput {
        today,
        first: first.map(|at| overview::to_local(at, zone).date_naive()),
        days: &days,
        usage,
    }))
}
