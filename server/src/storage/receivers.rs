//! Stores clients' receivers of webhooks, and what is to be sent to them.

pub mod deliveries;
pub mod news;
pub mod tries;

use crate::storage::access::audit::{Stamp, insert_audit};
use crate::storage::database::pools::{Tx, query_read, query_tx, retry_tx};
use crate::storage::locks::{lock_client, lock_head};
use crate::storage::{ReceiverStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A server of a client's own that is told of its events.
#[derive(Debug, Clone, FromRow)]
pub struct ReceiverRow {
    pub client_id: String,
    pub receiver_id: String,
    pub name: String,
    pub url: String,
    /// A JSON list of the types of its messages; empty: all.
    pub types: String,
    /// 1 if messages have handles instead of phone numbers, else 0.
    pub hides_numbers: i64,
    /// 1 if messages are sent, else 0.
    pub is_on: i64,
    /// Goes up whenever its key is exchanged.
    pub key_number: i64,
    /// Until when messages are also signed with the previous key.
    pub previous_key_until: Option<Millis>,
    /// The last event that is among its deliveries.
    pub seq: i64,
    /// The last decision that is among its deliveries.
    pub decisions: i64,
    /// Since when no message arrives; `None`: the latest one did.
    pub failing_since: Option<Millis>,
    /// Until when nothing is sent, because it did not work; `None`: it answers.
    pub paused_until: Option<Millis>,
    pub created_at: Millis,
}

/// A change of a receiver. Fields without a value stay as they are.
#[derive(Debug, Clone, Default)]
pub struct ReceiverFields {
    pub name: Option<String>,
    pub url: Option<String>,
    /// A JSON list.
    pub types: Option<String>,
    pub hides_numbers: Option<i64>,
    pub is_on: Option<i64>,
}

/// What came of exchanging a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyExchange {
    /// The number of the new key.
    Done(i64),
    /// The key before the present one still signs until this time; a third one would end that.
    PreviousInUse(Millis),
    /// There is no such receiver.
    Unknown,
}

/// Whether a receiver was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiverOutcome {
    Done,
    UnknownClient,
    /// The client has as many as it may have.
    TooMany,
}

/// The columns of a [`ReceiverRow`].
macro_rules! receiver_columns {
    () => {
        "r.client_id, r.receiver_id, r.name, r.url, r.types, r.hides_numbers, r.is_on, \
         r.key_number, r.previous_key_until, r.seq, r.decisions, r.failing_since, r.paused_until, \
         r.created_at"
    };
}

impl ReceiverStore<'_> {
    /// Returns all receivers of a client, the oldest first.
    pub async fn list_receivers(self, client_id: &str) -> Result<Vec<ReceiverRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            receiver_columns!(),
            " FROM receivers r WHERE r.client_id = $1 ORDER BY r.created_at, r.receiver_id"
        ))
        .bind(client_id)
        .fetch_all(db))?)
    }

    /// Returns a receiver.
    pub async fn find_receiver(
        self,
        client_id: &str,
        receiver_id: &str,
    ) -> Result<Option<ReceiverRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            receiver_columns!(),
            " FROM receivers r WHERE r.client_id = $1 AND r.receiver_id = $2"
        ))
        .bind(client_id)
        .bind(receiver_id)
        .fetch_optional(db))?)
    }

    /// Returns the receivers, of all clients, that have not yet got all of what happened.
    pub async fn system_list_receivers_behind(self) -> Result<Vec<ReceiverRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            receiver_columns!(),
            " FROM receivers r JOIN feed_heads h ON h.client_id = r.client_id
             JOIN clients c ON c.client_id = r.client_id AND c.suspended_at IS NULL
             WHERE r.is_on = 1 AND (h.seq > r.seq OR h.decisions > r.decisions)
             ORDER BY r.client_id, r.receiver_id"
        ))
        .fetch_all(db))?)
    }

    /// Creates a receiver of what happens from now on.
    pub async fn create_receiver(
        self,
        row: &ReceiverRow,
        most: i64,
        stamp: Stamp<'_>,
    ) -> Result<ReceiverOutcome, StoreError> {
        let client_id = &row.client_id;
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(ReceiverOutcome::UnknownClient);
            }
            let count: i64 = query_tx!(tx, |db| sqlx::query_scalar(
                "SELECT COUNT(*) FROM receivers WHERE client_id = $1"
            )
            .bind(client_id)
            .fetch_one(db))?;
            if count >= most {
                return Ok(ReceiverOutcome::TooMany);
            }
            let (seq, decisions) = read_heads(&mut tx, client_id).await?;
            query_tx!(tx, |db| sqlx::query(
                "INSERT INTO receivers (client_id, receiver_id, name, url, types, hides_numbers,
                    is_on, key_number, seq, decisions, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
            )
            .bind(client_id)
            .bind(&row.receiver_id)
            .bind(&row.name)
            .bind(&row.url)
            .bind(&row.types)
            .bind(row.hides_numbers)
            .bind(row.is_on)
            .bind(row.key_number)
            .bind(seq)
            .bind(decisions)
            .bind(row.created_at)
            .execute(db))?;
            let subject = Some(row.receiver_id.as_str());
            insert_audit(&mut tx, client_id, "receiver.created", subject, stamp).await?;
            tx.commit().await?;
            Ok(ReceiverOutcome::Done)
        })
    }

    /// Saves the fields of a receiver that a change has. One that is switched on is told of what
    /// happens from now on. Returns false if it does not exist.
    pub async fn save_receiver(
        self,
        client_id: &str,
        receiver_id: &str,
        change: &ReceiverFields,
        stamp: Stamp<'_>,
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            lock_client(&mut tx, client_id).await?;
            let (seq, decisions) = read_heads(&mut tx, client_id).await?;
            let done = query_tx!(tx, |db| sqlx::query(
                "UPDATE receivers SET name = COALESCE($3, name), url = COALESCE($4, url),
                    types = COALESCE($5, types), hides_numbers = COALESCE($6, hides_numbers),
                    seq = CASE WHEN is_on = 0 AND $7 = 1 THEN $8 ELSE seq END,
                    decisions = CASE WHEN is_on = 0 AND $7 = 1 THEN $9 ELSE decisions END,
                    is_on = COALESCE($7, is_on), paused_until = NULL
                 WHERE client_id = $1 AND receiver_id = $2"
            )
            .bind(client_id)
            .bind(receiver_id)
            .bind(&change.name)
            .bind(&change.url)
            .bind(&change.types)
            .bind(change.hides_numbers)
            .bind(change.is_on)
            .bind(seq)
            .bind(decisions)
            .execute(db))?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            insert_audit(&mut tx, client_id, "receiver.changed", Some(receiver_id), stamp).await?;
            tx.commit().await?;
            Ok(true)
        })
    }

    /// Exchanges a receiver's key, and returns the new one's number. Messages are signed with the
    /// previous one, too, until `until`.
    pub async fn exchange_receiver_key(
        self,
        client_id: &str,
        receiver_id: &str,
        until: Option<Millis>,
        stamp: Stamp<'_>,
    ) -> Result<KeyExchange, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            lock_client(&mut tx, client_id).await?;
            let before: Option<Option<Millis>> = query_tx!(tx, |db| {
                sqlx::query_scalar(
                "SELECT previous_key_until FROM receivers WHERE client_id = $1 AND receiver_id = $2"
            )
            .bind(client_id)
            .bind(receiver_id)
            .fetch_optional(db)
            })?;
            let Some(before) = before else { return Ok(KeyExchange::Unknown) };
            if let Some(used) = before.filter(|used| until.is_some() && *used > stamp.now) {
                return Ok(KeyExchange::PreviousInUse(used));
            }
            let number: i64 = query_tx!(tx, |db| sqlx::query_scalar(
                "UPDATE receivers SET key_number = key_number + 1, previous_key_until = $3
                 WHERE client_id = $1 AND receiver_id = $2 RETURNING key_number"
            )
            .bind(client_id)
            .bind(receiver_id)
            .bind(until)
            .fetch_one(db))?;
            insert_audit(&mut tx, client_id, "receiver.key-exchanged", Some(receiver_id), stamp)
                .await?;
            tx.commit().await?;
            Ok(KeyExchange::Done(number))
        })
    }

    /// Removes a receiver and its deliveries. Returns false if it does not exist.
    pub async fn remove_receiver(
        self,
        client_id: &str,
        receiver_id: &str,
        stamp: Stamp<'_>,
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            lock_client(&mut tx, client_id).await?;
            let done = query_tx!(tx, |db| sqlx::query(
                "DELETE FROM receivers WHERE client_id = $1 AND receiver_id = $2"
            )
            .bind(client_id)
            .bind(receiver_id)
            .execute(db))?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            query_tx!(tx, |db| sqlx::query(
                "DELETE FROM deliveries WHERE client_id = $1 AND receiver_id = $2"
            )
            .bind(client_id)
            .bind(receiver_id)
            .execute(db))?;
            insert_audit(&mut tx, client_id, "receiver.removed", Some(receiver_id), stamp).await?;
            tx.commit().await?;
            Ok(true)
        })
    }

    /// Switches a receiver off, because it said that it is gone, unless it has another URL by now.
    pub async fn switch_receiver_off(
        self,
        client_id: &str,
        receiver_id: &str,
        url: &str,
        stamp: Stamp<'_>,
    ) -> Result<(), StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            lock_client(&mut tx, client_id).await?;
            let done = query_tx!(tx, |db| sqlx::query(
                "UPDATE receivers SET is_on = 0
                 WHERE client_id = $1 AND receiver_id = $2 AND url = $3 AND is_on = 1"
            )
            .bind(client_id)
            .bind(receiver_id)
            .bind(url)
            .execute(db))?;
            if done.rows_affected() > 0 {
                insert_audit(&mut tx, client_id, "receiver.changed", Some(receiver_id), stamp)
                    .await?;
            }
            tx.commit().await?;
            Ok(())
        })
    }
}

/// Returns the numbers of a client's latest event and decision, and locks them.
async fn read_heads(tx: &mut Tx, client_id: &str) -> Result<(i64, i64), sqlx::Error> {
    lock_head(tx, client_id).await?;
    query_tx!(*tx, |db| sqlx::query_as(
        "SELECT seq, decisions FROM feed_heads WHERE client_id = $1"
    )
    .bind(client_id)
    .fetch_one(db))
}
