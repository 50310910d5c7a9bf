//! Removes events and calls when a client's retention period ends.
//!
//! A call is removed with its events and notes, but its sums stay: they name nobody. Totals of
//! events serve only the pages of the log, so they count the events that are still stored and
//! decrease with each removed event. Each client has a time before which a recount counts nothing
//! (`counted_from`), so that a recount does not remove the sums of removed calls. The transaction
//! that removes calls also advances it. A call that has not ended holds it back.
//!
//! Events of earlier calls are still accepted. Such a call may be new, or the repeat of a removed
//! one; this is no longer known. It is counted while it is stored and subtracted when it is
//! removed in turn, so the sums of that time end as they were.

use crate::storage::analytics::counted_from::read_counted_from;
use crate::storage::analytics::fields::CountedRow;
use crate::storage::analytics::totals::{BUCKET, TotalsDeltas, bucket_floor};
use crate::storage::database::pools::{Tx, query_read, query_tx, retry_tx};
use crate::storage::locks::lock_head;
use crate::storage::{ClientStore, StoreError};
use crate::time;
use call_ribbon_shared::Millis;
use chrono_tz::Tz;
use sqlx::FromRow;

/// A client's retention periods in days; `None` keeps the rows for ever.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromRow)]
pub struct Retention {
    /// Events, except for the latest event of each call.
    pub events_days: Option<i64>,
    /// Calls that have ended.
    pub calls_days: Option<i64>,
}

/// Counts of removed rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromRow)]
pub struct RemovedCounts {
    pub calls: i64,
    pub events: i64,
    pub notes: i64,
}

/// A removed event.
#[derive(FromRow)]
struct RemovedEvent {
    at: Millis,
    event: String,
}

impl ClientStore<'_> {
    /// Returns a client's retention periods.
    pub async fn find_retention(self, client_id: &str) -> Result<Retention, StoreError> {
        let row: Option<Retention> = query_read!(self, |db| sqlx::query_as(
            "SELECT events_days, calls_days FROM retention WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?;
        Ok(row.unwrap_or_default())
    }

    /// Returns the ids of the clients with a retention period.
    pub async fn system_clients_with_retention(self) -> Result<Vec<String>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT client_id FROM retention
             WHERE events_days IS NOT NULL OR calls_days IS NOT NULL ORDER BY client_id"
        )
        .fetch_all(db))?)
    }

    /// Returns the time from which a client's totals match its stored calls. The only stored calls
    /// from before that time are those that were logged too late.
    pub async fn find_counted_from(self, client_id: &str) -> Result<Millis, StoreError> {
        let kept: Option<Option<Millis>> = query_read!(self, |db| sqlx::query_scalar(
            "SELECT counted_from FROM retention WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?;
        Ok(kept.flatten().unwrap_or(Millis::MIN))
    }

    /// Returns the time before which events of a client may have been removed.
    pub async fn find_events_until(self, client_id: &str) -> Result<Millis, StoreError> {
        let kept: Option<Option<Millis>> = query_read!(self, |db| sqlx::query_scalar(
            "SELECT events_until FROM retention WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?;
        Ok(kept.flatten().unwrap_or(Millis::MIN))
    }

    /// Counts what would be removed: events from before the first time, and calls that began before
    /// the second.
    pub async fn count_removable(
        self,
        client_id: &str,
        events_before: Millis,
        calls_before: Millis,
    ) -> Result<RemovedCounts, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT
                (SELECT COUNT(*) FROM calls c
                 WHERE c.client_id = $1 AND c.started_at < $3 AND c.status <> 'active') AS calls,
                (SELECT COUNT(*) FROM events e
                 JOIN calls c ON c.client_id = e.client_id AND c.call_seq = e.call_seq
                 WHERE e.client_id = $1 AND c.status <> 'active'
                   AND (c.started_at < $3 OR (e.at < $2 AND e.seq <> c.last_seq))) AS events,
                (SELECT COUNT(*) FROM call_notes n
                 JOIN calls c ON c.client_id = n.client_id AND c.call_sid = n.call_sid
                 WHERE n.client_id = $1 AND c.started_at < $3 AND c.status <> 'active') AS notes"
        )
        .bind(client_id)
        .bind(events_before)
        .bind(bucket_floor(calls_before))
        .fetch_one(db))?)
    }

    /// Removes about `about` events with times in `from..before`, of calls that have ended. The
    /// latest event of each call stays, because the call is listed with it. Returns how many were
    /// removed and where to continue; `None` if no more exist.
    ///
    /// Reading without a lock is safe: a call that has ended stays so, and the latest event of a
    /// call is only ever replaced by a newer one. The lock protects the totals.
    pub async fn remove_events(
        self,
        client_id: &str,
        from: Millis,
        before: Millis,
        about: i64,
    ) -> Result<Option<(i64, Millis)>, StoreError> {
        let found: Vec<Millis> = query_read!(self, |db| sqlx::query_scalar(
            "SELECT e.at FROM events e
             JOIN calls c ON c.client_id = e.client_id AND c.call_seq = e.call_seq
             WHERE e.client_id = $1 AND e.at >= $2 AND e.at < $3
               AND c.status <> 'active' AND c.last_seq <> e.seq
             ORDER BY e.at LIMIT $4"
        )
        .bind(client_id)
        .bind(from)
        .bind(before)
        .bind(about)
        .fetch_all(db))?;
        let (Some(first), Some(last)) = (found.first(), found.last()) else { return Ok(None) };
        let went = retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            lock_head(&mut tx, client_id).await?;
            let gone: Vec<RemovedEvent> = query_tx!(tx, |db| sqlx::query_as(
                "DELETE FROM events WHERE client_id = $1 AND at >= $2 AND at <= $3
                   AND EXISTS (SELECT c.call_sid FROM calls c
                    WHERE c.client_id = events.client_id AND c.call_seq = events.call_seq
                      AND c.status <> 'active' AND c.last_seq <> events.seq)
                 RETURNING at, event"
            )
            .bind(client_id)
            .bind(first)
            .bind(last)
            .fetch_all(db))?;
            subtract_events(&mut tx, client_id, &gone).await?;
            query_tx!(tx, |db| sqlx::query(
                "UPDATE retention SET events_until = $2
                 WHERE client_id = $1 AND COALESCE(events_until, $2) <= $2"
            )
            .bind(client_id)
            .bind(last.saturating_add(1))
            .execute(db))?;
            tx.commit().await?;
            Ok::<_, StoreError>(gone.len())
        })?;
        Ok(Some((i64::try_from(went).unwrap_or(i64::MAX), last.saturating_add(1))))
    }

    /// Removes about `about` ended calls that began before a time, the oldest first, with their
    /// events and notes. Returns what was removed, and whether more exist.
    pub async fn remove_calls(
        self,
        client_id: &str,
        time_zone: Tz,
        before: Millis,
        about: i64,
    ) -> Result<(RemovedCounts, bool), StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            // The lock keeps every server from changing this client's calls.
            lock_head(&mut tx, client_id).await?;
            let counted_from = read_counted_from(&mut tx, client_id).await?;
            let (until, more) =
                find_range_end(&mut tx, client_id, counted_from, before, about).await?;
            subtract_late_calls(&mut tx, client_id, time_zone, counted_from).await?;
            let gone = delete_calls(&mut tx, client_id, until).await?;
            query_tx!(tx, |db| sqlx::query(
                "UPDATE retention SET counted_from = $2 WHERE client_id = $1"
            )
            .bind(client_id)
            .bind(until)
            .execute(db))?;
            tx.commit().await?;
            Ok((gone, more))
        })
    }
}

/// Returns where a range of about `about` calls ends, which is at the end of a bucket, and whether
/// more calls follow.
async fn find_range_end(
    tx: &mut Tx,
    client_id: &str,
    from: Millis,
    before: Millis,
    about: i64,
) -> Result<(Millis, bool), sqlx::Error> {
    let active: Option<Millis> = query_tx!(*tx, |db| sqlx::query_scalar(
        "SELECT MIN(started_at) FROM calls
         WHERE client_id = $1 AND status = 'active' AND started_at >= $2"
    )
    .bind(client_id)
    .bind(from)
    .fetch_one(db))?;
    let until = bucket_floor(before).min(active.map_or(Millis::MAX, bucket_floor)).max(from);
    let next: Option<Millis> = query_tx!(*tx, |db| {
        sqlx::query_scalar(
        "SELECT started_at FROM calls WHERE client_id = $1 AND started_at >= $2 AND started_at < $3
         ORDER BY started_at LIMIT 1 OFFSET $4"
    )
    .bind(client_id)
    .bind(from)
    .bind(until)
    .bind(about)
    .fetch_optional(db)
    })?;
    let end = next.map_or(until, |next| bucket_floor(next).saturating_add(BUCKET).min(until));
    Ok((end, end < until))
}

/// Subtracts calls that were logged late, from before `counted_from`, from totals and monthly
/// usage.
async fn subtract_late_calls(
    tx: &mut Tx,
    client_id: &str,
    time_zone: Tz,
    counted_from: Millis,
) -> Result<(), sqlx::Error> {
    let late: Vec<CountedRow> = query_tx!(*tx, |db| sqlx::query_as(
        "SELECT call_sid, started_at, disposition, context, customer, state
             FROM calls
         WHERE client_id = $1 AND started_at < $2 AND status <> 'active'"
    )
    .bind(client_id)
    .bind(counted_from)
    .fetch_all(db))?;
    let mut deltas = TotalsDeltas::default();
    for call in &late {
        deltas.replace_call(client_id, Some(&call.with_fields()?), None);
        query_tx!(*tx, |db| sqlx::query(
            "UPDATE usage SET calls = calls - 1 WHERE client_id = $1 AND month = $2"
        )
        .bind(client_id)
        .bind(time::month(call.started_at(), time_zone))
        .execute(db))?;
    }
    deltas.write(tx).await
}

/// Removes the ended calls from before a time, and all rows that belong to them.
async fn delete_calls(
    tx: &mut Tx,
    client_id: &str,
    until: Millis,
) -> Result<RemovedCounts, sqlx::Error> {
    let events: Vec<RemovedEvent> = query_tx!(*tx, |db| sqlx::query_as(
        "DELETE FROM events WHERE client_id = $1 AND call_seq IN (
            SELECT call_seq FROM calls
            WHERE client_id = $1 AND started_at < $2 AND status <> 'active')
         RETURNING at, event"
    )
    .bind(client_id)
    .bind(until)
    .fetch_all(db))?;
    subtract_events(tx, client_id, &events).await?;
    let notes = query_tx!(*tx, |db| sqlx::query(
        "DELETE FROM call_notes WHERE client_id = $1 AND call_sid IN (
            SELECT call_sid FROM calls
            WHERE client_id = $1 AND started_at < $2 AND status <> 'active')"
    )
    .bind(client_id)
    .bind(until)
    .execute(db))?;
    query_tx!(*tx, |db| sqlx::query(
        "DELETE FROM promises WHERE client_id = $1 AND call_sid IN (
            SELECT call_sid FROM calls
            WHERE client_id = $1 AND started_at < $2 AND status <> 'active')"
    )
    .bind(client_id)
    .bind(until)
    .execute(db))?;
    query_tx!(*tx, |db| sqlx::query(
        "DELETE FROM missed_calls WHERE client_id = $1 AND call_sid IN (
            SELECT call_sid FROM calls
            WHERE client_id = $1 AND started_at < $2 AND status <> 'active')"
    )
    .bind(client_id)
    .bind(until)
    .execute(db))?;
    query_tx!(*tx, |db| sqlx::query(
        "DELETE FROM provider_calls WHERE client_id = $1 AND call_sid IN (
            SELECT call_sid FROM calls
            WHERE client_id = $1 AND started_at < $2 AND status <> 'active')"
    )
    .bind(client_id)
    .bind(until)
    .execute(db))?;
    query_tx!(*tx, |db| sqlx::query("DELETE FROM payments WHERE client_id = $1 AND paid_at < $2")
        .bind(client_id)
        .bind(until)
        .execute(db))?;
    query_tx!(*tx, |db| sqlx::query(
        "DELETE FROM follow_ups WHERE client_id = $1 AND created_at < $2"
    )
    .bind(client_id)
    .bind(until)
    .execute(db))?;
    query_tx!(*tx, |db| sqlx::query("DELETE FROM decisions WHERE client_id = $1 AND at < $2")
        .bind(client_id)
        .bind(until)
        .execute(db))?;
    let calls = query_tx!(*tx, |db| sqlx::query(
        "DELETE FROM calls WHERE client_id = $1 AND started_at < $2 AND status <> 'active'"
    )
    .bind(client_id)
    .bind(until)
    .execute(db))?;
    let count = |rows: u64| i64::try_from(rows).unwrap_or(i64::MAX);
    Ok(RemovedCounts {
        calls: count(calls.rows_affected()),
        events: i64::try_from(events.len()).unwrap_or(i64::MAX),
        notes: count(notes.rows_affected()),
    })
}

/// Subtracts removed events from their totals.
async fn subtract_events(
    tx: &mut Tx,
    client_id: &str,
    gone: &[RemovedEvent],
) -> Result<(), sqlx::Error> {
    let mut deltas = TotalsDeltas::default();
    for event in gone {
        deltas.add_events(client_id, event.at, &event.event, -1);
    }
    deltas.write(tx).await
}
