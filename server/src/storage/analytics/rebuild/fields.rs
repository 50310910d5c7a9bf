//! Recounts the sums of fields.

use super::RecountedRange;
use crate::storage::analytics::fields::{
    self, CallWithFields, EVERY_CALL, FieldDeltas, FieldSums, RowKey, SumsTable, correct_values,
    counted_name,
};
use crate::storage::database::pools::{Tx, query_read, query_tx, retry_tx};
use crate::storage::locks::lock_head;
use crate::storage::{AnalyticsStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;
use std::collections::BTreeMap;

/// Rows read at a time.
const PAGE: i64 = 1_000;

#[derive(FromRow)]
struct SumsRow {
    bucket: Millis,
    sums: String,
}

/// Corrects the sums of fields of a range by its calls; returns how many rows differed.
pub(super) async fn correct_field_rows(
    tx: &mut Tx,
    client_id: &str,
    from: Millis,
    until: Millis,
    calls: &[CallWithFields],
) -> Result<usize, StoreError> {
    let mut counted = FieldDeltas::default();
    for call in calls {
        counted.count_call(client_id, call, 1);
    }
    let registry = counted.read_registry(tx).await?;
    let right = counted.by_counted_value(&registry);
    let mut kept: BTreeMap<RowKey, String> = BTreeMap::new();
    for field in list_field_names(tx, client_id).await? {
        let rows: Vec<SumsRow> = query_tx!(*tx, |db| sqlx::query_as(
            "SELECT bucket, sums FROM field_totals
             WHERE client_id = $1 AND field = $2 AND bucket >= $3 AND bucket < $4"
        )
        .bind(client_id)
        .bind(&field)
        .bind(from)
        .bind(until)
        .fetch_all(db))?;
        for SumsRow { bucket, sums } in rows {
            kept.insert((client_id.to_owned(), field.clone(), bucket), sums);
        }
    }
    let mut texts: BTreeMap<&RowKey, String> =
        kept.keys().map(|key| (key, String::new())).collect();
    texts.extend(right.iter().map(|(key, sums)| (key, sums.to_text())));
    texts.retain(|key, text| kept.get(*key).is_none_or(|kept| kept != text));
    // The counts of values change by the difference between the right rows and the stored ones.
    let changes: BTreeMap<RowKey, FieldSums> = texts
        .keys()
        .map(|key| {
            let mut change = right.get(*key).cloned().unwrap_or_default();
            let mut was = FieldSums::default();
            // An unreadable row counts as empty.
            if kept.get(*key).is_some_and(|text| was.add_text(text).is_ok()) {
                change.add_all(&was, -1);
            }
            ((*key).clone(), change)
        })
        .collect();
    registry.with_changed_values(tx, &changes).await?.write_counts(tx, &changes).await?;
    fields::write_rows(tx, SumsTable::Buckets, &texts).await?;
    Ok(texts.len())
}

/// Returns a client's fields that have any row.
async fn list_field_names(tx: &mut Tx, client_id: &str) -> Result<Vec<String>, sqlx::Error> {
    // Jumps from each field's first row to the next field's, without reading the rows between.
    let fields: Vec<Option<String>> = query_tx!(*tx, |db| sqlx::query_scalar(
        "WITH RECURSIVE found (field) AS (
            SELECT MIN(field) FROM field_totals WHERE client_id = $1
            UNION ALL
            SELECT (SELECT MIN(t.field) FROM field_totals t
                WHERE t.client_id = $1 AND t.field > found.field)
            FROM found WHERE found.field IS NOT NULL
         )
         SELECT field FROM found"
    )
    .bind(client_id)
    .fetch_all(db))?;
    Ok(fields.into_iter().flatten().collect())
}

impl AnalyticsStore<'_> {
    /// Returns a client's fields that have any stored row or value.
    pub async fn list_stored_fields(self, client_id: &str) -> Result<Vec<String>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT DISTINCT field FROM field_totals WHERE client_id = $1
             UNION SELECT DISTINCT field FROM field_values WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_all(db))?)
    }

    /// Recounts how many calls have each value of a field, from the field's rows, which must have
    /// been recounted before.
    pub async fn recount_values(
        self,
        client_id: &str,
        field: &str,
    ) -> Result<RecountedRange, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            lock_head(&mut tx, client_id).await?;
            let right = sum_calls_by_value(&mut tx, client_id, field).await?;
            let kept: Vec<(String, i64)> = query_tx!(tx, |db| sqlx::query_as(
                "SELECT value, calls FROM field_values WHERE client_id = $1 AND field = $2"
            )
            .bind(client_id)
            .bind(field)
            .fetch_all(db))?;
            let kept: BTreeMap<String, i64> = kept.into_iter().collect();
            let wrong: Vec<(&str, i64)> = right
                .iter()
                .filter(|(value, calls)| kept.get(*value) != Some(calls))
                .map(|(value, calls)| (value.as_str(), *calls))
                .collect();
            let gone: Vec<&str> = kept
                .keys()
                .filter(|value| !right.contains_key(*value))
                .map(String::as_str)
                .collect();
            correct_values(&mut tx, client_id, field, &wrong, &gone).await?;
            tx.commit().await?;
            Ok(RecountedRange { calls: 0, repaired: wrong.len() + gone.len(), next: None })
        })
    }
}

/// Returns how many calls have each value, by all rows of a field.
async fn sum_calls_by_value(
    tx: &mut Tx,
    client_id: &str,
    field: &str,
) -> Result<BTreeMap<String, i64>, StoreError> {
    let mut right: BTreeMap<String, i64> = BTreeMap::new();
    if field == EVERY_CALL {
        return Ok(right);
    }
    let mut from = Millis::MIN;
    loop {
        let rows: Vec<SumsRow> = query_tx!(*tx, |db| sqlx::query_as(
            "SELECT bucket, sums FROM field_totals
             WHERE client_id = $1 AND field = $2 AND bucket >= $3 ORDER BY bucket LIMIT $4"
        )
        .bind(client_id)
        .bind(field)
        .bind(from)
        .bind(PAGE)
        .fetch_all(db))?;
        let mut sums = FieldSums::default();
        for row in &rows {
            sums.add_text(&row.sums).map_err(|error| sqlx::Error::Decode(error.into()))?;
        }
        for (value, line) in sums.nonzero_values() {
            if let Some(name) = counted_name(field, value) {
                *right.entry(name.to_owned()).or_default() += line.calls();
            }
        }
        let Some(last) = rows.last() else { break };
        from = last.bucket.saturating_add(1);
    }
    right.retain(|_, calls| *calls > 0);
    Ok(right)
}
