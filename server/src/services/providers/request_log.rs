//! Logs requests to providers and webhooks from them for an administrator to read. Secrets and
//! phone numbers are masked before anything is written, on a thread that answers no requests.

use super::accounts::Account;
use crate::background::Background;
use crate::ids::Ids;
use crate::providers::{Auth, Body, ProviderError, Reply, Request, WebhookRequest, masking};
use crate::secret::Secret;
use crate::storage::{ProviderRequestRow, Store};
use call_ribbon_shared::Millis;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;

/// Entries that may wait to be written. Further entries are dropped and counted: the log must never
/// delay a call.
const QUEUE_SIZE: usize = 2_000;
/// Entries written at once.
const BATCH: usize = 200;
/// Characters stored of a body.
const MAX_BODY_CHARS: usize = 4_000;
/// What the log has in place of a body that is not logged.
const HIDDEN: &str = "(not logged: it contains a secret)";

/// A request with its result.
pub struct Exchange {
    purpose: &'static str,
    method: &'static str,
    url: String,
    request: String,
    status: Option<u16>,
    answer: String,
    trouble: Option<String>,
    at: Millis,
    took: Millis,
}

impl Exchange {
    /// Describes a request that was sent.
    pub fn of_request(
        request: &Request,
        result: &Result<Reply, ProviderError>,
        begun: Millis,
        ended: Millis,
    ) -> Self {
        let (status, answer, trouble) = match result {
            Ok(reply) => (Some(reply.status), body_text(&reply.body), None),
            Err(error) => (None, String::new(), Some(error.reason())),
        };
        let secret = matches!(request.body, Body::SecretJson(_));
        let answer = if secret && !answer.is_empty() { HIDDEN.to_owned() } else { answer };
        let body = match &request.body {
            Body::Empty => String::new(),
            Body::Form(fields) => {
                let lines = fields.iter().map(|(name, value)| format!("{name}={value}"));
                lines.collect::<Vec<_>>().join("\n")
            }
            Body::Json(value) => value.to_string(),
            Body::SecretJson(_) => HIDDEN.to_owned(),
        };
        let head = match request.auth {
            Auth::None => "",
            Auth::Basic { .. } => "Authorization: Basic …\n",
            Auth::Bearer(_) => "Authorization: Bearer …\n",
            Auth::Token(_) => "Authorization: …\n",
        };
        Self {
            purpose: request.purpose,
            method: request.method,
            url: request.url.clone(),
            request: format!("{head}{body}"),
            status,
            answer,
            trouble,
            at: begun,
            took: ended - begun,
        }
    }
}

/// An entry before its texts are masked.
struct UnmaskedRow {
    row: ProviderRequestRow,
    secrets: Vec<Secret>,
}

impl UnmaskedRow {
    fn of_account(account: &Account, row: ProviderRequestRow) -> Self {
        let values = account.settings.secret_values().into_iter();
        let secrets = values.chain([account.webhook_secret.expose()]).map(Secret::new).collect();
        Self { row, secrets }
    }

    fn mask(self) -> ProviderRequestRow {
        let secrets: Vec<&str> = self.secrets.iter().map(Secret::expose).collect();
        let masked = |text: &str| masking::mask_text(text, &secrets, MAX_BODY_CHARS);
        let row = self.row;
        // The name of a call is the server's own text; a refusal may repeat what was sent.
        let is_own = row.session_id.is_some();
        ProviderRequestRow {
            url: masked(&row.url),
            request: masked(&row.request),
            answer: masked(&row.answer),
            trouble: row.trouble.as_deref().map(masked),
            outcome: row.outcome.map(|says| if is_own { says } else { masked(&says) }),
            ..row
        }
    }
}

/// Masks entries. This takes a processor for some milliseconds each, which no request should wait
/// for.
async fn mask_rows(rows: Vec<UnmaskedRow>) -> Vec<ProviderRequestRow> {
    let masking = move || rows.into_iter().map(UnmaskedRow::mask).collect();
    tokio::task::spawn_blocking(masking).await.unwrap_or_else(|error| {
        tracing::error!("requests of providers were not logged: {error}");
        Vec::new()
    })
}

/// Returns as much of a body as is logged, as text.
fn body_text(body: &[u8]) -> String {
    masking::body_excerpt(body, MAX_BODY_CHARS).into_owned()
}

/// A queue of log entries; a task masks them, gives them ids and writes them.
pub struct RequestLog {
    sender: mpsc::Sender<UnmaskedRow>,
    receiver: Mutex<Option<mpsc::Receiver<UnmaskedRow>>>,
}

impl Default for RequestLog {
    fn default() -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE_SIZE);
        Self { sender, receiver: Mutex::new(Some(receiver)) }
    }
}

impl RequestLog {
    /// Queues a request of an account with its result and the call that it was about.
    pub fn log_request(&self, account: &Account, session_id: Option<&str>, exchange: Exchange) {
        let row = ProviderRequestRow {
            client_id: account.client_id.clone(),
            request_id: String::new(),
            account_id: account.account_id.clone(),
            at: exchange.at,
            direction: "out".to_owned(),
            purpose: exchange.purpose.to_owned(),
            method: exchange.method.to_owned(),
            url: exchange.url,
            status: exchange.status.map(i64::from),
            took_ms: Some(exchange.took),
            request: exchange.request,
            answer: exchange.answer,
            trouble: exchange.trouble,
            session_id: session_id.map(str::to_owned),
            outcome: None,
        };
        self.push_row(UnmaskedRow::of_account(account, row));
    }

    /// Queues a webhook of an account's provider that was refused.
    pub fn log_refused(
        &self,
        account: &Account,
        delivered: &WebhookRequest,
        at: Millis,
        status: u16,
        why: &str,
    ) {
        let row = webhook_row(account, delivered, at, None, &format!("refused: {why}"));
        let row = ProviderRequestRow { status: Some(status.into()), ..row };
        self.push_row(UnmaskedRow::of_account(account, row));
    }

    fn push_row(&self, row: UnmaskedRow) {
        if self.sender.try_send(row).is_err() {
            tracing::warn!("the log of provider requests is overloaded; a request was not logged");
        }
    }
}

/// Writes queued entries until the server stops.
pub fn spawn_writer(background: &Background, log: &RequestLog, store: &Arc<Store>, ids: &Arc<Ids>) {
    let receiver = log.receiver.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(mut receiver) = receiver else { return };
    let (store, ids) = (Arc::clone(store), Arc::clone(ids));
    let stop = background.stop_token().clone();
    background.spawn(async move {
        loop {
            let mut waiting = Vec::new();
            tokio::select! {
                biased;
                count = receiver.recv_many(&mut waiting, BATCH) => if count == 0 { return },
                () = stop.cancelled() => return,
            }
            let mut rows = mask_rows(waiting).await;
            for row in &mut rows {
                row.request_id = ids.new_id("req", row.at);
            }
            if let Err(error) = store.providers().system_insert_provider_requests(&rows).await {
                tracing::warn!("the log of provider requests could not be written: {error}");
            }
        }
    });
}

/// Writes a webhook from an account's provider with its result. It is written at once: the task
/// that handles a webhook may outlast the task that writes the queue.
pub async fn log_webhook(
    store: &Store,
    ids: &Ids,
    account: &Account,
    delivered: &WebhookRequest,
    at: Millis,
    session_id: Option<&str>,
    outcome: &str,
) {
    let row = webhook_row(account, delivered, at, session_id, outcome);
    let mut rows = mask_rows(vec![UnmaskedRow::of_account(account, row)]).await;
    for row in &mut rows {
        row.request_id = ids.new_id("req", at);
    }
    if let Err(error) = store.providers().system_insert_provider_requests(&rows).await {
        tracing::warn!("a webhook could not be written to the log of provider requests: {error}");
    }
}

/// Describes a webhook, with its texts as they arrived.
fn webhook_row(
    account: &Account,
    delivered: &WebhookRequest,
    at: Millis,
    session_id: Option<&str>,
    outcome: &str,
) -> ProviderRequestRow {
    let kind = delivered.content_type.as_deref().unwrap_or_default();
    ProviderRequestRow {
        client_id: account.client_id.clone(),
        request_id: String::new(),
        account_id: account.account_id.clone(),
        at,
        direction: "in".to_owned(),
        purpose: "webhook".to_owned(),
        method: if delivered.body.is_empty() { "GET" } else { "POST" }.to_owned(),
        url: format!(
            "/api/webhooks/{}/…?{}",
            account.provider,
            body_text(delivered.query.as_bytes())
        ),
        status: Some(200),
        took_ms: None,
        request: format!("{kind}\n{}", body_text(&delivered.body)),
        answer: String::new(),
        trouble: None,
        session_id: session_id.map(str::to_owned),
        outcome: Some(outcome.to_owned()),
    }
}
