//! Seals the next stretch of a client's events and decisions.
//!
//! The rows are read and hashed outside of a transaction, so sealing delays no writer. The
//! transaction that stores the seal moves the client's `seal_heads` row on only if it still is as it
//! was read: of several servers one succeeds, and nothing is sealed that was read before an erasure.

use super::rows::{SealableDecision, SealableEvent};
use crate::ids::Ids;
use crate::seal::rows::SealableRow;
use crate::seal::signing::SigningKey;
use crate::seal::slot::{RowKind, Slot, leaves, write_slots};
use crate::seal::{SealText, encode, hash_text, tree};
use crate::storage::database::columns::{event_data, sealable_decision, sealable_event};
use crate::storage::database::pools::{query_read, query_tx, retry_tx};
use crate::storage::database::portion::read_portion;
use crate::storage::{SealStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// The most events, and the most decisions, of one seal. It bounds the path of each row's proof,
/// and what an erasure has to rewrite.
const MOST: i64 = 256;

/// A client's latest seal.
#[derive(Debug, Clone, Default, PartialEq, Eq, FromRow)]
pub struct SealHead {
    pub number: i64,
    pub last_event: i64,
    pub last_decision: i64,
    pub sealed_at: Millis,
    pub hash: String,
    erasures: i64,
}

/// What came of trying to seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SealOutcome {
    /// Nothing is left to seal.
    Complete,
    /// A stretch was sealed.
    Sealed(SealHead),
    /// Another server was quicker, or a person was erased meanwhile.
    Overtaken,
}

impl SealStore<'_> {
    /// Returns the ids of the clients with events or decisions that are not sealed.
    pub async fn system_list_unsealed(self) -> Result<Vec<String>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT f.client_id FROM feed_heads f
             LEFT JOIN seal_heads s ON s.client_id = f.client_id
             WHERE f.seq > COALESCE(s.last_event, CAST(0 AS BIGINT))
                OR f.decisions > COALESCE(s.last_decision, CAST(0 AS BIGINT))
             ORDER BY f.client_id"
        )
        .fetch_all(db))?)
    }

    /// Returns a client's latest seal; number 0 if it has none.
    pub async fn find_seal_head(self, client_id: &str) -> Result<SealHead, StoreError> {
        let head: Option<SealHead> = query_read!(self, |db| sqlx::query_as(
            "SELECT number, last_event, last_decision, sealed_at, hash, erasures
             FROM seal_heads WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?;
        Ok(head.unwrap_or_default())
    }

    /// Returns the numbers of a client's latest event and decision.
    pub async fn find_last_numbers(self, client_id: &str) -> Result<(i64, i64), StoreError> {
        let heads: Option<(i64, i64)> = query_read!(self, |db| sqlx::query_as(
            "SELECT seq, decisions FROM feed_heads WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?;
        Ok(heads.unwrap_or_default())
    }

    /// Seals the next stretch.
    pub async fn seal_next(
        self,
        client_id: &str,
        key: &SigningKey,
        ids: &Ids,
        now: Millis,
    ) -> Result<SealOutcome, StoreError> {
        let head = self.find_seal_head(client_id).await?;
        let (last_event, last_decision) = self.find_last_numbers(client_id).await?;
        if head.last_event >= last_event && head.last_decision >= last_decision {
            return Ok(SealOutcome::Complete);
        }
        let (events, more) = self.read_events(client_id, head.last_event, last_event).await?;
        let until_event = reached(&events, more, last_event);
        let decisions = self.read_decisions(client_id, head.last_decision, last_decision).await?;
        let is_full = i64::try_from(decisions.len()).unwrap_or(MOST) >= MOST;
        let until_decision = reached(&decisions, is_full, last_decision);
        let mut slots = to_slots(RowKind::Event, &events, (head.last_event, until_event), ids);
        slots.extend(to_slots(
            RowKind::Decision,
            &decisions,
            (head.last_decision, until_decision),
            ids,
        ));
        let text = SealText {
            client: client_id.to_owned(),
            seal: head.number + 1,
            sealed_at: now,
            events: (head.last_event + 1, until_event),
            decisions: (head.last_decision + 1, until_decision),
            lines: slots.len(),
            root: encode(&tree::root(&leaves(&slots))),
            previous: head.hash.clone(),
            key: key.id().to_owned(),
        };
        self.store_seal(client_id, &head, &text, &slots, key).await
    }

    async fn store_seal(
        self,
        client_id: &str,
        head: &SealHead,
        seal: &SealText,
        slots: &[Slot],
        key: &SigningKey,
    ) -> Result<SealOutcome, StoreError> {
        let text = serde_json::to_string(seal)
            .map_err(|error| StoreError::Unavailable(sqlx::Error::Encode(Box::new(error))))?;
        let (hash, signature, slots) = (hash_text(&text), key.sign(&text), write_slots(slots));
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            query_tx!(tx, |db| sqlx::query(
                "INSERT INTO seal_heads
                    (client_id, number, last_event, last_decision, sealed_at, hash, erasures)
                 VALUES ($1, 0, 0, 0, 0, '', 0) ON CONFLICT (client_id) DO NOTHING"
            )
            .bind(client_id)
            .execute(db))?;
            let moved = query_tx!(tx, |db| sqlx::query(
                "UPDATE seal_heads SET number = $2, last_event = $3, last_decision = $4,
                    sealed_at = $5, hash = $6
                 WHERE client_id = $1 AND number = $7 AND erasures = $8"
            )
            .bind(client_id)
            .bind(seal.seal)
            .bind(seal.events.1)
            .bind(seal.decisions.1)
            .bind(seal.sealed_at)
            .bind(&hash)
            .bind(head.number)
            .bind(head.erasures)
            .execute(db))?;
            if moved.rows_affected() == 0 {
                return Ok(SealOutcome::Overtaken);
            }
            query_tx!(tx, |db| sqlx::query(
                "INSERT INTO seals (client_id, number, first_event, last_event, first_decision,
                    last_decision, text, signature, slots)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
            )
            .bind(client_id)
            .bind(seal.seal)
            .bind(seal.events.0)
            .bind(seal.events.1)
            .bind(seal.decisions.0)
            .bind(seal.decisions.1)
            .bind(&text)
            .bind(&signature)
            .bind(&slots)
            .execute(db))?;
            tx.commit().await?;
            Ok(SealOutcome::Sealed(SealHead {
                number: seal.seal,
                last_event: seal.events.1,
                last_decision: seal.decisions.1,
                sealed_at: seal.sealed_at,
                hash: hash.clone(),
                erasures: head.erasures,
            }))
        })
    }

    /// Reads events after a number, up to another; returns whether more may follow.
    async fn read_events(
        self,
        client_id: &str,
        after: i64,
        until: i64,
    ) -> Result<(Vec<SealableRow>, bool), StoreError> {
        let read = query_read!(self, |db| {
            read_portion(
            sqlx::query_as::<_, SealableEvent>(concat!(
                "SELECT ",
                sealable_event!(),
                " FROM events e JOIN calls c ON c.client_id = e.client_id AND c.call_seq = e.call_seq
                 WHERE e.client_id = $1 AND e.seq > $2 AND e.seq <= $3 ORDER BY e.seq LIMIT $4"
            ))
            .bind(client_id)
            .bind(after)
            .bind(until)
            .bind(MOST)
            .fetch(db)
        )
        })?;
        let rows: Vec<SealableRow> = read.rows.into_iter().map(Into::into).collect();
        let is_full = i64::try_from(rows.len()).unwrap_or(MOST) >= MOST;
        Ok((rows, read.cut || is_full))
    }

    async fn read_decisions(
        self,
        client_id: &str,
        after: i64,
        until: i64,
    ) -> Result<Vec<SealableRow>, StoreError> {
        let rows: Vec<SealableDecision> = query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            sealable_decision!(),
            " FROM decisions WHERE client_id = $1 AND seq > $2 AND seq <= $3
             ORDER BY seq LIMIT $4"
        ))
        .bind(client_id)
        .bind(after)
        .bind(until)
        .bind(MOST)
        .fetch_all(db))?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

/// Returns the last number that these rows cover: if all rows were read, up to the end.
fn reached(rows: &[SealableRow], more: bool, end: i64) -> i64 {
    rows.last().filter(|_| more).map_or(end, |row| row.number)
}

/// Returns the slots of rows with numbers after `from` up to `until`; what lacks is gone.
fn to_slots(
    kind: RowKind,
    rows: &[SealableRow],
    (from, until): (i64, i64),
    ids: &Ids,
) -> Vec<Slot> {
    let (mut slots, mut next) = (Vec::with_capacity(rows.len()), from + 1);
    for row in rows {
        if row.number > next {
            slots.push(Slot::Gone { kind, first: next, last: row.number - 1 });
        }
        slots.push(row.to_slot(ids.random_bytes()));
        next = row.number + 1;
    }
    if next <= until {
        slots.push(Slot::Gone { kind, first: next, last: until });
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::Store;
    use std::sync::Arc;

    /// Two servers may read the same head before either stores its seal.
    #[tokio::test]
    async fn a_seal_after_a_head_that_has_moved_on_is_overtaken() {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", folder.path().join("seals.db").display());
        let store = Store::open(&address, Arc::new(())).await.unwrap();
        let key = SigningKey::from_secret(&[7; 32]).unwrap();
        let after = |head: &SealHead| SealText {
            client: "client-demo".to_owned(),
            seal: head.number + 1,
            sealed_at: 1,
            events: (head.last_event + 1, head.last_event + 2),
            decisions: (1, 0),
            lines: 0,
            root: String::new(),
            previous: head.hash.clone(),
            key: key.id().to_owned(),
        };
        let seal = async |head: &SealHead| {
            let text = after(head);
            store.seals().store_seal("client-demo", head, &text, &[], &key).await.unwrap()
        };
        let none = SealHead::default();
        let SealOutcome::Sealed(first) = seal(&none).await else { panic!("it is the first") };
        assert_eq!(seal(&none).await, SealOutcome::Overtaken);
        assert!(matches!(seal(&first).await, SealOutcome::Sealed(second) if second.number == 2));
        assert_eq!(seal(&first).await, SealOutcome::Overtaken);
        store.close().await;
    }
}
