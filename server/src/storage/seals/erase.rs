//! Keeps seals valid when persons are erased: the salt of each row is replaced by the hash that it
//! makes of the row's personal part. The hash of the row stays, and what it commits to cannot be
//! tried out.

use super::rows::{SealableDecision, SealableEvent};
use crate::seal::rows::SealableRow;
use crate::seal::slot::{RowKind, RowSecret, Slot, read_slots, write_slots};
use crate::storage::database::columns::{event_data, sealable_decision, sealable_event};
use crate::storage::database::pools::{Tx, query_tx};
use crate::storage::locks::lock_head;
use sqlx::FromRow;
use std::collections::{BTreeMap, BTreeSet};

/// The slots of a seal that covers some row.
#[derive(FromRow)]
struct SlotsRow {
    number: i64,
    last: i64,
    slots: String,
}

/// Locks the client's calls and sums, and tells the task that seals that persons are erased in this
/// transaction. Must be called before anything is erased: from then on until the commit, no server
/// changes the client's calls, and nothing of the client is sealed.
pub(in crate::storage) async fn begin_erasure(
    tx: &mut Tx,
    client_id: &str,
) -> Result<(), sqlx::Error> {
    lock_head(tx, client_id).await?;
    query_tx!(*tx, |db| sqlx::query(
        "INSERT INTO seal_heads
            (client_id, number, last_event, last_decision, sealed_at, hash, erasures)
         VALUES ($1, 0, 0, 0, 0, '', 1)
         ON CONFLICT (client_id) DO UPDATE SET erasures = seal_heads.erasures + 1"
    )
    .bind(client_id)
    .execute(db))?;
    Ok(())
}

/// Forgets the salts of a call's events and of the decision about it.
pub(in crate::storage) async fn forget_call(
    tx: &mut Tx,
    client_id: &str,
    call_sid: &str,
) -> Result<(), sqlx::Error> {
    let events: Vec<i64> = query_tx!(*tx, |db| sqlx::query_scalar(
        "SELECT seq FROM events WHERE client_id = $1 AND call_seq = (
            SELECT call_seq FROM calls WHERE client_id = $1 AND call_sid = $2)"
    )
    .bind(client_id)
    .bind(call_sid)
    .fetch_all(db))?;
    let decisions: Vec<i64> = query_tx!(*tx, |db| sqlx::query_scalar(
        "SELECT seq FROM decisions WHERE client_id = $1 AND session_id IN (
            SELECT session_id FROM calls WHERE client_id = $1 AND call_sid = $2)"
    )
    .bind(client_id)
    .bind(call_sid)
    .fetch_all(db))?;
    forget_events(tx, client_id, events).await?;
    forget_decisions(tx, client_id, decisions).await
}

/// Forgets the salts of the decisions that name a customer, or the customer's number alone.
pub(in crate::storage) async fn forget_decisions_of_customer(
    tx: &mut Tx,
    client_id: &str,
    customer_id: &str,
) -> Result<(), sqlx::Error> {
    let decisions: Vec<i64> = query_tx!(*tx, |db| sqlx::query_scalar(
        "SELECT seq FROM decisions WHERE client_id = $1 AND customer_id = $2
         UNION SELECT seq FROM decisions
         WHERE client_id = $1 AND customer_id IS NULL AND number IN (
            SELECT dial_number FROM customers WHERE client_id = $1 AND customer_id = $2
            UNION SELECT dial_number FROM customer_numbers
            WHERE client_id = $1 AND customer_id = $2)"
    )
    .bind(client_id)
    .bind(customer_id)
    .fetch_all(db))?;
    forget_decisions(tx, client_id, decisions).await
}

/// Forgets the salts of these events.
pub(in crate::storage) async fn forget_events(
    tx: &mut Tx,
    client_id: &str,
    events: impl IntoIterator<Item = i64>,
) -> Result<(), sqlx::Error> {
    let mut left: BTreeSet<i64> = events.into_iter().collect();
    while let Some(first) = left.first().copied() {
        let seal: Option<SlotsRow> = query_tx!(*tx, |db| sqlx::query_as(
            "SELECT number, last_event AS last, slots FROM seals
             WHERE client_id = $1 AND last_event >= $2 ORDER BY last_event, number LIMIT 1"
        )
        .bind(client_id)
        .bind(first)
        .fetch_optional(db))?;
        // What follows is not sealed yet, and will be as it is then.
        let Some(seal) = seal else { return Ok(()) };
        let later = left.split_off(&seal.last.saturating_add(1));
        let last = left.last().copied().unwrap_or(first);
        let rows: Vec<SealableEvent> = query_tx!(*tx, |db| sqlx::query_as(concat!(
            "SELECT ",
            sealable_event!(),
            " FROM events e JOIN calls c ON c.client_id = e.client_id AND c.call_seq = e.call_seq
             WHERE e.client_id = $1 AND e.seq >= $2 AND e.seq <= $3"
        ))
        .bind(client_id)
        .bind(first)
        .bind(last)
        .fetch_all(db))?;
        let rows = rows.into_iter().map(Into::into);
        forget_salts(tx, client_id, RowKind::Event, &left, rows, seal).await?;
        left = later;
    }
    Ok(())
}

async fn forget_decisions(
    tx: &mut Tx,
    client_id: &str,
    decisions: Vec<i64>,
) -> Result<(), sqlx::Error> {
    let mut left: BTreeSet<i64> = decisions.into_iter().collect();
    while let Some(first) = left.first().copied() {
        let seal: Option<SlotsRow> = query_tx!(*tx, |db| sqlx::query_as(
            "SELECT number, last_decision AS last, slots FROM seals
             WHERE client_id = $1 AND last_decision >= $2 ORDER BY last_decision, number LIMIT 1"
        )
        .bind(client_id)
        .bind(first)
        .fetch_optional(db))?;
        let Some(seal) = seal else { return Ok(()) };
        let later = left.split_off(&seal.last.saturating_add(1));
        let last = left.last().copied().unwrap_or(first);
        let rows: Vec<SealableDecision> = query_tx!(*tx, |db| sqlx::query_as(concat!(
            "SELECT ",
            sealable_decision!(),
            " FROM decisions WHERE client_id = $1 AND seq >= $2 AND seq <= $3"
        ))
        .bind(client_id)
        .bind(first)
        .bind(last)
        .fetch_all(db))?;
        let rows = rows.into_iter().map(Into::into);
        forget_salts(tx, client_id, RowKind::Decision, &left, rows, seal).await?;
        left = later;
    }
    Ok(())
}

/// Replaces the salts of these rows in one seal.
async fn forget_salts(
    tx: &mut Tx,
    client_id: &str,
    kind: RowKind,
    which: &BTreeSet<i64>,
    rows: impl Iterator<Item = SealableRow>,
    seal: SlotsRow,
) -> Result<(), sqlx::Error> {
    let rows: BTreeMap<i64, SealableRow> = rows.map(|row| (row.number, row)).collect();
    let damaged =
        || sqlx::Error::Decode(format!("the slots of seal {} are damaged", seal.number).into());
    let mut slots = read_slots(&seal.slots).ok_or_else(damaged)?;
    for slot in &mut slots {
        let Slot::Row(slot) = slot else { continue };
        if slot.kind != kind || !which.contains(&slot.number) {
            continue;
        }
        if let Some(row) = rows.get(&slot.number) {
            slot.secret = RowSecret::Erased(slot.commitment(&row.personal));
        }
    }
    query_tx!(*tx, |db| sqlx::query(
        "UPDATE seals SET slots = $3 WHERE client_id = $1 AND number = $2"
    )
    .bind(client_id)
    .bind(seal.number)
    .bind(write_slots(&slots))
    .execute(db))?;
    Ok(())
}
