//! What providers sent by themselves: taken in before it is answered, worked on afterwards, and
//! known again should it come twice.

use crate::storage::database::pools::{again, reading, within};
use crate::storage::{Store, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// Something a provider sent that is to be worked on.
#[derive(Debug, Clone, FromRow)]
pub struct Letter {
    pub client_id: String,
    /// What tells it apart: a hash of the account and of all that was sent.
    pub message_id: String,
    pub account_id: String,
    pub content_type: Option<String>,
    pub query: String,
    /// Base64.
    pub body: String,
    pub received_at: Millis,
    /// How often it was tried.
    pub tries: i64,
}

impl Store {
    /// Takes in what a provider sent, on disk, to be tried again from `try_at` on should it not be
    /// closed before. False where the same came before.
    pub async fn put_letter(
        &self,
        client_id: &str,
        letter: &Letter,
        try_at: Millis,
    ) -> Result<bool, StoreError> {
        again!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            let done = within!(tx, |db| sqlx::query(
                "INSERT INTO webhook_inbox (client_id, message_id, account_id, content_type,
                        query, body, received_at, try_at, tries)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0) ON CONFLICT DO NOTHING"
            )
            .bind(client_id)
            .bind(&letter.message_id)
            .bind(&letter.account_id)
            .bind(&letter.content_type)
            .bind(&letter.query)
            .bind(&letter.body)
            .bind(letter.received_at)
            .bind(try_at)
            .execute(db))?;
            tx.commit().await?;
            Ok(done.rows_affected() > 0)
        })
    }

    /// What is to be worked on by now, the oldest first.
    pub async fn system_letters(&self, now: Millis, most: i64) -> Result<Vec<Letter>, StoreError> {
        Ok(reading!(self, |db| sqlx::query_as(
            "SELECT client_id, message_id, account_id, content_type, query, body, received_at,
                    tries
             FROM webhook_inbox WHERE try_at <= $1
             ORDER BY received_at, message_id LIMIT $2"
        )
        .bind(now)
        .bind(most)
        .fetch_all(db))?)
    }

    /// Marks a letter as worked on, and forgets what it said. `trouble` says why nothing could be
    /// made of it, where that is so.
    pub async fn close_letter(
        &self,
        client_id: &str,
        message_id: &str,
        trouble: Option<&str>,
    ) -> Result<(), StoreError> {
        again!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            within!(tx, |db| sqlx::query(
                "UPDATE webhook_inbox
                     SET try_at = NULL, query = '', body = '', tries = tries + 1, trouble = $3
                     WHERE client_id = $1 AND message_id = $2"
            )
            .bind(client_id)
            .bind(message_id)
            .bind(trouble)
            .execute(db))?;
            tx.commit().await?;
            Ok(())
        })
    }

    /// Has a letter tried again later. False where another server is at it.
    pub async fn put_letter_off(
        &self,
        client_id: &str,
        letter: &Letter,
        try_at: Millis,
    ) -> Result<bool, StoreError> {
        again!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            let done = within!(tx, |db| sqlx::query(
                "UPDATE webhook_inbox SET try_at = $4, tries = tries + 1
                     WHERE client_id = $1 AND message_id = $2 AND tries = $3
                       AND try_at IS NOT NULL"
            )
            .bind(client_id)
            .bind(&letter.message_id)
            .bind(letter.tries)
            .bind(try_at)
            .execute(db))?;
            tx.commit().await?;
            Ok(done.rows_affected() > 0)
        })
    }

    /// Forgets the letters that were worked on and came before then.
    pub async fn system_forget_letters(&self, before: Millis) -> Result<(), StoreError> {
        again!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            within!(tx, |db| sqlx::query(
                "DELETE FROM webhook_inbox WHERE received_at < $1 AND try_at IS NULL"
            )
            .bind(before)
            .execute(db))?;
            tx.commit().await?;
            Ok(())
        })
    }
}
