//! Letting go of events and calls that a client keeps no longer.
//!
//! A call goes whole, with its events and notes, and its place in the totals stays: sums name
//! nobody. The totals of events are there for the log's pages alone, so they say what is kept,
//! and lessen with each event that goes. So that a recount does not take that place away, each client has a moment before
//! which nothing is counted any more (`counted_from`). It moves on in the transaction that
//! removes the calls before it. A call that is not over holds it back.
//!
//! What is logged of such a time afterwards is taken, as all logging is. It may be news or the
//! repeat of something that has gone, which nobody can tell any more. So it is counted while it
//! is there, and no longer when it goes in turn: the sums of that time end as they were.

use crate::storage::analytics::fields::CountedRow;
use crate::storage::analytics::totals::{Deltas, QUARTER, floor};
use crate::storage::database::pools::{Tx, again, reading, within};
use crate::storage::recording::group::lock_head;
use crate::storage::{Store, StoreError};
use crate::time;
use call_ribbon_shared::Millis;
use chrono_tz::Tz;
use sqlx::FromRow;

/// How long a client keeps what happened, in days; `None`: for ever.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromRow)]
pub struct Retention {
    /// Events, beside the latest one of each call.
    pub events_days: Option<i64>,
    /// Calls that are over.
    pub calls_days: Option<i64>,
}

/// How much goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromRow)]
pub struct Gone {
    pub calls: i64,
    pub events: i64,
    pub notes: i64,
}

/// An event that went.
#[derive(FromRow)]
struct GoneEvent {
    at: Millis,
    event: String,
}

impl Store {
    /// How long a client keeps what happened.
    pub async fn retention(&self, client_id: &str) -> Result<Retention, StoreError> {
        let row: Option<Retention> = reading!(self, |db| sqlx::query_as(
            "SELECT events_days, calls_days FROM retention WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?;
        Ok(row.unwrap_or_default())
    }

    /// The clients that do not keep everything for ever.
    pub async fn system_clients_with_retention(&self) -> Result<Vec<String>, StoreError> {
        Ok(reading!(self, |db| sqlx::query_scalar(
            "SELECT client_id FROM retention
             WHERE events_days IS NOT NULL OR calls_days IS NOT NULL ORDER BY client_id"
        )
        .fetch_all(db))?)
    }

    /// The moment from which on the totals of a client's calls are about calls that are there.
    /// Of the time before there are only those that were logged too late.
    pub(in crate::storage) async fn kept_from(
        &self,
        client_id: &str,
    ) -> Result<Millis, StoreError> {
        let kept: Option<Option<Millis>> = reading!(self, |db| sqlx::query_scalar(
            "SELECT counted_from FROM retention WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?;
        Ok(kept.flatten().unwrap_or(Millis::MIN))
    }

    /// How much would go of events that happened, and calls that began, before these moments.
    pub async fn would_go(
        &self,
        client_id: &str,
        events_before: Millis,
        calls_before: Millis,
    ) -> Result<Gone, StoreError> {
        Ok(reading!(self, |db| sqlx::query_as(
            "SELECT
                (SELECT COUNT(*) FROM calls c
                 WHERE c.client_id = $1 AND c.started_at < $3 AND c.status <> 'active') AS calls,
                (SELECT COUNT(*) FROM events e
                 JOIN calls c ON c.client_id = e.client_id AND c.call_sid = e.call_sid
                 WHERE e.client_id = $1 AND c.status <> 'active'
                   AND (c.started_at < $3 OR (e.at < $2 AND e.seq <> c.last_seq))) AS events,
                (SELECT COUNT(*) FROM call_notes n
                 JOIN calls c ON c.client_id = n.client_id AND c.call_sid = n.call_sid
                 WHERE n.client_id = $1 AND c.started_at < $3 AND c.status <> 'active') AS notes"
        )
        .bind(client_id)
        .bind(events_before)
        .bind(floor(calls_before))
        .fetch_one(db))?)
    }

    /// Removes about so many events that happened from one moment on and before another, of
    /// calls that are over. The latest one of each call stays: the call is listed with it.
    /// Hands back how many went, and from where to go on; nothing where there are no more.
    ///
    /// What is found is still to go when it does: a call that is over stays so, and the latest
    /// event of a call only ever becomes a newer one. It is locked for the totals' sake.
    pub async fn remove_events(
        &self,
        client_id: &str,
        from: Millis,
        before: Millis,
        about: i64,
    ) -> Result<Option<(i64, Millis)>, StoreError> {
        let found: Vec<Millis> = reading!(self, |db| sqlx::query_scalar(
            "SELECT e.at FROM events e
             JOIN calls c ON c.client_id = e.client_id AND c.call_sid = e.call_sid
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
        let went = again!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            lock_head(&mut tx, client_id).await?;
            let gone: Vec<GoneEvent> = within!(tx, |db| sqlx::query_as(
                "DELETE FROM events WHERE client_id = $1 AND at >= $2 AND at <= $3
                   AND EXISTS (SELECT c.call_sid FROM calls c
                    WHERE c.client_id = events.client_id AND c.call_sid = events.call_sid
                      AND c.status <> 'active' AND c.last_seq <> events.seq)
                 RETURNING at, event"
            )
            .bind(client_id)
            .bind(first)
            .bind(last)
            .fetch_all(db))?;
            no_longer_counted(&mut tx, client_id, &gone).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(gone.len())
        })?;
        Ok(Some((i64::try_from(went).unwrap_or(i64::MAX), last.saturating_add(1))))
    }

    /// Removes about so many calls that began before a moment and are over, the oldest first,
    /// with their events and notes. Hands back what went, and whether there is more.
    pub async fn remove_calls(
        &self,
        client_id: &str,
        time_zone: Tz,
        before: Millis,
        about: i64,
    ) -> Result<(Gone, bool), StoreError> {
        again!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            // Nothing changes a call of this client, on any server, while this holds.
            lock_head(&mut tx, client_id).await?;
            let counted_from = counted_from(&mut tx, client_id).await?;
            let (until, more) = stretch(&mut tx, client_id, counted_from, before, about).await?;
            take_back_late(&mut tx, client_id, time_zone, counted_from).await?;
            let gone = remove(&mut tx, client_id, until).await?;
            within!(tx, |db| sqlx::query(
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

/// The moment before which a client's calls are counted no more; what a recount begins with.
pub(in crate::storage) async fn counted_from(
    tx: &mut Tx,
    client_id: &str,
) -> Result<Millis, sqlx::Error> {
    let kept: Option<Option<Millis>> = within!(*tx, |db| sqlx::query_scalar(
        "SELECT counted_from FROM retention WHERE client_id = $1"
    )
    .bind(client_id)
    .fetch_optional(db))?;
    Ok(kept.flatten().unwrap_or(Millis::MIN))
}

/// Where a stretch of about so many calls ends, which is where a bucket of the totals does, and
/// whether there are calls behind it.
async fn stretch(
    tx: &mut Tx,
    client_id: &str,
    from: Millis,
    before: Millis,
    about: i64,
) -> Result<(Millis, bool), sqlx::Error> {
    let active: Option<Millis> = within!(*tx, |db| sqlx::query_scalar(
        "SELECT MIN(started_at) FROM calls
         WHERE client_id = $1 AND status = 'active' AND started_at >= $2"
    )
    .bind(client_id)
    .bind(from)
    .fetch_one(db))?;
    let until = floor(before).min(active.map_or(Millis::MAX, floor)).max(from);
    let next: Option<Millis> = within!(*tx, |db| {
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
    let end = next.map_or(until, |next| floor(next).saturating_add(QUARTER).min(until));
    Ok((end, end < until))
}

/// Takes out of totals and months what was logged of a time whose sums stand.
async fn take_back_late(
    tx: &mut Tx,
    client_id: &str,
    time_zone: Tz,
    counted_from: Millis,
) -> Result<(), sqlx::Error> {
    let late: Vec<CountedRow> = within!(*tx, |db| sqlx::query_as(
        "SELECT call_sid, started_at, disposition, context, state FROM calls
         WHERE client_id = $1 AND started_at < $2 AND status <> 'active'"
    )
    .bind(client_id)
    .bind(counted_from)
    .fetch_all(db))?;
    let mut deltas = Deltas::default();
    for call in &late {
        deltas.replace(client_id, Some(&call.counting()?), None);
        within!(*tx, |db| sqlx::query(
            "UPDATE usage SET calls = calls - 1 WHERE client_id = $1 AND month = $2"
        )
        .bind(client_id)
        .bind(time::month(call.started_at(), time_zone))
        .execute(db))?;
    }
    deltas.write(tx).await
}

/// Removes the calls before a moment that are over, and all that belongs to them.
async fn remove(tx: &mut Tx, client_id: &str, until: Millis) -> Result<Gone, sqlx::Error> {
    let events: Vec<GoneEvent> = within!(*tx, |db| sqlx::query_as(
        "DELETE FROM events WHERE client_id = $1 AND call_sid IN (
            SELECT call_sid FROM calls
            WHERE client_id = $1 AND started_at < $2 AND status <> 'active')
         RETURNING at, event"
    )
    .bind(client_id)
    .bind(until)
    .fetch_all(db))?;
    no_longer_counted(tx, client_id, &events).await?;
    let notes = within!(*tx, |db| sqlx::query(
        "DELETE FROM call_notes WHERE client_id = $1 AND call_sid IN (
            SELECT call_sid FROM calls
            WHERE client_id = $1 AND started_at < $2 AND status <> 'active')"
    )
    .bind(client_id)
    .bind(until)
    .execute(db))?;
    within!(*tx, |db| sqlx::query(
        "DELETE FROM provider_calls WHERE client_id = $1 AND call_sid IN (
            SELECT call_sid FROM calls
            WHERE client_id = $1 AND started_at < $2 AND status <> 'active')"
    )
    .bind(client_id)
    .bind(until)
    .execute(db))?;
    let calls = within!(*tx, |db| sqlx::query(
        "DELETE FROM calls WHERE client_id = $1 AND started_at < $2 AND status <> 'active'"
    )
    .bind(client_id)
    .bind(until)
    .execute(db))?;
    let count = |rows: u64| i64::try_from(rows).unwrap_or(i64::MAX);
    Ok(Gone {
        calls: count(calls.rows_affected()),
        events: i64::try_from(events.len()).unwrap_or(i64::MAX),
        notes: count(notes.rows_affected()),
    })
}

/// Takes events that went out of their totals.
async fn no_longer_counted(
    tx: &mut Tx,
    client_id: &str,
    gone: &[GoneEvent],
) -> Result<(), sqlx::Error> {
    let mut deltas = Deltas::default();
    for event in gone {
        deltas.add_events(client_id, event.at, &event.event, -1);
    }
    deltas.write(tx).await
}
