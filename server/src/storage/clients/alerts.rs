//! Stores what clients are alerted of, which alerts are raised, and the messages about them.

use crate::storage::access::audit::{Stamp, insert_audit};
use crate::storage::database::pools::{Tx, query_read, query_tx, query_write, retry_tx};
use crate::storage::locks::lock_client;
use crate::storage::{AlertStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A message to one recipient.
#[derive(Debug, Clone, FromRow)]
pub struct AlertMessage {
    pub client_id: String,
    pub message_id: String,
    /// `email` or `webhook`.
    pub channel: String,
    /// An e-mail address or a URL.
    pub recipient: String,
    pub subject: String,
    /// The text of an e-mail, or the JSON of a webhook.
    pub body: String,
    pub created_at: Millis,
    /// How often it was tried.
    pub tries: i64,
}

/// A message that was written of late, and what became of it.
#[derive(Debug, Clone, FromRow)]
pub struct AlertMessageState {
    pub channel: String,
    pub recipient: String,
    pub subject: String,
    pub created_at: Millis,
    pub sent_at: Option<Millis>,
    pub try_at: Option<Millis>,
    pub trouble: Option<String>,
}

impl AlertStore<'_> {
    /// Returns a client's settings, as JSON.
    pub async fn find_alert_settings(self, client_id: &str) -> Result<Option<String>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT settings FROM alert_settings WHERE client_id = $1"
        )
        .bind(client_id)
        .fetch_optional(db))?)
    }

    /// Returns the ids and settings of all clients that are not suspended.
    pub async fn system_list_alert_settings(self) -> Result<Vec<(String, String)>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT s.client_id, s.settings FROM alert_settings s
             JOIN clients c ON c.client_id = s.client_id
             WHERE c.suspended_at IS NULL ORDER BY s.client_id"
        )
        .fetch_all(db))?)
    }

    /// Saves a client's settings. The next digest is that of a day after `digest_day`. Returns false
    /// if the client does not exist.
    pub async fn save_alert_settings(
        self,
        client_id: &str,
        settings: &str,
        digest_day: &str,
        stamp: Stamp<'_>,
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(false);
            }
            query_tx!(tx, |db| sqlx::query(
                "INSERT INTO alert_settings (client_id, settings, digest_day) VALUES ($1, $2, $3)
                 ON CONFLICT (client_id) DO UPDATE SET settings = excluded.settings,
                    digest_day = excluded.digest_day"
            )
            .bind(client_id)
            .bind(settings)
            .bind(digest_day)
            .execute(db))?;
            insert_audit(&mut tx, client_id, "alerts.changed", None, stamp).await?;
            tx.commit().await?;
            Ok(true)
        })
    }

    /// Raises an alert and writes its messages, unless it is raised already or was told of after
    /// `quiet_since`. Of several servers that do so at once, only one writes messages.
    pub async fn raise_alert(
        self,
        client_id: &str,
        rule: &str,
        quiet_since: Millis,
        messages: &[AlertMessage],
        now: Millis,
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            let done = query_tx!(tx, |db| {
                sqlx::query(
                "INSERT INTO alerts (client_id, rule, is_raised, told_at) VALUES ($1, $2, 1, $3)
                 ON CONFLICT (client_id, rule) DO UPDATE SET is_raised = 1,
                    told_at = excluded.told_at
                 WHERE alerts.is_raised = 0 AND alerts.told_at <= $4"
            )
            .bind(client_id)
            .bind(rule)
            .bind(now)
            .bind(quiet_since)
            .execute(db)
            })?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            insert_messages(&mut tx, messages).await?;
            tx.commit().await?;
            Ok(true)
        })
    }

    /// Resolves an alert and writes its messages, unless it is not raised.
    pub async fn resolve_alert(
        self,
        client_id: &str,
        rule: &str,
        messages: &[AlertMessage],
        now: Millis,
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            let done = query_tx!(tx, |db| sqlx::query(
                "UPDATE alerts SET is_raised = 0, told_at = $3
                 WHERE client_id = $1 AND rule = $2 AND is_raised = 1"
            )
            .bind(client_id)
            .bind(rule)
            .bind(now)
            .execute(db))?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            insert_messages(&mut tx, messages).await?;
            tx.commit().await?;
            Ok(true)
        })
    }

    /// Returns the rules whose alerts are raised.
    pub async fn list_raised_alerts(self, client_id: &str) -> Result<Vec<String>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT rule FROM alerts WHERE client_id = $1 AND is_raised = 1 ORDER BY rule"
        )
        .bind(client_id)
        .fetch_all(db))?)
    }

    /// Writes the messages of the digest that is due on a day, `YYYY-MM-DD`, unless a server has
    /// written them.
    pub async fn write_digest(
        self,
        client_id: &str,
        day: &str,
        messages: &[AlertMessage],
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            let done = query_tx!(tx, |db| sqlx::query(
                "UPDATE alert_settings SET digest_day = $2
                 WHERE client_id = $1 AND COALESCE(digest_day, '') < $2"
            )
            .bind(client_id)
            .bind(day)
            .execute(db))?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            insert_messages(&mut tx, messages).await?;
            tx.commit().await?;
            Ok(true)
        })
    }

    /// Returns whether the digest of a day is still to be written.
    pub async fn is_digest_due(self, client_id: &str, day: &str) -> Result<bool, StoreError> {
        let due: i64 = query_read!(self, |db| sqlx::query_scalar(
            "SELECT COUNT(*) FROM alert_settings
             WHERE client_id = $1 AND COALESCE(digest_day, '') < $2"
        )
        .bind(client_id)
        .bind(day)
        .fetch_one(db))?;
        Ok(due > 0)
    }

    /// Takes messages that are due, of all clients, so that no other server sends them before
    /// `again_at`.
    pub async fn system_take_due_messages(
        self,
        now: Millis,
        again_at: Millis,
        most: i64,
    ) -> Result<Vec<AlertMessage>, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            let taken: Vec<AlertMessage> = query_tx!(tx, |db| sqlx::query_as(
                "UPDATE alert_messages SET try_at = $2, tries = tries + 1
                 WHERE try_at <= $1 AND message_id IN (SELECT m.message_id FROM alert_messages m
                    WHERE m.try_at <= $1 ORDER BY m.try_at LIMIT $3)
                 RETURNING client_id, message_id, channel, recipient, subject, body, created_at,
                    tries"
            )
            .bind(now)
            .bind(again_at)
            .bind(most)
            .fetch_all(db))?;
            tx.commit().await?;
            Ok(taken)
        })
    }

    /// Records the end of a try: sent, to be tried again at `try_at`, or given up.
    pub async fn end_message_try(
        self,
        client_id: &str,
        message_id: &str,
        sent_at: Option<Millis>,
        try_at: Option<Millis>,
        trouble: Option<&str>,
    ) -> Result<(), StoreError> {
        query_write!(self, |db| sqlx::query(
            "UPDATE alert_messages SET sent_at = $3, try_at = $4, trouble = $5
             WHERE client_id = $1 AND message_id = $2"
        )
        .bind(client_id)
        .bind(message_id)
        .bind(sent_at)
        .bind(try_at)
        .bind(trouble)
        .execute(db))?;
        Ok(())
    }

    /// Returns the latest messages of a client, newest first.
    pub async fn list_alert_messages(
        self,
        client_id: &str,
        most: i64,
    ) -> Result<Vec<AlertMessageState>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT channel, recipient, subject, created_at, sent_at, try_at, trouble
             FROM alert_messages WHERE client_id = $1 ORDER BY created_at DESC, message_id DESC
             LIMIT $2"
        )
        .bind(client_id)
        .bind(most)
        .fetch_all(db))?)
    }

    /// Deletes the messages of all clients from before a time.
    pub async fn system_delete_old_messages(self, before: Millis) -> Result<(), StoreError> {
        query_write!(self, |db| sqlx::query("DELETE FROM alert_messages WHERE created_at < $1")
            .bind(before)
            .execute(db))?;
        Ok(())
    }

    /// Counts the requests to a client's providers since a time that failed: without an answer, or
    /// with an error of the provider.
    pub async fn count_failed_requests(
        self,
        client_id: &str,
        since: Millis,
    ) -> Result<i64, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT COUNT(*) FROM provider_requests WHERE client_id = $1 AND at >= $2
                AND direction = 'out' AND (status IS NULL OR status >= 500)"
        )
        .bind(client_id)
        .bind(since)
        .fetch_one(db))?)
    }
}

async fn insert_messages(tx: &mut Tx, messages: &[AlertMessage]) -> Result<(), sqlx::Error> {
    for message in messages {
        query_tx!(*tx, |db| sqlx::query(
            "INSERT INTO alert_messages (client_id, message_id, channel, recipient, subject, body,
                created_at, try_at, tries)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 0)"
        )
        .bind(&message.client_id)
        .bind(&message.message_id)
        .bind(&message.channel)
        .bind(&message.recipient)
        .bind(&message.subject)
        .bind(&message.body)
        .bind(message.created_at)
        .execute(db))?;
    }
    Ok(())
}
