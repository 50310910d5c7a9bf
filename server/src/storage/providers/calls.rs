//! Stores which account carries a call, the provider's id for it, and when to poll its status.

use crate::storage::database::columns::provider_call_columns;
use crate::storage::database::pools::{query_read, query_write};
use crate::storage::{ProviderStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A call that a provider carries.
#[derive(Debug, Clone, FromRow)]
pub struct ProviderCallRow {
    pub client_id: String,
    pub session_id: String,
    pub call_sid: String,
    pub account_id: String,
    /// The provider's id for the call, once it is known.
    pub provider_call_id: Option<String>,
    /// The latest status in the provider's own words.
    pub raw_status: Option<String>,
    pub recording_url: Option<String>,
    /// How the call's customer was found.
    pub matched_by: Option<String>,
    /// How many times the provider was asked for the status.
    pub checks: i64,
}

/// A call to be placed by a provider, or received from one.
#[derive(Debug, Clone)]
pub struct NewProviderCall {
    pub session_id: String,
    pub call_sid: String,
    pub account_id: String,
    pub provider_call_id: Option<String>,
    /// The other party's number, which identifies the call until the provider's id is known.
    pub phone: Option<String>,
    pub matched_by: Option<String>,
    pub opened_at: Millis,
    /// When to ask the provider for the status if no report arrives.
    pub check_at: Option<Millis>,
}

/// Details that a provider reported about a call; `None` keeps the stored value.
#[derive(Debug, Clone, Default)]
pub struct ProviderCallUpdate {
    pub provider_call_id: Option<String>,
    pub raw_status: Option<String>,
    pub recording_url: Option<String>,
}

impl ProviderStore<'_> {
    /// Records which account carries a call. Returns false and changes nothing if the account
    /// already has a call with this provider id.
    pub async fn insert_provider_call(
        self,
        client_id: &str,
        new: &NewProviderCall,
    ) -> Result<bool, StoreError> {
        let result = query_write!(self, |db| sqlx::query(
            "INSERT INTO provider_calls (client_id, session_id, call_sid, account_id,
                        provider_call_id, phone, matched_by, opened_at, check_at, checks)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0) ON CONFLICT DO NOTHING"
        )
        .bind(client_id)
        .bind(&new.session_id)
        .bind(&new.call_sid)
        .bind(&new.account_id)
        .bind(&new.provider_call_id)
        .bind(&new.phone)
        .bind(&new.matched_by)
        .bind(new.opened_at)
        .bind(new.check_at)
        .execute(db))?;
        Ok(result.rows_affected() > 0)
    }

    /// Stores details that a provider reported about a call.
    pub async fn update_provider_call(
        self,
        client_id: &str,
        session_id: &str,
        learned: &ProviderCallUpdate,
    ) -> Result<(), StoreError> {
        // The first id stays: two reports of one call would otherwise alternate it.
        query_write!(self, |db| sqlx::query(
            "UPDATE provider_calls SET
                        provider_call_id = COALESCE(provider_call_id, $3),
                        raw_status = COALESCE($4, raw_status),
                        recording_url = COALESCE($5, recording_url)
                     WHERE client_id = $1 AND session_id = $2"
        )
        .bind(client_id)
        .bind(session_id)
        .bind(&learned.provider_call_id)
        .bind(&learned.raw_status)
        .bind(&learned.recording_url)
        .execute(db))?;
        Ok(())
    }

    /// Sets when to ask the provider for the status next; `None` stops. Returns false if another
    /// server has set it since the row was read, and therefore asks.
    pub async fn claim_provider_check(
        self,
        client_id: &str,
        session_id: &str,
        checks: i64,
        check_at: Option<Millis>,
    ) -> Result<bool, StoreError> {
        let result = query_write!(self, |db| sqlx::query(
            "UPDATE provider_calls SET check_at = $4, checks = checks + 1
                     WHERE client_id = $1 AND session_id = $2 AND checks = $3"
        )
        .bind(client_id)
        .bind(session_id)
        .bind(checks)
        .bind(check_at)
        .execute(db))?;
        Ok(result.rows_affected() > 0)
    }

    /// Returns the call with this session id.
    pub async fn find_provider_call(
        self,
        client_id: &str,
        session_id: &str,
    ) -> Result<Option<ProviderCallRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            provider_call_columns!(),
            " FROM provider_calls WHERE client_id = $1 AND session_id = $2"
        ))
        .bind(client_id)
        .bind(session_id)
        .fetch_optional(db))?)
    }

    /// Returns the call with this provider id.
    pub async fn find_provider_call_by_id(
        self,
        client_id: &str,
        account_id: &str,
        provider_call_id: &str,
    ) -> Result<Option<ProviderCallRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            provider_call_columns!(),
            " FROM provider_calls
             WHERE client_id = $1 AND account_id = $2 AND provider_call_id = $3"
        ))
        .bind(client_id)
        .bind(account_id)
        .bind(provider_call_id)
        .fetch_optional(db))?)
    }

    /// Returns the latest call of an account since `since` whose number ends with these digits and
    /// whose provider id is not known.
    pub async fn find_unidentified_provider_call(
        self,
        client_id: &str,
        account_id: &str,
        phone_ending: &str,
        since: Millis,
    ) -> Result<Option<ProviderCallRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            provider_call_columns!(),
            " FROM provider_calls
             WHERE client_id = $1 AND account_id = $2 AND provider_call_id IS NULL
               AND phone LIKE '%' || CAST($3 AS TEXT) AND opened_at >= $4
             ORDER BY opened_at DESC, session_id LIMIT 1"
        ))
        .bind(client_id)
        .bind(account_id)
        .bind(phone_ending)
        .bind(since)
        .fetch_optional(db))?)
    }

    /// Returns the calls of all clients whose status is due to be asked for.
    pub async fn system_list_due_provider_calls(
        self,
        now: Millis,
        most: i64,
    ) -> Result<Vec<ProviderCallRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            provider_call_columns!(),
            " FROM provider_calls WHERE check_at <= $1 ORDER BY check_at LIMIT $2"
        ))
        .bind(now)
        .bind(most)
        .fetch_all(db))?)
    }
}
