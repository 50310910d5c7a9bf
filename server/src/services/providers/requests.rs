//! Reads the log of requests to and from providers for an administrator, and removes old entries.

use crate::services::access::operator::Operator;
use crate::services::{ServiceError, cursor};
use crate::storage::{ProviderRequestRow, RequestFilter, Store, StoreError};
use crate::time;
use call_ribbon_shared::Millis;
use serde::Serialize;
use utoipa::ToSchema;

/// Entries removed in one transaction: few enough that other transactions hardly wait.
const BATCH: i64 = 1_000;
const DAY: Millis = 24 * 60 * 60 * 1000;

/// A request to a provider, or a webhook from it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProviderRequest)]
pub struct RequestShown {
    #[schema(examples("req_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    request_id: String,
    #[schema(examples("account_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    account_id: String,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    at: String,
    /// `out`: to the provider; `in`: from it.
    #[schema(value_type = RequestDirection)]
    direction: String,
    /// What it was for.
    #[schema(examples("connect"))]
    purpose: String,
    #[schema(examples("POST"))]
    method: String,
    url: String,
    /// The answer's status; null if there was no answer.
    #[schema(required = true, examples(200))]
    status: Option<i64>,
    /// Milliseconds until the answer; null if not measured.
    #[schema(required = true, minimum = 0, examples(184))]
    took: Option<i64>,
    /// What was sent, without secrets, and with only the last four digits of phone numbers.
    request: String,
    /// What was answered, masked likewise.
    answer: String,
    /// Why there was no answer, or why nothing came of it.
    #[schema(required = true)]
    trouble: Option<String>,
    /// The call that it was about.
    #[schema(required = true)]
    session_id: Option<String>,
    /// What came of a webhook: the call it belongs to and the events that are new there, or why it
    /// belongs to none. Null for requests to a provider.
    #[schema(
        required = true,
        examples("led to call ses_0199d7d2c5e07c3f9a3be2b1f0c44a10: connected")
    )]
    outcome: Option<String>,
}

/// The direction of a request.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "stands for the words in the document")]
enum RequestDirection {
    Out,
    In,
}

/// A page of the log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProviderRequestList)]
pub struct RequestList {
    /// The newest first.
    requests: Vec<RequestShown>,
    /// The cursor of the next page; null on the last one.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// Returns a page of a client's log.
pub async fn list_requests(
    operator: &Operator<'_>,
    client_id: &str,
    filter: &RequestFilter,
    most: i64,
) -> Result<RequestList, ServiceError> {
    operator
        .store
        .clients()
        .find_client(client_id)
        .await?
        .ok_or_else(ServiceError::unknown_client)?;
    let size = usize::try_from(most).unwrap_or(usize::MAX);
    let mut rows =
        operator.store.providers().list_provider_requests(client_id, filter, most + 1).await?;
    let more = rows.len() > size;
    rows.truncate(size);
    let last = rows.last().filter(|_| more);
    let next_cursor = last.map(|row| cursor::write_request(row.at, &row.request_id));
    Ok(RequestList { next_cursor, requests: rows.into_iter().map(show_request).collect() })
}

/// Removes expired entries: those older than the server keeps its log, or than the client keeps its
/// calls.
pub async fn remove_old(store: &Store, days: u32, now: Millis) {
    if let Err(error) = remove_batches(store, days.into(), now).await {
        tracing::warn!("expired entries of the request log could not be deleted: {error}");
    }
}

async fn remove_batches(store: &Store, days: i64, now: Millis) -> Result<(), StoreError> {
    for client_id in store.providers().system_list_logged_clients().await? {
        let calls_days = store.clients().find_retention(&client_id).await?.calls_days;
        let days = calls_days.map_or(days, |calls_days| calls_days.min(days));
        let before = now.saturating_sub(days.saturating_mul(DAY));
        let mut more = true;
        while more {
            (_, more) =
                store.providers().delete_provider_requests(&client_id, before, BATCH).await?;
        }
    }
    Ok(())
}

fn show_request(row: ProviderRequestRow) -> RequestShown {
    RequestShown {
        request_id: row.request_id,
        account_id: row.account_id,
        at: time::format(row.at),
        direction: row.direction,
        purpose: row.purpose,
        method: row.method,
        url: row.url,
        status: row.status,
        took: row.took_ms,
        request: row.request,
        answer: row.answer,
        trouble: row.trouble,
        session_id: row.session_id,
        outcome: row.outcome,
    }
}
