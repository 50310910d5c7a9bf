//! Counts the fields of calls that were stored before fields were counted. Runs once per database.
//!
//! It runs before anything else changes a call. If it is interrupted, the next start repeats it
//! with the same result.

use crate::storage::analytics::fields::{EVERY_CALL, Line, RowKey, Sums, Table, put};
use crate::storage::analytics::totals::Totals;
use crate::storage::clients::retention::counted_from;
use crate::storage::database::pools::{again, reading, within};
use crate::storage::recording::group::lock_head;
use crate::storage::{Store, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;
use std::collections::BTreeMap;

/// The setting that says that it was done.
const DONE: &str = "fields_counted";
/// Calls counted in one transaction.
const AT_ONCE: i64 = 10_000;

#[derive(FromRow)]
struct Standing {
    bucket: Millis,
    #[sqlx(flatten)]
    totals: Totals,
}

#[derive(FromRow)]
struct StandingDisposition {
    bucket: Millis,
    disposition: String,
    calls: i64,
}

impl Store {
    /// Counts the fields of all calls, if that was never done.
    pub async fn system_count_fields_once(&self) -> Result<(), StoreError> {
        let done: Option<String> =
            reading!(self, |db| sqlx::query_scalar("SELECT value FROM settings WHERE name = $1")
                .bind(DONE)
                .fetch_optional(db))?;
        if done.is_some() {
            return Ok(());
        }
        for client_id in self.system_client_ids().await? {
            self.take_over_standing(&client_id).await?;
            let (mut calls, mut from) = (0, Some(Millis::MIN));
            while let Some(begin) = from {
                let stretch = self.recount(&client_id, begin, AT_ONCE).await?;
                calls += stretch.calls;
                from = stretch.next;
                if calls > 0 {
                    tracing::info!(client = client_id, calls, "counting by field, this once");
                }
            }
        }
        self.system_setting(DONE, "yes").await?;
        Ok(())
    }

    /// Adds the number and dispositions of removed calls, whose totals are kept, to the sums of
    /// fields.
    async fn take_over_standing(&self, client_id: &str) -> Result<(), StoreError> {
        again!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            lock_head(&mut tx, client_id).await?;
            let until = counted_from(&mut tx, client_id).await?;
            let all: Vec<Standing> = within!(tx, |db| sqlx::query_as(
                "SELECT bucket, calls, inbound, outbound, missed, connected, duration, to_30s,
                        to_1m, to_3m, to_5m, over_5m
                 FROM totals WHERE client_id = $1 AND bucket < $2"
            )
            .bind(client_id)
            .bind(until)
            .fetch_all(db))?;
            let judged: Vec<StandingDisposition> = within!(tx, |db| sqlx::query_as(
                "SELECT bucket, disposition, calls FROM disposition_totals
                 WHERE client_id = $1 AND bucket < $2"
            )
            .bind(client_id)
            .bind(until)
            .fetch_all(db))?;
            let mut rows: BTreeMap<RowKey, Sums> = BTreeMap::new();
            let mut row = |field: &str, bucket, value: &str, line: &Line| {
                let key = (client_id.to_owned(), field.to_owned(), bucket);
                rows.entry(key).or_default().add(value, line, 1);
            };
            for Standing { bucket, totals } in &all {
                row(EVERY_CALL, *bucket, "a", &Line::standing(totals));
            }
            for StandingDisposition { bucket, disposition, calls } in &judged {
                let outbound = Totals { calls: *calls, outbound: *calls, ..Totals::default() };
                let value = if disposition == "other" { "l" } else { &format!("t{disposition}") };
                row("disposition", *bucket, value, &Line::standing(&outbound));
            }
            put(
                &mut tx,
                Table::Quarters,
                &rows.iter().map(|(key, sums)| (key, sums.written())).collect(),
            )
            .await?;
            within!(tx, |db| sqlx::query("DELETE FROM disposition_totals WHERE client_id = $1")
                .bind(client_id)
                .execute(db))?;
            tx.commit().await?;
            Ok::<_, StoreError>(())
        })?;
        self.recount_values(client_id, "disposition").await?;
        Ok(())
    }
}
