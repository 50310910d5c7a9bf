//! Takes messages to be sent, and records what became of them.

use super::deliveries::DeliveryRow;
use crate::storage::database::pools::{query_read, query_tx, query_write, retry_tx};
use crate::storage::{ReceiverStore, StoreError};
use call_ribbon_shared::Millis;

/// What became of a message.
#[derive(Debug, Clone)]
pub struct EndedTry {
    pub message_id: String,
    /// Until when this server had taken it.
    pub taken_until: Option<Millis>,
    /// Whether it was not sent, because what it is about has been removed.
    pub is_removed: bool,
    /// When it arrived; `None`: it did not.
    pub sent_at: Option<Millis>,
    /// When it is tried again; `None`: it arrived, or is given up.
    pub try_at: Option<Millis>,
    /// The receiver's answer; `None`: there was none.
    pub status: Option<i64>,
    /// Why it did not arrive.
    pub trouble: Option<String>,
}

/// How a receiver is, by what became of the messages that were sent to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiverState {
    /// One arrived.
    Works,
    /// It answers, and refused all of them.
    Refuses,
    /// It does not answer as it should, and is left alone for a while.
    Fails { pause: Millis },
    /// None was sent.
    Unknown,
}

impl ReceiverStore<'_> {
    /// Returns the receivers, of all clients, that have messages to be sent now.
    pub async fn system_list_due_receivers(
        self,
        now: Millis,
    ) -> Result<Vec<(String, String)>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT DISTINCT d.client_id, d.receiver_id FROM deliveries d
             JOIN receivers r ON r.client_id = d.client_id AND r.receiver_id = d.receiver_id
             JOIN clients c ON c.client_id = d.client_id AND c.suspended_at IS NULL
             WHERE d.try_at <= $1 AND r.is_on = 1 AND COALESCE(r.paused_until, 0) <= $1"
        )
        .bind(now)
        .fetch_all(db))?)
    }

    /// Takes messages to a receiver, so that no other server sends them before `again_at`: of each
    /// call only the first that waits.
    pub async fn take_deliveries(
        self,
        (client_id, receiver_id): (&str, &str),
        now: Millis,
        again_at: Millis,
        most: i64,
    ) -> Result<Vec<DeliveryRow>, StoreError> {
        let mut taken: Vec<DeliveryRow> = retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            let taken: Vec<DeliveryRow> = query_tx!(tx, |db| sqlx::query_as(
                "UPDATE deliveries SET try_at = $4, tries = tries + 1
                 WHERE client_id = $1 AND receiver_id = $2 AND try_at <= $3
                   AND message_id IN (
                     SELECT d.message_id FROM deliveries d
                     JOIN receivers r ON r.client_id = d.client_id AND r.receiver_id = d.receiver_id
                     WHERE d.client_id = $1 AND d.receiver_id = $2 AND d.try_at <= $3
                       AND d.place <= 2 * r.seq + 1 AND r.is_on = 1
                       AND NOT EXISTS (
                         SELECT 1 FROM deliveries e
                         WHERE e.client_id = d.client_id AND e.receiver_id = d.receiver_id
                           AND e.subject = d.subject AND e.try_at IS NOT NULL
                           AND (e.place, e.message_id) < (d.place, d.message_id))
                     ORDER BY d.place LIMIT $5)
                 RETURNING client_id, place, message_id, subject, type, queued_at, try_at, tries,
                    sent_at, tried_at, status, trouble"
            )
            .bind(client_id)
            .bind(receiver_id)
            .bind(now)
            .bind(again_at)
            .bind(most)
            .fetch_all(db))?;
            tx.commit().await?;
            Ok::<_, StoreError>(taken)
        })?;
        taken.sort_by(|a, b| (a.place, &a.message_id).cmp(&(b.place, &b.message_id)));
        Ok(taken)
    }

    /// Records what became of messages to a receiver, and how the receiver is: `works` if one arrived,
    /// and paused for a while if it does not answer as it should. Without either, it is left as it is.
    /// A message that was asked for again meanwhile stays so.
    pub async fn end_tries(
        self,
        client_id: &str,
        receiver_id: &str,
        ended: &[EndedTry],
        state: ReceiverState,
        now: Millis,
    ) -> Result<(), StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            for one in ended {
                query_tx!(tx, |db| sqlx::query(
                    "UPDATE deliveries SET sent_at = $4, try_at = $5, tried_at = $6, status = $7,
                        trouble = $8
                     WHERE client_id = $1 AND receiver_id = $2 AND message_id = $3 AND try_at = $9"
                )
                .bind(client_id)
                .bind(receiver_id)
                .bind(&one.message_id)
                .bind(one.sent_at)
                .bind(one.try_at)
                .bind(now)
                .bind(one.status)
                .bind(&one.trouble)
                .bind(one.taken_until)
                .execute(db))?;
            }
            let (works, pause) = match state {
                ReceiverState::Works => (1, None),
                ReceiverState::Refuses => (0, None),
                ReceiverState::Fails { pause } => (0, Some(now + pause)),
                ReceiverState::Unknown => {
                    tx.commit().await?;
                    return Ok(());
                }
            };
            query_tx!(tx, |db| sqlx::query(
                "UPDATE receivers SET failing_since =
                    CASE WHEN $3 = 1 THEN NULL ELSE COALESCE(failing_since, $4) END,
                    paused_until = CAST($5 AS BIGINT)
                 WHERE client_id = $1 AND receiver_id = $2"
            )
            .bind(client_id)
            .bind(receiver_id)
            .bind(works)
            .bind(now)
            .bind(pause)
            .execute(db))?;
            tx.commit().await?;
            Ok(())
        })
    }

    /// Gives up the messages from before a time that wait for a receiver that fails or is off: these are
    /// tried too seldom to be given up one by one.
    pub async fn system_give_up_old_deliveries(
        self,
        before: Millis,
        now: Millis,
        trouble: &str,
    ) -> Result<(), StoreError> {
        query_write!(self, |db| sqlx::query(
            "UPDATE deliveries SET try_at = NULL, trouble = $3
             WHERE try_at <= $2 AND queued_at < $1 AND EXISTS (
                SELECT 1 FROM receivers r
                WHERE r.client_id = deliveries.client_id AND r.receiver_id = deliveries.receiver_id
                  AND (r.failing_since IS NOT NULL OR r.is_on = 0))"
        )
        .bind(before)
        .bind(now)
        .bind(trouble)
        .execute(db))?;
        Ok(())
    }

    /// Deletes the messages from before a time that do not wait, receiver by receiver.
    pub async fn system_delete_old_deliveries(self, before: Millis) -> Result<(), StoreError> {
        let receivers: Vec<(String, String)> =
            query_read!(self, |db| sqlx::query_as("SELECT client_id, receiver_id FROM receivers")
                .fetch_all(db))?;
        for (client_id, receiver_id) in receivers {
            query_write!(self, |db| sqlx::query(
                "DELETE FROM deliveries
                 WHERE client_id = $1 AND receiver_id = $2 AND queued_at < $3 AND try_at IS NULL"
            )
            .bind(&client_id)
            .bind(&receiver_id)
            .bind(before)
            .execute(db))?;
        }
        Ok(())
    }
}
