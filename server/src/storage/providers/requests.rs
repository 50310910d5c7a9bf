//! Stores the log of requests to and from providers. Secrets and numbers are masked before they get
//! here.

use crate::storage::database::columns::provider_request_columns;
use crate::storage::database::pools::{
    BulkInsert, Column, SqlValue, query_read, query_write, retry_tx,
};
use crate::storage::{ProviderStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// A logged request and its outcome.
#[derive(Debug, Clone, Default, FromRow)]
pub struct ProviderRequestRow {
    pub client_id: String,
    pub request_id: String,
    pub account_id: String,
    pub at: Millis,
    /// `out` (to the provider) or `in` (from it).
    pub direction: String,
    pub purpose: String,
    pub method: String,
    pub url: String,
    /// The response's status; `None` if there was no response.
    pub status: Option<i64>,
    /// Duration in milliseconds.
    pub took_ms: Option<i64>,
    pub request: String,
    pub answer: String,
    pub trouble: Option<String>,
    /// The call that the request is about, if any.
    pub session_id: Option<String>,
    /// What was done with the request, if the provider sent it.
    pub outcome: Option<String>,
}

/// Which requests to list.
#[derive(Debug, Clone, Default)]
pub struct RequestFilter {
    pub account_id: Option<String>,
    pub session_id: Option<String>,
    pub direction: Option<String>,
    /// The response's status.
    pub status: Option<i64>,
    /// Only failures: no response, or a status of 400 or above.
    pub failed_only: bool,
    /// Text to find in the URL, the request, the response, the error or the outcome, ignoring case.
    pub text: Option<String>,
    /// Requests at or after `from`, and before `before`.
    pub from: Option<Millis>,
    pub before: Option<Millis>,
    /// Only requests after this one in the list, given as its time and id.
    pub after: Option<(Millis, String)>,
}

const INSERT: BulkInsert = BulkInsert {
    table: "provider_requests",
    columns: &[
        Column::Text("client_id"),
        Column::Text("request_id"),
        Column::Text("account_id"),
        Column::Int("at"),
        Column::Text("direction"),
        Column::Text("purpose"),
        Column::Text("method"),
        Column::Text("url"),
        Column::Int("status"),
        Column::Int("took_ms"),
        Column::Text("request"),
        Column::Text("answer"),
        Column::Text("trouble"),
        Column::Text("session_id"),
        Column::Text("outcome"),
    ],
    conflict: "ON CONFLICT (client_id, request_id) DO NOTHING",
};

impl ProviderStore<'_> {
    /// Inserts entries of any clients.
    pub async fn system_insert_provider_requests(
        self,
        rows: &[ProviderRequestRow],
    ) -> Result<(), StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            INSERT.insert_rows(&mut tx, rows.iter().flat_map(row_cells).collect()).await?;
            tx.commit().await?;
            Ok(())
        })
    }

    /// Returns at most `most` of a client's requests, the newest first.
    pub async fn list_provider_requests(
        self,
        client_id: &str,
        filter: &RequestFilter,
        most: i64,
    ) -> Result<Vec<ProviderRequestRow>, StoreError> {
        let (after_at, after_id) = filter.after.clone().unwrap_or((Millis::MAX, String::new()));
        let pattern = filter.text.as_deref().map(like_pattern);
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            provider_request_columns!(),
            " FROM provider_requests
             WHERE client_id = $1 AND at >= $2 AND at < $3 AND (at, request_id) < ($4, $5)
               AND ($6 IS NULL OR account_id = $6)
               AND ($7 IS NULL OR session_id = $7)
               AND ($8 IS NULL OR direction = $8)
               AND (CAST($9 AS BIGINT) IS NULL OR status = CAST($9 AS BIGINT))
               AND (CAST($10 AS BIGINT) = 0 OR status IS NULL OR status >= 400)
               AND ($11 IS NULL OR LOWER(url) LIKE $11 ESCAPE '!'
                    OR LOWER(request) LIKE $11 ESCAPE '!' OR LOWER(answer) LIKE $11 ESCAPE '!'
                    OR LOWER(trouble) LIKE $11 ESCAPE '!' OR LOWER(outcome) LIKE $11 ESCAPE '!')
             ORDER BY at DESC, request_id DESC LIMIT $12"
        ))
        .bind(client_id)
        .bind(filter.from.unwrap_or(Millis::MIN))
        .bind(filter.before.unwrap_or(Millis::MAX))
        .bind(after_at)
        .bind(&after_id)
        .bind(&filter.account_id)
        .bind(&filter.session_id)
        .bind(&filter.direction)
        .bind(filter.status)
        .bind(i64::from(filter.failed_only))
        .bind(&pattern)
        .bind(most)
        .fetch_all(db))?)
    }

    /// Removes about `about` of a client's requests from before a time, the oldest first. Returns
    /// how many were removed, and whether more exist.
    pub async fn delete_provider_requests(
        self,
        client_id: &str,
        before: Millis,
        about: i64,
    ) -> Result<(u64, bool), StoreError> {
        let next: Option<Millis> = query_read!(self, |db| sqlx::query_scalar(
            "SELECT at FROM provider_requests WHERE client_id = $1 AND at < $2
             ORDER BY at LIMIT 1 OFFSET $3"
        )
        .bind(client_id)
        .bind(before)
        .bind(about)
        .fetch_optional(db))?;
        let until = next.map_or(before, |next| next.saturating_add(1).min(before));
        let done = query_write!(self, |db| sqlx::query(
            "DELETE FROM provider_requests WHERE client_id = $1 AND at < $2"
        )
        .bind(client_id)
        .bind(until)
        .execute(db))?;
        Ok((done.rows_affected(), until < before))
    }

    /// Returns the ids of the clients with entries in the log.
    pub async fn system_list_logged_clients(self) -> Result<Vec<String>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT client_id FROM clients c WHERE EXISTS (SELECT r.request_id
                FROM provider_requests r WHERE r.client_id = c.client_id)
             ORDER BY client_id"
        )
        .fetch_all(db))?)
    }
}

fn row_cells(row: &ProviderRequestRow) -> [SqlValue<'_>; 15] {
    [
        (&row.client_id).into(),
        (&row.request_id).into(),
        (&row.account_id).into(),
        row.at.into(),
        (&row.direction).into(),
        (&row.purpose).into(),
        (&row.method).into(),
        (&row.url).into(),
        row.status.into(),
        row.took_ms.into(),
        (&row.request).into(),
        (&row.answer).into(),
        row.trouble.as_deref().into(),
        row.session_id.as_deref().into(),
        row.outcome.as_deref().into(),
    ]
}

/// Returns a LIKE pattern that finds a text anywhere, in lower case.
fn like_pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
