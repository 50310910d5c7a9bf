//! Stores the messages that wait for receivers, and those of late.

use crate::storage::database::pools::Column::{Int, Text};
use crate::storage::database::pools::{
    BulkInsert, Column, SqlValue, Tx, query_read, query_tx, retry_tx,
};
use crate::storage::{ReceiverStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A message to one receiver.
#[derive(Debug, Clone, FromRow)]
pub struct DeliveryRow {
    pub client_id: String,
    /// The order of the messages about a call.
    pub place: i64,
    pub message_id: String,
    /// The call's session; else the id of what it is about.
    pub subject: String,
    /// The message's type, such as `call.connected`.
    #[sqlx(rename = "type")]
    pub kind: String,
    pub queued_at: Millis,
    /// When it is tried next; `None`: it arrived, or was given up.
    pub try_at: Option<Millis>,
    /// How often it was tried.
    pub tries: i64,
    /// When it arrived.
    pub sent_at: Option<Millis>,
    /// When it was tried last.
    pub tried_at: Option<Millis>,
    /// The receiver's latest answer; `None`: there was none.
    pub status: Option<i64>,
    /// Why the latest try failed.
    pub trouble: Option<String>,
}

/// A message to be sent.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    pub place: i64,
    pub message_id: String,
    pub subject: String,
    pub kind: String,
    pub queued_at: Millis,
}

/// Which deliveries a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    Waiting,
    Arrived,
    GivenUp,
}

const COLUMNS: &[Column] = &[
    Text("client_id"),
    Text("receiver_id"),
    Int("place"),
    Text("message_id"),
    Text("subject"),
    Text("type"),
    Int("queued_at"),
    Int("try_at"),
    Int("tries"),
];

/// Messages that a receiver has not had.
const NEW: BulkInsert = BulkInsert {
    table: "deliveries",
    columns: COLUMNS,
    conflict: "ON CONFLICT (client_id, receiver_id, message_id) DO NOTHING",
};

/// Messages that a receiver gets once more.
const AGAIN: BulkInsert = BulkInsert {
    table: "deliveries",
    columns: COLUMNS,
    conflict: "ON CONFLICT (client_id, receiver_id, message_id) DO UPDATE SET
        queued_at = excluded.queued_at, try_at = excluded.try_at, tries = 0, sent_at = NULL",
};

impl ReceiverStore<'_> {
    /// Adds what happened to a receiver's deliveries, and moves its positions. Does nothing if another
    /// server has done it.
    pub async fn add_news(
        self,
        (client_id, receiver_id): (&str, &str),
        (old_seq, old_decisions): (i64, i64),
        (seq, decisions): (i64, i64),
        news: &[NewDelivery],
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            let done = query_tx!(tx, |db| sqlx::query(
                "UPDATE receivers SET seq = $5, decisions = $6
                 WHERE client_id = $1 AND receiver_id = $2 AND seq = $3 AND decisions = $4
                   AND is_on = 1"
            )
            .bind(client_id)
            .bind(receiver_id)
            .bind(old_seq)
            .bind(old_decisions)
            .bind(seq)
            .bind(decisions)
            .execute(db))?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            insert(&mut tx, &NEW, (client_id, receiver_id), news).await?;
            tx.commit().await?;
            Ok(true)
        })
    }

    /// Adds messages, also those that the receiver has had, to be sent now.
    pub async fn resend_news(
        self,
        key: (&str, &str),
        news: &[NewDelivery],
    ) -> Result<(), StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            insert(&mut tx, &AGAIN, key, news).await?;
            end_pause(&mut tx, key.0, key.1).await?;
            tx.commit().await?;
            Ok(())
        })
    }

    /// Sends a receiver's message, or all that were given up, once more. Returns how many these are.
    pub async fn resend_deliveries(
        self,
        client_id: &str,
        receiver_id: &str,
        message_id: Option<&str>,
        now: Millis,
    ) -> Result<u64, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            let done = match message_id {
                Some(message_id) => query_tx!(tx, |db| {
                    sqlx::query(
                    "UPDATE deliveries SET queued_at = $4, try_at = $4, tries = 0, sent_at = NULL
                     WHERE client_id = $1 AND receiver_id = $2 AND message_id = $3"
                )
                .bind(client_id)
                .bind(receiver_id)
                .bind(message_id)
                .bind(now)
                .execute(db)
                })?,
                None => query_tx!(tx, |db| sqlx::query(
                    "UPDATE deliveries SET queued_at = $3, try_at = $3, tries = 0
                     WHERE client_id = $1 AND receiver_id = $2 AND try_at IS NULL
                       AND sent_at IS NULL"
                )
                .bind(client_id)
                .bind(receiver_id)
                .bind(now)
                .execute(db))?,
            };
            end_pause(&mut tx, client_id, receiver_id).await?;
            tx.commit().await?;
            Ok(done.rows_affected())
        })
    }

    /// Returns a receiver's deliveries before a place, the latest first.
    pub async fn list_deliveries(
        self,
        client_id: &str,
        receiver_id: &str,
        state: Option<DeliveryState>,
        (at, id): (Millis, &str),
        most: i64,
    ) -> Result<Vec<DeliveryRow>, StoreError> {
        Ok(match state {
            None | Some(DeliveryState::Arrived) => query_read!(self, |db| {
                sqlx::query_as(
                "SELECT client_id, place, message_id, subject, type, queued_at, try_at, tries, sent_at,
                    tried_at, status, trouble
                 FROM deliveries
                 WHERE client_id = $1 AND receiver_id = $2 AND (queued_at, message_id) < ($3, $4)
                   AND ($5 = 0 OR sent_at IS NOT NULL)
                 ORDER BY queued_at DESC, message_id DESC LIMIT $6"
            )
            .bind(client_id)
            .bind(receiver_id)
            .bind(at)
            .bind(id)
            .bind(i64::from(state.is_some()))
            .bind(most)
            .fetch_all(db)
            })?,
            // Few of many messages have not arrived: they have an index of their own.
            Some(DeliveryState::Waiting | DeliveryState::GivenUp) => {
                let waits = i64::from(state == Some(DeliveryState::Waiting));
                query_read!(self, |db| {
                    sqlx::query_as(
                    "SELECT client_id, place, message_id, subject, type, queued_at, try_at, tries,
                        sent_at, tried_at, status, trouble
                     FROM deliveries
                     WHERE client_id = $1 AND receiver_id = $2 AND (queued_at, message_id) < ($3, $4)
                       AND sent_at IS NULL AND CASE WHEN try_at IS NULL THEN 0 ELSE 1 END = $5
                     ORDER BY queued_at DESC, message_id DESC LIMIT $6"
                )
                .bind(client_id)
                .bind(receiver_id)
                .bind(at)
                .bind(id)
                .bind(waits)
                .bind(most)
                .fetch_all(db)
                })?
            }
        })
    }

    /// Returns a delivery.
    pub async fn find_delivery(
        self,
        client_id: &str,
        receiver_id: &str,
        message_id: &str,
    ) -> Result<Option<DeliveryRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT client_id, place, message_id, subject, type, queued_at, try_at,
                tries, sent_at, tried_at, status, trouble
             FROM deliveries WHERE client_id = $1 AND receiver_id = $2 AND message_id = $3"
        )
        .bind(client_id)
        .bind(receiver_id)
        .bind(message_id)
        .fetch_optional(db))?)
    }

    /// Returns how many of a receiver's messages wait, and how many were given up, of at most `most`.
    pub async fn count_deliveries(
        self,
        client_id: &str,
        receiver_id: &str,
        most: i64,
    ) -> Result<DeliveryCounts, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT COALESCE(SUM(CASE WHEN try_at IS NOT NULL THEN 1 ELSE 0 END), 0) AS waiting,
                COALESCE(SUM(CASE WHEN try_at IS NULL THEN 1 ELSE 0 END), 0) AS given_up
             FROM (SELECT try_at FROM deliveries
                WHERE client_id = $1 AND receiver_id = $2 AND sent_at IS NULL LIMIT $3) AS counted"
        )
        .bind(client_id)
        .bind(receiver_id)
        .bind(most)
        .fetch_one(db))?)
    }
}

/// How many of a receiver's messages have not arrived.
#[derive(Debug, Clone, Copy, FromRow)]
pub struct DeliveryCounts {
    pub waiting: i64,
    pub given_up: i64,
}

async fn insert(
    tx: &mut Tx,
    statement: &BulkInsert,
    (client_id, receiver_id): (&str, &str),
    news: &[NewDelivery],
) -> Result<(), sqlx::Error> {
    let cells = news.iter().flat_map(|new| {
        [
            SqlValue::from(client_id),
            receiver_id.into(),
            new.place.into(),
            (&new.message_id).into(),
            (&new.subject).into(),
            (&new.kind).into(),
            new.queued_at.into(),
            new.queued_at.into(),
            0.into(),
        ]
    });
    statement.insert_rows(tx, cells.collect()).await
}

/// Lets messages be sent at once, although the receiver failed.
async fn end_pause(tx: &mut Tx, client_id: &str, receiver_id: &str) -> Result<(), sqlx::Error> {
    query_tx!(*tx, |db| sqlx::query(
        "UPDATE receivers SET paused_until = NULL WHERE client_id = $1 AND receiver_id = $2"
    )
    .bind(client_id)
    .bind(receiver_id)
    .execute(db))?;
    Ok(())
}
