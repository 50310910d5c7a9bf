//! Reads sums of fields. Partial buckets at either end of a range are counted from raw calls.

use super::registry::ValueRegistry;
use super::rows::SumsTable;
use super::sums::{FieldSums, Tally, ValueSums};
use super::value::ALL;
use super::{BUILT_IN, CallWithFields, CountedRow, EVERY_CALL, FIELD_NAMES, field_name_key};
use crate::storage::analytics::spans::{Span, SpanParts, Unit};
use crate::storage::database::pools::query_read;
use crate::storage::{FieldStore, StoreError};
use crate::time;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Direction;
use chrono_tz::Tz;
use sqlx::FromRow;
use std::collections::BTreeMap;

/// Rows of buckets are read for this range at a time, which bounds memory for any range.
const BATCH: Millis = 31 * 24 * 60 * 60 * 1000;

/// The slots into which a span's sums are grouped. They decide which tables can be read.
#[derive(Debug, Clone, Copy)]
enum Slots {
    /// One for the whole span.
    Whole,
    /// Days of a time zone.
    Days(Tz),
    /// Hours, which only buckets tell apart.
    Hours,
}

/// Sums of a span, over all calls and by the values of a field.
#[derive(Debug, Default)]
pub struct FieldTotals {
    pub all: ValueSums,
    pub values: FieldSums,
}

/// A field of a client's calls.
#[derive(Debug, Clone, FromRow)]
pub struct FieldRow {
    pub field: String,
    /// Values that are counted separately.
    pub distinct_values: i64,
    /// Calls with other values.
    pub others: i64,
}

#[derive(FromRow)]
struct SumsRow {
    field: String,
    bucket: Millis,
    sums: String,
}

impl SumsTable {
    /// Returns where to begin reading a range if the next call began in a given bucket. The row of
    /// a day has the day's start, which may be before that bucket.
    fn read_start(self, from: Millis, next_call: Millis) -> Millis {
        match self {
            Self::Buckets => from.max(next_call),
            Self::Days => from,
        }
    }

    /// Returns where one query of a range ends that begins at a time.
    fn read_end(self, at: Millis, until: Millis) -> Millis {
        match self {
            Self::Buckets => at.saturating_add(BATCH).min(until),
            Self::Days => until,
        }
    }
}

impl FieldStore<'_> {
    /// Returns the sums of a span by the values of a field.
    pub async fn sum_by_field(
        self,
        client_id: &str,
        field: &str,
        span: &Span,
    ) -> Result<FieldTotals, StoreError> {
        let mut slots = self.sum_field_by_slot(client_id, field, span, Slots::Whole, |_| 0).await?;
        Ok(slots.remove(&0).unwrap_or_default())
    }

    /// Returns the sums of a span by the values of a field for each day in a time zone that has
    /// calls, numbered from the first day of 1970.
    pub async fn sum_by_field_and_day(
        self,
        client_id: &str,
        field: &str,
        span: &Span,
        zone: Tz,
    ) -> Result<BTreeMap<i64, FieldTotals>, StoreError> {
        let day = |at| Unit::Day.slot_of(at, time::utc_offset(at, zone));
        self.sum_field_by_slot(client_id, field, span, Slots::Days(zone), day).await
    }

    /// Returns the sums over all calls for each day in a time zone, numbered from the first day of
    /// 1970.
    pub async fn sum_by_day(
        self,
        client_id: &str,
        span: &Span,
        zone: Tz,
        direction: Option<Direction>,
    ) -> Result<BTreeMap<i64, Tally>, StoreError> {
        let days = self.sum_by_field_and_day(client_id, EVERY_CALL, span, zone).await?;
        Ok(days.into_iter().map(|(day, of)| (day, of.all.tally(direction))).collect())
    }

    /// Returns the sums over all calls for each hour of the week in a time zone, numbered from the
    /// first hour of 1970's first day, a Thursday.
    pub async fn sum_by_hour_of_week(
        self,
        client_id: &str,
        span: &Span,
        zone: Tz,
        direction: Option<Direction>,
    ) -> Result<BTreeMap<i64, Tally>, StoreError> {
        let hour = |at| Unit::HourOfWeek.slot_of(at, time::utc_offset(at, zone));
        let hours = self.sum_field_by_slot(client_id, EVERY_CALL, span, Slots::Hours, hour).await?;
        Ok(hours.into_iter().map(|(hour, of)| (hour, of.all.tally(direction))).collect())
    }

    /// Returns the fields of a client's calls by name, without built-in fields that no call has.
    pub async fn list_fields(self, client_id: &str) -> Result<Vec<FieldRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT field, CAST(SUM(CASE WHEN value = 'o' THEN 0 ELSE 1 END) AS BIGINT)
                    AS distinct_values,
                CAST(SUM(CASE WHEN value = 'o' THEN calls ELSE 0 END) AS BIGINT) AS others
             FROM field_values WHERE client_id = $1 GROUP BY field ORDER BY field"
        )
        .bind(client_id)
        .fetch_all(db))?)
    }

    /// Returns whether a field is counted.
    pub async fn has_field(self, client_id: &str, field: &str) -> Result<bool, StoreError> {
        if BUILT_IN.contains(&field) {
            return Ok(true);
        }
        let calls: Option<i64> = query_read!(self, |db| sqlx::query_scalar(
            "SELECT calls FROM field_values WHERE client_id = $1 AND field = '' AND value = $2"
        )
        .bind(client_id)
        .bind(field)
        .fetch_optional(db))?;
        Ok(calls.is_some())
    }

    /// Returns the sums of a span, grouped by the slot of each bucket.
    async fn sum_field_by_slot(
        self,
        client_id: &str,
        field: &str,
        span: &Span,
        slots_of: Slots,
        slot: impl Fn(Millis) -> i64,
    ) -> Result<BTreeMap<i64, FieldTotals>, StoreError> {
        let mut slots: BTreeMap<i64, FieldTotals> = BTreeMap::new();
        let Some(span) = self.analytics().clip_to_calls(client_id, span).await? else {
            return Ok(slots);
        };
        let SpanParts { first, last, edges } = span.split_at_buckets();
        // No call began between the last bucket that was read and this one.
        let mut next_call = first;
        for (table, from, until) in self.split_by_table(client_id, (first, last), slots_of).await? {
            let mut at = table.read_start(from, next_call);
            while at < until && next_call < until {
                let next = table.read_end(at, until);
                let rows = self.read_field_rows(table, client_id, field, at, next).await?;
                if rows.is_empty() {
                    next_call = self
                        .analytics()
                        .find_next_bucket(client_id, next, last)
                        .await?
                        .unwrap_or(last);
                }
                for row in rows {
                    let of = slots.entry(slot(row.bucket)).or_default();
                    let mut sums = FieldSums::default();
                    let target = if row.field == EVERY_CALL { &mut sums } else { &mut of.values };
                    target
                        .add_text(&row.sums)
                        .map_err(|error| sqlx::Error::Decode(error.into()))?;
                    if let Some(all) = sums.value_sums(ALL) {
                        of.all.add(all, 1);
                    }
                }
                at = next.max(next_call);
            }
        }
        let mut registry = None;
        for (from, until) in edges {
            for call in self.list_calls_with_fields(client_id, from, until).await? {
                if registry.is_none() {
                    registry = Some(self.read_field_registry(client_id, field).await?);
                }
                let Some(registry) = &registry else { continue };
                let of = slots.entry(slot(call.counted.started_at)).or_default();
                of.add_call(client_id, field, &call, registry);
            }
        }
        Ok(slots)
    }

    /// Splits a range into the tables to read: days if they exist, else buckets; for hours always
    /// buckets. With a time zone, only days that are also days of the zone.
    async fn split_by_table(
        self,
        client_id: &str,
        (first, last): (Millis, Millis),
        slots: Slots,
    ) -> Result<Vec<(SumsTable, Millis, Millis)>, StoreError> {
        let zone = match slots {
            Slots::Whole => None,
            Slots::Days(zone) => Some(zone),
            Slots::Hours => return Ok(vec![(SumsTable::Buckets, first, last)]),
        };
        let days = self.find_summed_days(client_id).await?;
        let days = days.map(|days| days.ranges_within(first, last, zone)).unwrap_or_default();
        let mut stretches = Vec::new();
        let mut at = first;
        for (from, until) in days.into_iter().chain([(last, last)]) {
            if at < from {
                stretches.push((SumsTable::Buckets, at, from));
            }
            if from < until {
                stretches.push((SumsTable::Days, from, until));
            }
            at = until;
        }
        Ok(stretches)
    }

    /// Returns the rows of a field and of all calls. One statement reads both, so they are
    /// consistent.
    async fn read_field_rows(
        self,
        table: SumsTable,
        client_id: &str,
        field: &str,
        from: Millis,
        until: Millis,
    ) -> Result<Vec<SumsRow>, StoreError> {
        let sql = match table {
            SumsTable::Buckets => {
                "SELECT field, bucket, sums FROM field_totals
                 WHERE client_id = $1 AND field IN ('*', $2) AND bucket >= $3 AND bucket < $4"
            }
            SumsTable::Days => {
                "SELECT field, bucket, sums FROM field_days
                 WHERE client_id = $1 AND field IN ('*', $2) AND bucket >= $3 AND bucket < $4"
            }
        };
        Ok(query_read!(self, |db| sqlx::query_as(sql)
            .bind(client_id)
            .bind(field)
            .bind(from)
            .bind(until)
            .fetch_all(db))?)
    }

    /// Returns the calls that began in a part of a bucket.
    async fn list_calls_with_fields(
        self,
        client_id: &str,
        from: Millis,
        until: Millis,
    ) -> Result<Vec<CallWithFields>, StoreError> {
        if from >= until {
            return Ok(Vec::new());
        }
        let rows: Vec<CountedRow> = query_read!(self, |db| sqlx::query_as(
            "SELECT call_sid, started_at, disposition, context, customer, state
             FROM calls
             WHERE client_id = $1 AND started_at >= $2 AND started_at < $3"
        )
        .bind(client_id)
        .bind(from)
        .bind(until)
        .fetch_all(db))?;
        Ok(rows.iter().map(CountedRow::with_fields).collect::<Result<_, _>>()?)
    }

    /// Returns the registry of a field's separate values.
    async fn read_field_registry(
        self,
        client_id: &str,
        field: &str,
    ) -> Result<ValueRegistry, StoreError> {
        let values: Vec<(String, i64)> = query_read!(self, |db| sqlx::query_as(
            "SELECT value, calls FROM field_values WHERE client_id = $1 AND field = $2"
        )
        .bind(client_id)
        .bind(field)
        .fetch_all(db))?;
        Ok(ValueRegistry::of_values(client_id, field, values))
    }
}

impl FieldTotals {
    /// Adds one call.
    fn add_call(
        &mut self,
        client_id: &str,
        field: &str,
        call: &CallWithFields,
        registry: &ValueRegistry,
    ) {
        let line = ValueSums::of_call(&call.counted);
        self.all.add(&line, 1);
        if field == FIELD_NAMES {
            for (field, value) in call.field_values() {
                let name = field_name_key(field, &value);
                let place = registry.counted_value(client_id, FIELD_NAMES, &name);
                self.values.add(&place, &line.calls_only(), 1);
            }
        } else if let Some(value) = call.field_value(field) {
            self.values.add(&registry.counted_value(client_id, field, &value), &line, 1);
        }
    }
}
