//! Sends messages by e-mail and by webhook, and tries again if that fails.
//!
//! A webhook is signed as [Standard Webhooks](https://www.standardwebhooks.com) says: HMAC-SHA256
//! over id, time and body.

use super::messages::{test_content, write_messages};
use super::settings::read_settings;
use crate::ids::Ids;
use crate::mail::{Mail, Mailer};
use crate::outgoing::OutgoingClient;
use crate::services::ServiceError;
use crate::services::receivers::signing::{KeySource, show_key, sign};
use crate::storage::{AlertMessage, Store, StoreError};
use call_ribbon_shared::Millis;
use futures_util::future::join_all;
use reqwest::{Method, header};
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;

/// How often messages that are due are sent.
pub const INTERVAL: Duration = Duration::from_secs(10);
/// Messages sent in one pass.
const BATCH: i64 = 20;
const MINUTE: Millis = 60 * 1000;
/// How long a try may take before another server tries, too.
const LEASE: Millis = 2 * MINUTE;
/// The minutes after which a message is tried again; after the last, it is given up.
const PAUSES: [Millis; 5] = [1, 5, 30, 120, 360];
/// The most characters that are kept of why a message was not sent.
const MAX_TROUBLE_CHARS: usize = 500;
/// How long messages are kept.
const KEPT: Millis = 30 * 24 * 60 * MINUTE;
/// Distinguishes the keys of webhooks from other keys that are derived from the same secret.
pub const KEY_PURPOSE: &[u8] = b"call-ribbon alert webhooks v1";

/// What sends messages.
pub struct Delivery {
    /// `None`: the operator has set no mail server.
    pub mailer: Option<Mailer>,
    pub client: OutgoingClient,
    /// Each client has a key of its own.
    pub keys: KeySource,
}

/// The result of a test message.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestResult {
    /// `email` or `webhook`.
    #[schema(examples("email"))]
    channel: String,
    #[schema(examples("asha@example.com"))]
    recipient: String,
    ok: bool,
    /// Why it failed; null: it did not.
    #[schema(required = true)]
    trouble: Option<String>,
}

impl Delivery {
    /// Returns the key of a client's webhook, as its receiver needs it.
    pub fn key_of(&self, client_id: &str) -> String {
        self.keys.keys_of(&[client_id]).first().map(show_key).unwrap_or_default()
    }

    /// Sends a message by its channel. The error is for the client's admins.
    async fn send(&self, message: &AlertMessage, now: Millis) -> Result<(), String> {
        let sent = self.send_by_channel(message, now).await;
        // A receiver's own answer may be of any length.
        sent.map_err(|trouble| trouble.chars().take(MAX_TROUBLE_CHARS).collect())
    }

    async fn send_by_channel(&self, message: &AlertMessage, now: Millis) -> Result<(), String> {
        if message.channel == "email" {
            let mailer = self.mailer.as_ref().ok_or("The operator has set no mail server.")?;
            let mail = Mail {
                id: &message.message_id,
                to: &message.recipient,
                subject: &message.subject,
                text: &message.body,
            };
            return mailer.send(mail).await.map_err(|error| error.to_string());
        }
        let seconds = (now / 1000).to_string();
        let keys = self.keys.keys_of(&[&message.client_id]);
        let signature = sign(&keys, &message.message_id, &seconds, &message.body);
        let request = self.client.request(Method::POST, &message.recipient);
        let request = request.map_err(|refused| refused.to_string())?;
        let answer = request
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", &message.message_id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signature)
            .body(message.body.clone())
            .send()
            .await
            // The error's own text contains the URL, which may hold a secret.
            .map_err(|error| error.without_url().to_string())?;
        let status = answer.status();
        if status.is_success() { Ok(()) } else { Err(format!("The receiver answered {status}.")) }
    }

    /// Sends the messages of all clients that are due.
    pub async fn send_due(&self, store: &Store, now: Millis) {
        if let Err(error) = self.try_send_due(store, now).await {
            tracing::warn!("messages about alerts could not be sent: {error}");
        }
    }

    async fn try_send_due(&self, store: &Store, now: Millis) -> Result<(), StoreError> {
        let due = store.alerts().system_take_due_messages(now, now + LEASE, BATCH).await?;
        // Together, so that a slow receiver keeps no other waiting and the lease lasts.
        let sending = due.iter().map(|message| self.send_one(store, message, now));
        join_all(sending).await.into_iter().collect()
    }

    /// Sends one message, and records what became of it.
    async fn send_one(
        &self,
        store: &Store,
        message: &AlertMessage,
        now: Millis,
    ) -> Result<(), StoreError> {
        let (client_id, channel) = (&message.client_id, &message.channel);
        let (sent_at, try_at, trouble) = match self.send(message, now).await {
            Ok(()) => (Some(now), None, None),
            Err(trouble) => {
                let tries = usize::try_from(message.tries - 1).unwrap_or_default();
                let pause = PAUSES.get(tries).map(|minutes| minutes * MINUTE);
                tracing::warn!(client_id, channel, "a message about an alert was not sent");
                (None, pause.map(|pause| now + pause), Some(trouble))
            }
        };
        let (id, trouble) = (&message.message_id, trouble.as_deref());
        store.alerts().end_message_try(client_id, id, sent_at, try_at, trouble).await
    }

    /// Deletes messages that are too old to be of interest.
    pub async fn remove_old(&self, store: &Store, now: Millis) {
        if let Err(error) = store.alerts().system_delete_old_messages(now - KEPT).await {
            tracing::warn!("old messages about alerts could not be deleted: {error}");
        }
    }

    /// Sends a test message to all recipients of a client at once.
    pub async fn send_test(
        &self,
        store: &Store,
        ids: &Ids,
        client_id: &str,
        now: Millis,
    ) -> Result<Vec<TestResult>, ServiceError> {
        let client = store.clients().find_client(client_id).await?;
        let client = client.ok_or_else(ServiceError::unknown_client)?;
        let stored = store.alerts().find_alert_settings(client_id).await?;
        let settings = stored.as_deref().map(read_settings).unwrap_or_default();
        let messages = write_messages(ids, &client, &settings, &test_content(), now);
        if messages.is_empty() {
            let sentence = "Save an e-mail address or a webhook first.".to_owned();
            return Err(ServiceError::Invalid { field: "emails", sentence });
        }
        let sending = messages.into_iter().map(async |message| {
            let trouble = self.send(&message, now).await.err();
            let AlertMessage { channel, recipient, .. } = message;
            TestResult { channel, recipient, ok: trouble.is_none(), trouble }
        });
        Ok(join_all(sending).await)
    }
}
