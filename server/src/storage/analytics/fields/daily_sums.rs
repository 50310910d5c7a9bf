//! Daily sums, stored beside those of 15 minutes, so that a long range costs one row per day.
//!
//! A day is summed once it is some days old. From then on, each change of its calls changes both
//! sums in one transaction. Days begin where the client's days began when its first day was summed;
//! requests in a time zone whose days begin elsewhere are answered from the buckets.

use super::rows::{RowKey, SumsTable, write_rows};
use super::sums::FieldSums;
use crate::storage::database::pools::{Tx, query_read, query_tx, retry_tx, select_by_keys};
use crate::storage::locks::lock_head;
use crate::storage::{FieldStore, StoreError};
use crate::time::{self, SameOffset};
use call_ribbon_shared::Millis;
use chrono_tz::Tz;
use sqlx::FromRow;
use std::collections::{BTreeMap, BTreeSet};

const DAY: Millis = 24 * 60 * 60 * 1000;
/// Days are not summed until they are this old, as most of their changes are still to come.
const RECENT: Millis = 2 * DAY;
/// Days that are summed in one transaction.
const BATCH: Millis = 7 * DAY;

const READ: &str = "
    SELECT d.client_id, d.until, d.begins
    FROM asked a CROSS JOIN field_days_until d WHERE d.client_id = a.client_id";

/// The range of a client's summed days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct SummedDays {
    /// Start of the first day that is not summed.
    pub until: Millis,
    /// Offset of the days' start after midnight UTC.
    begins: Millis,
}

#[derive(FromRow)]
struct SumsRow {
    bucket: Millis,
    sums: String,
}

impl SummedDays {
    /// Returns the start of the day that contains a time.
    pub fn day_floor(self, at: Millis) -> Millis {
        at.saturating_sub((at.saturating_sub(self.begins)).rem_euclid(DAY))
    }

    /// Returns the start of the first day at or after a time.
    pub fn day_ceil(self, at: Millis) -> Millis {
        let floor = self.day_floor(at);
        if floor == at { at } else { floor.saturating_add(DAY) }
    }

    /// Returns the ranges within `from..until`, in order, whose days can be read in place of their
    /// buckets. With a time zone, only days that are also days of the zone.
    pub fn ranges_within(
        self,
        from: Millis,
        until: Millis,
        zone: Option<Tz>,
    ) -> Vec<(Millis, Millis)> {
        let until = until.min(self.until);
        if from >= until {
            return Vec::new();
        }
        let parts = match zone {
            Some(zone) => time::same_offsets(from, until, super::BUCKET, zone),
            None => vec![SameOffset { from, until, offset: -self.begins }],
        };
        let alike = parts.iter().filter(|part| (part.offset + self.begins).rem_euclid(DAY) == 0);
        let days = alike.map(|part| (self.day_ceil(part.from), self.day_floor(part.until)));
        days.filter(|(from, until)| from < until).collect()
    }
}

/// Returns the summed days of these clients.
pub async fn read_summed_days(
    tx: &mut Tx,
    clients: &BTreeSet<&str>,
) -> Result<BTreeMap<String, SummedDays>, sqlx::Error> {
    let keys: Vec<(&str, &str)> = clients.iter().map(|client_id| (*client_id, "")).collect();
    let rows: Vec<(String, Millis, Millis)> = select_by_keys(tx, &keys, READ).await?;
    Ok(rows.into_iter().map(|(id, until, begins)| (id, SummedDays { until, begins })).collect())
}

/// Converts changes of buckets to changes of the summed days.
pub fn changes_by_day(
    changes: &BTreeMap<RowKey, FieldSums>,
    days: &BTreeMap<String, SummedDays>,
) -> BTreeMap<RowKey, FieldSums> {
    let mut of_days: BTreeMap<RowKey, FieldSums> = BTreeMap::new();
    for ((client_id, field, bucket), sums) in changes {
        if let Some(days) = days.get(client_id).filter(|days| *bucket < days.until) {
            let key = (client_id.clone(), field.clone(), days.day_floor(*bucket));
            of_days.entry(key).or_default().add_all(sums, 1);
        }
    }
    of_days
}

impl FieldStore<'_> {
    /// Returns the range of a client's summed days.
    pub async fn find_summed_days(self, client_id: &str) -> Result<Option<SummedDays>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT until, begins FROM field_days_until WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?)
    }

    /// Sums the next days that are old enough; returns whether more remain.
    pub async fn sum_days(
        self,
        client_id: &str,
        zone: Tz,
        now: Millis,
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            lock_head(&mut tx, client_id).await?;
            let kept = read_summed_days(&mut tx, &BTreeSet::from([client_id])).await?;
            let Some(days) = (match kept.get(client_id) {
                Some(days) => Some(*days),
                None => first_summed_day(&mut tx, client_id, zone, now).await?,
            }) else {
                return Ok(false);
            };
            let last = days.day_floor(now.saturating_sub(RECENT));
            if days.until >= last {
                return Ok(false);
            }
            let until = days.until.saturating_add(BATCH).min(last);
            correct_days(&mut tx, client_id, days, (days.until, until)).await?;
            query_tx!(tx, |db| sqlx::query(
                "INSERT INTO field_days_until (client_id, until, begins) VALUES ($1, $2, $3)
                 ON CONFLICT (client_id) DO UPDATE SET until = excluded.until"
            )
            .bind(client_id)
            .bind(until)
            .bind(days.begins)
            .execute(db))?;
            tx.commit().await?;
            Ok(until < last)
        })
    }

    /// Recounts some days, the first from a time on, from their buckets, which must have been
    /// recounted before. Returns how many rows differed and where to continue.
    pub async fn recount_days(
        self,
        client_id: &str,
        from: Millis,
    ) -> Result<(usize, Option<Millis>), StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            lock_head(&mut tx, client_id).await?;
            let kept = read_summed_days(&mut tx, &BTreeSet::from([client_id])).await?;
            let first: Option<Millis> = query_tx!(tx, |db| sqlx::query_scalar(
                "SELECT MIN(at) FROM (
                    SELECT MIN(bucket) AS at FROM totals WHERE client_id = $1
                    UNION ALL
                    SELECT MIN(bucket) FROM field_days WHERE client_id = $1
                 ) AS firsts"
            )
            .bind(client_id)
            .fetch_one(db))?;
            let (Some(days), Some(first)) = (kept.get(client_id).copied(), first) else {
                return Ok((0, None));
            };
            let from = days.day_floor(from.max(first));
            let until = from.saturating_add(BATCH).min(days.until);
            if from >= until {
                return Ok((0, None));
            }
            let repaired = correct_days(&mut tx, client_id, days, (from, until)).await?;
            tx.commit().await?;
            Ok((repaired, (until < days.until).then_some(until)))
        })
    }
}

/// Returns an empty range that begins with the client's first day; `None` if it has no calls.
async fn first_summed_day(
    tx: &mut Tx,
    client_id: &str,
    zone: Tz,
    now: Millis,
) -> Result<Option<SummedDays>, sqlx::Error> {
    let first: Option<Millis> = query_tx!(*tx, |db| sqlx::query_scalar(
        "SELECT MIN(bucket) FROM totals WHERE client_id = $1"
    )
    .bind(client_id)
    .fetch_one(db))?;
    let begins = (-time::utc_offset(now, zone)).rem_euclid(DAY);
    let days = SummedDays { until: 0, begins };
    Ok(first.map(|first| SummedDays { until: days.day_floor(first), ..days }))
}

/// Corrects the days in a range; returns how many rows differed.
async fn correct_days(
    tx: &mut Tx,
    client_id: &str,
    days: SummedDays,
    (from, until): (Millis, Millis),
) -> Result<usize, StoreError> {
    let fields: Vec<String> = query_tx!(*tx, |db| sqlx::query_scalar(
        "SELECT DISTINCT value FROM field_values WHERE client_id = $1 AND field = ''
         UNION SELECT DISTINCT field FROM field_days WHERE client_id = $1"
    )
    .bind(client_id)
    .fetch_all(db))?;
    let fields: BTreeSet<&str> = super::BUILT_IN
        .into_iter()
        .chain([super::EVERY_CALL, super::FIELD_NAMES])
        .chain(fields.iter().map(String::as_str))
        .collect();
    let mut changed = 0;
    for field in fields {
        let rows: Vec<SumsRow> = query_tx!(*tx, |db| sqlx::query_as(
            "SELECT bucket, sums FROM field_totals
             WHERE client_id = $1 AND field = $2 AND bucket >= $3 AND bucket < $4"
        )
        .bind(client_id)
        .bind(field)
        .bind(from)
        .bind(until)
        .fetch_all(db))?;
        let kept: Vec<SumsRow> = query_tx!(*tx, |db| sqlx::query_as(
            "SELECT bucket, sums FROM field_days
             WHERE client_id = $1 AND field = $2 AND bucket >= $3 AND bucket < $4"
        )
        .bind(client_id)
        .bind(field)
        .bind(from)
        .bind(until)
        .fetch_all(db))?;
        let mut right: BTreeMap<Millis, FieldSums> =
            kept.iter().map(|row| (row.bucket, FieldSums::default())).collect();
        for row in rows {
            let sums = right.entry(days.day_floor(row.bucket)).or_default();
            sums.add_text(&row.sums).map_err(|error| sqlx::Error::Decode(error.into()))?;
        }
        let kept: BTreeMap<Millis, String> =
            kept.into_iter().map(|row| (row.bucket, row.sums)).collect();
        let wrong: Vec<(RowKey, String)> = right
            .iter()
            .map(|(day, sums)| (*day, sums.to_text()))
            .filter(|(day, text)| kept.get(day).is_none_or(|kept| kept != text))
            .map(|(day, text)| ((client_id.to_owned(), field.to_owned(), day), text))
            .collect();
        changed += wrong.len();
        write_rows(
            tx,
            SumsTable::Days,
            &wrong.iter().map(|(key, text)| (key, text.clone())).collect(),
        )
        .await?;
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{America, Asia};

    const HOUR: Millis = 60 * 60 * 1000;

    #[test]
    fn days_are_read_where_they_are_days_of_the_zone() {
        // Kolkata's days begin at 18:30 in UTC.
        let days = SummedDays { until: 100 * DAY, begins: 18 * HOUR + HOUR / 2 };
        assert_eq!(days.day_floor(0), -(5 * HOUR + HOUR / 2));
        assert_eq!(days.day_ceil(days.day_floor(0)), days.day_floor(0));
        let whole = vec![(days.day_ceil(0), days.day_floor(10 * DAY))];
        assert_eq!(days.ranges_within(0, 10 * DAY, Some(Asia::Kolkata)), whole);
        assert_eq!(days.ranges_within(0, 10 * DAY, None), whole);
        assert_eq!(days.ranges_within(0, 10 * DAY, Some(Tz::UTC)), []);
        assert_eq!(days.ranges_within(0, 200 * DAY, None)[0].1, days.day_floor(100 * DAY));
        assert_eq!(days.ranges_within(200 * DAY, 210 * DAY, None), []);
        // New York's days are these in winter only.
        let days = SummedDays { until: Millis::MAX, begins: 5 * HOUR };
        let year = days.ranges_within(0, 365 * DAY, Some(America::New_York));
        assert_eq!(year.len(), 2);
        assert!(year[0].1 < year[1].0);
    }
}
