//! Stores providers' webhooks before they are answered, and processes them afterwards.
//!
//! The server that received a webhook processes it at once. If it stops in between, or the database
//! is unavailable, the stored webhook remains, and this server or another one processes it later.

use super::{ReportOutcome, record_report};
use crate::providers::WebhookRequest;
use crate::secret::sha256;
use crate::services::ServiceError;
use crate::services::calls::telephony::Telephony;
use crate::services::providers::accounts::Account;
use crate::services::providers::request_log::log_webhook;
use crate::storage::{Client, PendingWebhook, StoreError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use call_ribbon_shared::Millis;
use std::sync::Arc;
use std::time::Duration;

/// How long only the server that received a webhook may process it, in milliseconds.
const RESERVED_FOR: Millis = 10_000;
/// How often to look for unprocessed webhooks.
pub const INTERVAL: Duration = Duration::from_secs(5);
/// Webhooks per pass.
const BATCH: i64 = 200;
/// The wait before a webhook is retried, in milliseconds; doubled each time up to an hour.
const RETRY_AFTER: Millis = 5_000;
const MAX_RETRY_WAIT: Millis = 3_600_000;
/// Attempts before a webhook is given up: with the waits, about half a day.
const MAX_ATTEMPTS: i64 = 20;
/// How long a webhook is remembered, in milliseconds: a week. Providers repeat unanswered webhooks
/// for some minutes.
const REMEMBERED_FOR: Millis = 7 * 24 * 3_600_000;

/// Stores a webhook and starts to process it; it is on disk when this returns. A repetition changes
/// nothing.
pub async fn accept_webhook(
    telephony: &Arc<Telephony>,
    client: Client,
    account: Account,
    delivered: WebhookRequest,
) -> Result<(), ServiceError> {
    let received_at = telephony.now();
    let webhook = PendingWebhook {
        client_id: client.id.clone(),
        message_id: message_id(&account.account_id, &delivered),
        account_id: account.account_id.clone(),
        content_type: delivered.content_type.clone(),
        query: delivered.query.clone(),
        body: STANDARD.encode(&delivered.body),
        received_at,
        tries: 0,
    };
    if telephony
        .store
        .providers()
        .insert_webhook(&client.id, &webhook, received_at + RESERVED_FOR)
        .await?
    {
        let telephony = Arc::clone(telephony);
        telephony
            .background
            .clone()
            .spawn(async move { process_webhook(&telephony, &client, &account, webhook).await });
    } else {
        let repeated = "ignored: repeated";
        log_webhook(
            &telephony.store,
            &telephony.ids,
            &account,
            &delivered,
            received_at,
            None,
            repeated,
        )
        .await;
    }
    Ok(())
}

/// Processes the waiting webhooks, and removes those of long ago.
pub async fn process_waiting(telephony: &Telephony) {
    if let Err(error) = process_due(telephony).await {
        tracing::warn!("the webhooks of providers are delayed: {error}");
    }
}

async fn process_due(telephony: &Telephony) -> Result<(), StoreError> {
    let now = telephony.now();
    for webhook in telephony.store.providers().system_list_due_webhooks(now, BATCH).await? {
        // The server that reschedules it first is the one that processes it.
        let later = now + retry_wait(webhook.tries);
        if !telephony.store.providers().claim_webhook(&webhook.client_id, &webhook, later).await? {
            continue;
        }
        let Some(client) = telephony.store.clients().find_client(&webhook.client_id).await? else {
            continue;
        };
        if let Some(account) = telephony.accounts.by_id(&client.id, &webhook.account_id).await? {
            process_webhook(telephony, &client, &account, webhook).await;
        } else {
            let gone = "The account no longer exists.";
            telephony
                .store
                .providers()
                .close_webhook(&client.id, &webhook.message_id, Some(gone))
                .await?;
        }
    }
    telephony.store.providers().system_delete_closed_webhooks(now - REMEMBERED_FOR).await
}

/// What came of a webhook: the call it is about, what the request log says, and why nothing came of
/// it.
struct WebhookOutcome {
    session_id: Option<String>,
    says: String,
    trouble: Option<String>,
}

impl WebhookOutcome {
    fn from_report(taken: ReportOutcome) -> Self {
        match taken {
            ReportOutcome::Recorded { session_id, events } => {
                let says = if events.is_empty() {
                    format!("ignored: nothing new about call {session_id}")
                } else {
                    format!("led to call {session_id}: {}", events.join(", "))
                };
                Self { session_id: Some(session_id), says, trouble: None }
            }
            ReportOutcome::NoCall(why) => Self::no_effect("no call", why),
        }
    }

    fn no_effect(kind: &str, why: &str) -> Self {
        let says = format!("{kind}: {why}");
        Self { session_id: None, trouble: Some(says.clone()), says }
    }
}

/// Processes one webhook, and closes it unless it is worth a retry.
async fn process_webhook(
    telephony: &Telephony,
    client: &Client,
    account: &Account,
    webhook: PendingWebhook,
) {
    let at = webhook.received_at;
    let delivered = match decode_request(&webhook) {
        Ok(delivered) => delivered,
        Err(sentence) => {
            return close_webhook(telephony, client, account, &webhook, Some(sentence)).await;
        }
    };
    let read = account.settings.read_callback(&delivered, at);
    let outcome = match read {
        Ok(report) => match record_report(telephony, client, account, report, at).await {
            Ok(taken) => WebhookOutcome::from_report(taken),
            Err(error) if is_retryable(&error) && webhook.tries < MAX_ATTEMPTS => {
                tracing::warn!(account = account.account_id, "a webhook is delayed: {error}");
                return;
            }
            Err(error) => WebhookOutcome::no_effect("failed", &error.to_string()),
        },
        Err(unreadable) => WebhookOutcome::no_effect("refused", &unreadable.to_string()),
    };
    let WebhookOutcome { session_id, says, trouble } = outcome;
    if let Some(trouble) = &trouble {
        tracing::info!(account = account.account_id, "a webhook had no effect: {trouble}");
    }
    log_webhook(
        &telephony.store,
        &telephony.ids,
        account,
        &delivered,
        at,
        session_id.as_deref(),
        &says,
    )
    .await;
    close_webhook(telephony, client, account, &webhook, trouble).await;
}

async fn close_webhook(
    telephony: &Telephony,
    client: &Client,
    account: &Account,
    webhook: &PendingWebhook,
    trouble: Option<String>,
) {
    let closed = telephony
        .store
        .providers()
        .close_webhook(&client.id, &webhook.message_id, trouble.as_deref())
        .await;
    if let Err(error) = closed {
        // It will be processed once more, which changes nothing.
        tracing::warn!(
            account = account.account_id,
            "a webhook could not be removed from the queue: {error}"
        );
    }
}

/// Whether the database is unavailable, rather than the webhook faulty.
fn is_retryable(error: &ServiceError) -> bool {
    matches!(error, ServiceError::Busy | ServiceError::Unavailable(_))
}

fn decode_request(webhook: &PendingWebhook) -> Result<WebhookRequest, String> {
    let body = STANDARD
        .decode(&webhook.body)
        .map_err(|_| "The stored webhook cannot be read.".to_owned())?;
    Ok(WebhookRequest {
        content_type: webhook.content_type.clone(),
        query: webhook.query.clone(),
        body: body.into(),
    })
}

/// Returns the wait before the next attempt, in milliseconds.
fn retry_wait(tries: i64) -> Millis {
    let doubled = u32::try_from(tries).unwrap_or(u32::MAX).min(20);
    RETRY_AFTER.saturating_mul(1 << doubled).min(MAX_RETRY_WAIT)
}

/// Returns the id that identifies a webhook: its whole content, and its account.
fn message_id(account_id: &str, delivered: &WebhookRequest) -> String {
    let mut text = Vec::new();
    let kind = delivered.content_type.as_deref().unwrap_or_default();
    for part in [account_id.as_bytes(), kind.as_bytes(), delivered.query.as_bytes()] {
        text.extend_from_slice(part);
        text.push(0);
    }
    text.extend_from_slice(&delivered.body);
    sha256(&text)
}
