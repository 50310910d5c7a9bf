//! Reads and writes rows of sums in bulk.

use super::sums::FieldSums;
use crate::storage::database::pools::Column::{Int, Text};
use crate::storage::database::pools::{BulkInsert, Tx, select_by_keys};
use call_ribbon_shared::Millis;
use std::collections::BTreeMap;

const PUT: BulkInsert = BulkInsert {
    table: "field_totals",
    columns: &[Text("client_id"), Text("field"), Int("bucket"), Text("sums")],
    conflict: "ON CONFLICT (client_id, field, bucket) DO UPDATE SET sums = excluded.sums",
};

const PUT_DAYS: BulkInsert = BulkInsert { table: "field_days", ..PUT };

// A key of two parts: the bucket in twenty characters, and the field.
const READ: &str = "
    SELECT t.client_id, t.field, t.bucket, t.sums
    FROM asked a CROSS JOIN field_totals t
    WHERE t.client_id = a.client_id AND t.field = SUBSTR(a.name, 21)
      AND t.bucket = CAST(SUBSTR(a.name, 1, 20) AS BIGINT)";

const REMOVE: &str = "
    DELETE FROM field_totals WHERE (client_id, field, bucket) IN (
        SELECT a.client_id, SUBSTR(a.name, 21), CAST(SUBSTR(a.name, 1, 20) AS BIGINT)
        FROM asked a)";

const READ_DAYS: &str = "
    SELECT t.client_id, t.field, t.bucket, t.sums
    FROM asked a CROSS JOIN field_days t
    WHERE t.client_id = a.client_id AND t.field = SUBSTR(a.name, 21)
      AND t.bucket = CAST(SUBSTR(a.name, 1, 20) AS BIGINT)";

const REMOVE_DAYS: &str = "
    DELETE FROM field_days WHERE (client_id, field, bucket) IN (
        SELECT a.client_id, SUBSTR(a.name, 21), CAST(SUBSTR(a.name, 1, 20) AS BIGINT)
        FROM asked a)";

/// The table that holds the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SumsTable {
    Buckets,
    Days,
}

/// A client, a field and a bucket.
pub type RowKey = (String, String, Millis);

/// Rows of sums with a transaction's changes applied.
#[derive(Debug)]
pub struct Rows {
    table: SumsTable,
    sums: BTreeMap<RowKey, FieldSums>,
}

impl Rows {
    /// Reads the rows that change, and applies the changes.
    pub async fn read_and_apply(
        tx: &mut Tx,
        table: SumsTable,
        changes: &BTreeMap<RowKey, FieldSums>,
    ) -> Result<Self, sqlx::Error> {
        let read = if table == SumsTable::Days { READ_DAYS } else { READ };
        let names: Vec<(&str, String)> = changes
            .keys()
            .map(|(client_id, field, bucket)| (client_id.as_str(), row_name(field, *bucket)))
            .collect();
        let found: Vec<(String, String, Millis, String)> =
            select_by_keys(tx, &as_pairs(&names), read).await?;
        let mut rows = Self { table, sums: changes.clone() };
        for (client_id, field, bucket, text) in found {
            let sums = rows.sums.entry((client_id, field, bucket)).or_default();
            sums.add_text(&text).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        }
        Ok(rows)
    }

    /// Writes the rows in the order of their keys; empty ones are deleted.
    pub async fn write(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        let texts = self.sums.iter().map(|(key, sums)| (key, sums.to_text()));
        write_rows(tx, self.table, &texts.collect()).await
    }
}

/// Writes rows; those with an empty text are deleted.
pub async fn write_rows(
    tx: &mut Tx,
    table: SumsTable,
    rows: &BTreeMap<&RowKey, String>,
) -> Result<(), sqlx::Error> {
    let (insert, remove) = match table {
        SumsTable::Buckets => (PUT, REMOVE),
        SumsTable::Days => (PUT_DAYS, REMOVE_DAYS),
    };
    let (mut cells, mut gone) = (Vec::new(), Vec::new());
    for ((client_id, field, bucket), text) in rows {
        if text.is_empty() {
            gone.push((client_id.as_str(), row_name(field, *bucket)));
        } else {
            cells.extend([client_id.into(), field.into(), (*bucket).into(), text.into()]);
        }
    }
    insert.insert_rows(tx, cells).await?;
    select_by_keys::<(i64,)>(tx, &as_pairs(&gone), remove).await?;
    Ok(())
}

/// Encodes bucket and field as one text.
fn row_name(field: &str, bucket: Millis) -> String {
    format!("{bucket:020}{field}")
}

fn as_pairs<'n>(names: &'n [(&'n str, String)]) -> Vec<(&'n str, &'n str)> {
    names.iter().map(|(client_id, name)| (*client_id, name.as_str())).collect()
}
