//! Stores webhooks from providers: written before they are answered, processed afterwards, and
//! deduplicated.

use crate::storage::database::pools::{query_read, query_write};
use crate::storage::{ProviderStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A webhook that waits to be processed.
#[derive(Debug, Clone, FromRow)]
pub struct PendingWebhook {
    pub client_id: String,
    /// Identifies the webhook: a hash of the account and the whole content.
    pub message_id: String,
    pub account_id: String,
    pub content_type: Option<String>,
    pub query: String,
    /// The body in Base64.
    pub body: String,
    pub received_at: Millis,
    /// How many times processing was attempted.
    pub tries: i64,
}

impl ProviderStore<'_> {
    /// Stores a webhook, to be retried from `try_at` on if it is not closed by then. Returns false
    /// if the same webhook is already stored.
    pub async fn insert_webhook(
        self,
        client_id: &str,
        letter: &PendingWebhook,
        try_at: Millis,
    ) -> Result<bool, StoreError> {
        let result = query_write!(self, |db| sqlx::query(
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
        Ok(result.rows_affected() > 0)
    }

    /// Returns the webhooks that are due, the oldest first.
    pub async fn system_list_due_webhooks(
        self,
        now: Millis,
        most: i64,
    ) -> Result<Vec<PendingWebhook>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT client_id, message_id, account_id, content_type, query, body, received_at,
                    tries
             FROM webhook_inbox WHERE try_at <= $1
             ORDER BY received_at, message_id LIMIT $2"
        )
        .bind(now)
        .bind(most)
        .fetch_all(db))?)
    }

    /// Marks a webhook as processed and clears its content. `trouble` says why it could not be
    /// used, if that is the case.
    pub async fn close_webhook(
        self,
        client_id: &str,
        message_id: &str,
        trouble: Option<&str>,
    ) -> Result<(), StoreError> {
        query_write!(self, |db| sqlx::query(
            "UPDATE webhook_inbox
                     SET try_at = NULL, query = '', body = '', tries = tries + 1, trouble = $3
                     WHERE client_id = $1 AND message_id = $2"
        )
        .bind(client_id)
        .bind(message_id)
        .bind(trouble)
        .execute(db))?;
        Ok(())
    }

    /// Claims a webhook and schedules its next attempt. Returns false if another server has claimed
    /// it.
    pub async fn claim_webhook(
        self,
        client_id: &str,
        letter: &PendingWebhook,
        try_at: Millis,
    ) -> Result<bool, StoreError> {
        let result = query_write!(self, |db| sqlx::query(
            "UPDATE webhook_inbox SET try_at = $4, tries = tries + 1
                     WHERE client_id = $1 AND message_id = $2 AND tries = $3
                       AND try_at IS NOT NULL"
        )
        .bind(client_id)
        .bind(&letter.message_id)
        .bind(letter.tries)
        .bind(try_at)
        .execute(db))?;
        Ok(result.rows_affected() > 0)
    }

    /// Deletes the processed webhooks that arrived before a time.
    pub async fn system_delete_closed_webhooks(self, before: Millis) -> Result<(), StoreError> {
        query_write!(self, |db| sqlx::query(
            "DELETE FROM webhook_inbox WHERE received_at < $1 AND try_at IS NULL"
        )
        .bind(before)
        .execute(db))?;
        Ok(())
    }
}
