//! Recounts the sums of fields.

use super::Stretch;
use crate::storage::analytics::fields::{
    self, Counting, EVERY_CALL, FieldDeltas, RowKey, Sums, Table, counted_as, put_right,
};
use crate::storage::database::pools::{Tx, again, reading, within};
use crate::storage::recording::group::lock_head;
use crate::storage::{Store, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;
use std::collections::BTreeMap;

/// Rows read at a time.
const PAGE: i64 = 1_000;

#[derive(FromRow)]
struct Row {
    bucket: Millis,
    sums: String,
}

/// Corrects the sums of fields of a range by its calls; returns how many rows differed.
pub(super) async fn correct(
    tx: &mut Tx,
    client_id: &str,
    from: Millis,
    until: Millis,
    calls: &[Counting],
) -> Result<usize, StoreError> {
    let mut counted = FieldDeltas::default();
    for call in calls {
        counted.count(client_id, call, 1);
    }
    let registry = counted.registry(tx).await?;
    let right = counted.placed(&registry);
    let mut kept: BTreeMap<RowKey, String> = BTreeMap::new();
    for field in all_fields(tx, client_id).await? {
        let rows: Vec<Row> = within!(*tx, |db| sqlx::query_as(
            "SELECT bucket, sums FROM field_totals
             WHERE client_id = $1 AND field = $2 AND bucket >= $3 AND bucket < $4"
        )
        .bind(client_id)
        .bind(&field)
        .bind(from)
        .bind(until)
        .fetch_all(db))?;
        for Row { bucket, sums } in rows {
            kept.insert((client_id.to_owned(), field.clone(), bucket), sums);
        }
    }
    let mut texts: BTreeMap<&RowKey, String> =
        kept.keys().map(|key| (key, String::new())).collect();
    texts.extend(right.iter().map(|(key, sums)| (key, sums.written())));
    texts.retain(|key, text| kept.get(*key).is_none_or(|kept| kept != text));
    // The counts of values change by the difference between the right rows and the stored ones.
    let changes: BTreeMap<RowKey, Sums> = texts
        .keys()
        .map(|key| {
            let mut change = right.get(*key).cloned().unwrap_or_default();
            let mut was = Sums::default();
            // An unreadable row counts as empty.
            if kept.get(*key).is_some_and(|text| was.read(text).is_ok()) {
                change.add_all(&was, -1);
            }
            ((*key).clone(), change)
        })
        .collect();
    registry.and_of(tx, &changes).await?.write(tx, &changes).await?;
    fields::put(tx, Table::Quarters, &texts).await?;
    Ok(texts.len())
}

/// Returns a client's fields that have any row.
async fn all_fields(tx: &mut Tx, client_id: &str) -> Result<Vec<String>, sqlx::Error> {
    // Jumps from each field's first row to the next field's, without reading the rows between.
    let fields: Vec<Option<String>> = within!(*tx, |db| sqlx::query_scalar(
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

impl Store {
    /// Returns a client's fields that have any stored row or value.
    pub async fn fields_kept(&self, client_id: &str) -> Result<Vec<String>, StoreError> {
        Ok(reading!(self, |db| sqlx::query_scalar(
            "SELECT DISTINCT field FROM field_totals WHERE client_id = $1
             UNION SELECT DISTINCT field FROM field_values WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_all(db))?)
    }

    /// Recounts how many calls have each value of a field, from the field's rows, which must have
    /// been recounted before.
    pub async fn recount_values(
        &self,
        client_id: &str,
        field: &str,
    ) -> Result<Stretch, StoreError> {
        again!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            lock_head(&mut tx, client_id).await?;
            let right = added_up(&mut tx, client_id, field).await?;
            let kept: Vec<(String, i64)> = within!(tx, |db| sqlx::query_as(
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
            put_right(&mut tx, client_id, field, &wrong, &gone).await?;
            tx.commit().await?;
            Ok(Stretch { calls: 0, repaired: wrong.len() + gone.len(), next: None })
        })
    }
}

/// Returns how many calls have each value, by all rows of a field.
async fn added_up(
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
        let rows: Vec<Row> = within!(*tx, |db| sqlx::query_as(
            "SELECT bucket, sums FROM field_totals
             WHERE client_id = $1 AND field = $2 AND bucket >= $3 ORDER BY bucket LIMIT $4"
        )
        .bind(client_id)
        .bind(field)
        .bind(from)
        .bind(PAGE)
        .fetch_all(db))?;
        let mut sums = Sums::default();
        for row in &rows {
            sums.read(&row.sums).map_err(|error| sqlx::Error::Decode(error.into()))?;
        }
        for (value, line) in sums.lines() {
            if let Some(name) = counted_as(field, value) {
                *right.entry(name.to_owned()).or_default() += line.calls();
            }
        }
        let Some(last) = rows.last() else { break };
        from = last.bucket.saturating_add(1);
    }
    right.retain(|_, calls| *calls > 0);
    Ok(right)
}
