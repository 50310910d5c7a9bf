//! Stores the public holidays that a client has entered.

use crate::storage::access::audit::{Stamp, insert_audit};
use crate::storage::database::pools::Column::Text;
use crate::storage::database::pools::{BulkInsert, SqlValue, Tx, query_read, query_tx, retry_tx};
use crate::storage::locks::lock_client;
use crate::storage::{PermissionStore, StoreError};
use sqlx::FromRow;

const HOLIDAYS: BulkInsert = BulkInsert {
    table: "holidays",
    columns: &[Text("client_id"), Text("region"), Text("day"), Text("name")],
    conflict: "",
};

/// A public holiday.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct HolidayRow {
    /// Such as `AU` or `US-AL`.
    pub region: String,
    /// Such as `2026-12-25`.
    pub day: String,
    pub name: String,
}

/// Those of two regions, a country and a part of it.
const OF_CALL: &str = "
    SELECT region, day, name FROM holidays
    WHERE client_id = $1 AND region IN ($2, $3) AND day >= $4 AND day <= $5
    ORDER BY region, day";

impl PermissionStore<'_> {
    /// Returns all holidays of a client, by date.
    pub async fn list_holidays(self, client_id: &str) -> Result<Vec<HolidayRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT region, day, name FROM holidays WHERE client_id = $1 ORDER BY day, region"
        )
        .bind(client_id)
        .fetch_all(db))?)
    }

    /// Replaces all holidays of a client. Returns false if the client does not exist.
    pub async fn replace_holidays(
        self,
        client_id: &str,
        holidays: &[HolidayRow],
        stamp: Stamp<'_>,
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(false);
            }
            query_tx!(tx, |db| sqlx::query("DELETE FROM holidays WHERE client_id = $1")
                .bind(client_id)
                .execute(db))?;
            let mut cells = Vec::with_capacity(holidays.len() * HOLIDAYS.columns.len());
            for one in holidays {
                cells.extend([
                    SqlValue::from(client_id),
                    (&one.region).into(),
                    (&one.day).into(),
                    (&one.name).into(),
                ]);
            }
            HOLIDAYS.insert_rows(&mut tx, cells).await?;
            insert_audit(&mut tx, client_id, "holidays.changed", None, stamp).await?;
            tx.commit().await?;
            Ok(true)
        })
    }

    /// Returns the holidays of regions from a day to another, both included.
    pub async fn find_holidays(
        self,
        client_id: &str,
        regions: [&str; 2],
        (from, to): (&str, &str),
    ) -> Result<Vec<HolidayRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(OF_CALL)
            .bind(client_id)
            .bind(regions[0])
            .bind(regions[1])
            .bind(from)
            .bind(to)
            .fetch_all(db))?)
    }
}

/// Returns the same as [`PermissionStore::find_holidays`], within a transaction.
pub(in crate::storage) async fn holidays_for_call(
    tx: &mut Tx,
    client_id: &str,
    regions: [&str; 2],
    (from, to): (&str, &str),
) -> Result<Vec<HolidayRow>, sqlx::Error> {
    query_tx!(*tx, |db| sqlx::query_as(OF_CALL)
        .bind(client_id)
        .bind(regions[0])
        .bind(regions[1])
        .bind(from)
        .bind(to)
        .fetch_all(db))
}
