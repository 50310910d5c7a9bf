//! Compares a client's figures with those of as many days before.

use super::dates::DateRange;
use super::forecast::{self, ForecastInput, HISTORY_DAYS};
use super::overview;
use super::scan::{self, ScanRequest};
use crate::services::access::teams::TeamView;
use crate::services::calls::ribbon_init;
use crate::services::{ServiceError, require_feature};
use crate::storage::{Client, Span, Store, Tally, Totals, Unit};
use crate::time::{self, day_start};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Direction;
use call_ribbon_shared::wire::{DayFigures, Forecast, HourOfWeek, Period, Trends, Usage};
use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use std::collections::BTreeMap;

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

    /// Returns when another range must end so that both last equally long: if this range ends today,
    /// at the same time of day; `None` if both consist of whole days.
    fn cut_of(self, other: Self, now: Millis) -> Option<Millis> {
        let today = overview::to_local(now, self.zone).date_naive();
        if self.last != today || other.last >= today {
            return None;
        }
        let next = |day: NaiveDate| day_start(day.succ_opt().unwrap_or(day), self.zone);
        let so_far = now - day_start(self.last, self.zone);
        // On a day of 23 hours, the time of day may not exist.
        Some((day_start(other.last, self.zone) + so_far).min(next(other.last)))
    }

    fn to_span(self) -> Span {
        let next = self.last.succ_opt().unwrap_or(self.last);
        let start = |day| day_start(day, self.zone);
        Span { from: start(self.first), until: start(next), customer_id: None }
    }
}

/// Which calls to count, and what to compare them with.
#[derive(Debug, Clone)]
pub struct TrendsRequest {
    pub range: DayRange,
    /// The days to compare with; `None`: as many days just before.
    pub previous: Option<DayRange>,
    /// Only calls of this direction.
    pub direction: Option<Direction>,
    /// Only calls of agents of these teams; the calls themselves are then counted.
    pub team: Option<TeamView>,
}

/// The calls that the figures are of.
#[derive(Clone, Copy)]
struct Counted<'a> {
    store: &'a Store,
    client: &'a Client,
    direction: Option<Direction>,
    team: Option<&'a TeamView>,
}

impl Counted<'_> {
    /// Sums a team's calls by unit; `None` if all calls count, which sums hold.
    async fn sum_of_team(
        self,
        span: &Span,
        zone: Tz,
        unit: Unit,
    ) -> Result<Option<BTreeMap<i64, Tally>>, ServiceError> {
        let Some(team) = self.team else { return Ok(None) };
        let request = ScanRequest {
            range: DateRange { from: span.from, until: span.until },
            hours: None,
            direction: self.direction,
            team: Some(team.clone()),
            with_sent: false,
        };
        let found = scan::sum_by_unit(self.store, self.client, &request, zone, unit).await?;
        Ok(Some(found.into_iter().map(|(slot, sums)| (slot, sums.tally(None))).collect()))
    }
}

/// Returns the figures of a range and of the one it is compared with, the hours of the week, and the
/// forecast of the month.
pub async fn read_trends(
    store: &Store,
    client: &Client,
    wanted: TrendsRequest,
    now: Millis,
) -> Result<Trends, ServiceError> {
    require_feature(client, overview::FEATURE)?;
    let TrendsRequest { range, previous, direction, team } = wanted;
    let counted = Counted { store, client, direction, team: team.as_ref() };
    let previous = previous.unwrap_or_else(|| range.preceding_range());
    let usage = ribbon_init::client_usage(store, client, now).await?;
    let first = store.calls().find_first_call_time(&client.id).await?;
    Ok(Trends {
        current: read_period(counted, range, None).await?,
        previous: read_period(counted, previous, range.cut_of(previous, now)).await?,
        hours: read_hours(counted, range).await?,
        forecast: read_forecast(store, client, &usage, now).await?,
        first_day: first.map(|at| overview::to_local(at, range.zone).date_naive().to_string()),
        usage,
        active_calls: store.calls().count_active_calls(&client.id).await?,
    })
}

async fn read_period(
    counted: Counted<'_>,
    wanted: DayRange,
    until: Option<Millis>,
) -> Result<Period, ServiceError> {
    let mut span = wanted.to_span();
    span.until = until.unwrap_or(span.until);
    let Counted { store, client, direction, .. } = counted;
    let mut found = match counted.sum_of_team(&span, wanted.zone, Unit::Day).await? {
        Some(found) => found,
        None => store.fields().sum_by_day(&client.id, &span, wanted.zone, direction).await?,
    };
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
        until: until.map(time::format),
        summary: all.figures(),
        days: days.map(of_day).collect(),
    })
}

async fn read_hours(
    counted: Counted<'_>,
    wanted: DayRange,
) -> Result<Vec<HourOfWeek>, ServiceError> {
    let span = wanted.to_span();
    let Counted { store, client, direction, .. } = counted;
    let of = |tally: Tally| HourOfWeek { calls: tally.calls, connected: tally.connected };
    let of_team = counted.sum_of_team(&span, wanted.zone, Unit::HourOfWeek).await?;
    let found: Vec<(i64, HourOfWeek)> = if let Some(hours) = of_team {
        hours.into_iter().map(|(hour, tally)| (hour, of(tally))).collect()
    } else if direction.is_some() {
        let hours = store.fields().sum_by_hour_of_week(&client.id, &span, wanted.zone, direction);
        hours.await?.into_iter().map(|(hour, tally)| (hour, of(tally))).collect()
    } else {
        let hours = store.analytics();
        let hours = hours.sum_calls_by_unit(&client.id, &span, wanted.zone, Unit::HourOfWeek);
        let of = |sums: Totals| HourOfWeek { calls: sums.calls, connected: sums.connected };
        hours.await?.into_iter().map(|(hour, sums)| (hour, of(sums))).collect()
    };
    let mut hours = vec![HourOfWeek { calls: 0, connected: 0 }; HOURS];
    for (hour, figures) in found {
        // Hours begin on Thursday; the API's weeks begin on Sunday.
        let hour = usize::try_from(hour).unwrap_or(0);
        if let Some(of) = hours.get_mut((hour + 4 * 24) % HOURS) {
            *of = figures;
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
