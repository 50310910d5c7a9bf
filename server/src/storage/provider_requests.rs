//! What was said to telephony providers and by them.

use super::pools::{again, within};
use super::{Store, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A request to a provider or from it. Secrets and telephone numbers are masked already.
#[derive(Debug, Clone, FromRow)]
pub struct ProviderRequestRow {
    pub client_id: String,
    pub request_id: String,
    pub account_id: String,
    pub at: Millis,
    /// `out` or `in`.
    pub direction: String,
    /// What it was for.
    pub purpose: String,
    pub method: String,
    pub url: String,
    /// The answer's HTTP status; `None`: there was no answer.
    pub status: Option<i64>,
    /// Milliseconds until the answer.
    pub took_ms: Option<i64>,
    pub request: String,
    pub answer: String,
    /// Why there was no answer, or nothing came of it.
    pub trouble: Option<String>,
    /// The call that it was about.
    pub session_id: Option<String>,
}

impl Store {
    /// Writes down requests of whichever clients, all or none.
    pub async fn put_provider_requests(
        &self,
        rows: &[ProviderRequestRow],
    ) -> Result<(), StoreError> {
        again!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            for row in rows {
                within!(tx, |db| sqlx::query(
                    "INSERT INTO provider_requests (client_id, request_id, account_id, at,
                            direction, purpose, method, url, status, took_ms, request, answer,
                            trouble, session_id)
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
                )
                .bind(&row.client_id)
                .bind(&row.request_id)
                .bind(&row.account_id)
                .bind(row.at)
                .bind(&row.direction)
                .bind(&row.purpose)
                .bind(&row.method)
                .bind(&row.url)
                .bind(row.status)
                .bind(row.took_ms)
                .bind(&row.request)
                .bind(&row.answer)
                .bind(&row.trouble)
                .bind(&row.session_id)
                .execute(db))?;
            }
            tx.commit().await?;
            Ok(())
        })
    }
}
