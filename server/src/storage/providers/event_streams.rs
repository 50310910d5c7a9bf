//! Stores which server listens to the events of an account's provider, and what a listener needs.

use crate::storage::database::pools::{query_read, query_write};
use crate::storage::{ProviderStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// An account with events, and the server that listens to them.
#[derive(Debug, Clone, FromRow)]
pub struct EventStreamRow {
    pub client_id: String,
    pub account_id: String,
    /// When the account was last changed.
    pub updated_at: Millis,
    /// The server that listened last.
    pub holder: Option<String>,
    /// Until when no other server may listen.
    pub held_until: Option<Millis>,
}

/// A call of an account that is in progress.
#[derive(Debug, Clone, FromRow)]
pub struct OpenCallRow {
    pub session_id: String,
    pub provider_call_id: Option<String>,
    /// The number to dial.
    pub phone: Option<String>,
    pub opened_at: Millis,
}

impl ProviderStore<'_> {
    /// Returns the accounts of this provider that are enabled, with their listeners.
    pub async fn system_list_event_streams(
        self,
        provider: &str,
    ) -> Result<Vec<EventStreamRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT a.client_id, a.account_id, a.updated_at, s.holder, s.held_until
             FROM provider_accounts a LEFT JOIN provider_event_streams s
                ON s.client_id = a.client_id AND s.account_id = a.account_id
             WHERE a.provider = $1 AND a.enabled = 1
             ORDER BY a.client_id, a.account_id"
        )
        .bind(provider)
        .fetch_all(db))?)
    }

    /// Makes a server the only listener of an account until `until`, unless another one is at
    /// `now`. Returns whether it is.
    pub async fn hold_event_stream(
        self,
        client_id: &str,
        account_id: &str,
        holder: &str,
        now: Millis,
        until: Millis,
    ) -> Result<bool, StoreError> {
        let result = query_write!(self, |db| sqlx::query(
            "INSERT INTO provider_event_streams (client_id, account_id, holder, held_until)
                     VALUES ($1, $2, $3, $5)
                     ON CONFLICT (client_id, account_id) DO UPDATE SET holder = $3, held_until = $5
                     WHERE provider_event_streams.holder = $3
                        OR provider_event_streams.held_until < $4"
        )
        .bind(client_id)
        .bind(account_id)
        .bind(holder)
        .bind(now)
        .bind(until)
        .execute(db))?;
        Ok(result.rows_affected() > 0)
    }

    /// Lets another server listen at once.
    pub async fn release_event_stream(
        self,
        client_id: &str,
        account_id: &str,
        holder: &str,
    ) -> Result<(), StoreError> {
        query_write!(self, |db| sqlx::query(
            "DELETE FROM provider_event_streams
                     WHERE client_id = $1 AND account_id = $2 AND holder = $3"
        )
        .bind(client_id)
        .bind(account_id)
        .bind(holder)
        .execute(db))?;
        Ok(())
    }

    /// Returns the calls of an account that are in progress, the latest first.
    pub async fn list_open_calls(
        self,
        client_id: &str,
        account_id: &str,
        most: i64,
    ) -> Result<Vec<OpenCallRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT p.session_id, p.provider_call_id, p.phone, p.opened_at
             FROM calls c JOIN provider_calls p
                ON p.client_id = c.client_id AND p.session_id = c.session_id
             WHERE c.client_id = $1 AND c.status = 'active' AND p.account_id = $2
             ORDER BY p.opened_at DESC, p.session_id LIMIT $3"
        )
        .bind(client_id)
        .bind(account_id)
        .bind(most)
        .fetch_all(db))?)
    }
}
