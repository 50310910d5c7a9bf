//! Stores providers' webhooks before they are answered, and processes them afterwards.
//!
//! The server that received a webhook processes it at once. If it stops in between, or the database
//! is unavailable, the stored webhook remains, and this server or another one processes it later.

use super::accounts::Account;
use super::reports::{self, Taken};
use super::request_log::write_delivered;
use crate::app::App;
use crate::providers::Delivered;
use crate::secret::sha256;
use crate::services::ServiceError;
use crate::services::periodic::every;
use crate::storage::{Client, Letter, StoreError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use call_ribbon_shared::Millis;
use std::sync::Arc;
use std::time::Duration;

/// How long only the server that received a webhook may process it, in milliseconds.
const ALONE_FOR: Millis = 10_000;
/// How often to look for unprocessed webhooks.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Webhooks per pass.
const MOST_AT_ONCE: i64 = 200;
/// The wait before a webhook is retried, in milliseconds; doubled each time up to an hour.
const AGAIN_AFTER: Millis = 5_000;
const LONGEST_WAIT: Millis = 3_600_000;
/// Attempts before a webhook is given up: with the waits, about half a day.
const MOST_TRIES: i64 = 20;
/// How long a webhook is remembered, in milliseconds: a week. Providers repeat unanswered webhooks
/// for some minutes.
const KNOWN_FOR: Millis = 7 * 24 * 3_600_000;

/// Stores a webhook and starts to process it; it is on disk when this returns. A repetition changes
/// nothing.
pub async fn take_in(
    app: &Arc<App>,
    client: Client,
    account: Account,
    delivered: Delivered,
) -> Result<(), ServiceError> {
    let received_at = app.now();
    let letter = Letter {
        client_id: client.id.clone(),
        message_id: message_id(&account.account_id, &delivered),
        account_id: account.account_id.clone(),
        content_type: delivered.content_type.clone(),
        query: delivered.query.clone(),
        body: STANDARD.encode(&delivered.body),
        received_at,
        tries: 0,
    };
    if app.store.put_letter(&client.id, &letter, received_at + ALONE_FOR).await? {
        let app = Arc::clone(app);
        app.tasks.clone().spawn(async move { work_on(&app, &client, &account, letter).await });
    } else {
        let repeated = "ignored: repeated";
        write_delivered(app, &account, &delivered, received_at, None, repeated).await;
    }
    Ok(())
}

/// Looks for unprocessed webhooks until the server stops.
pub fn follow(app: &Arc<App>) {
    every(app, LOOK_EVERY, |app| Box::pin(look(app)));
}

/// Processes the waiting webhooks, and removes those of long ago.
pub async fn look(app: &App) {
    if let Err(error) = work_off(app).await {
        tracing::warn!("the webhooks of providers are delayed: {error}");
    }
}

async fn work_off(app: &App) -> Result<(), StoreError> {
    let now = app.now();
    for letter in app.store.system_letters(now, MOST_AT_ONCE).await? {
        // The server that reschedules it first is the one that processes it.
        let later = now + wait(letter.tries);
        if !app.store.put_letter_off(&letter.client_id, &letter, later).await? {
            continue;
        }
        let Some(client) = app.store.client(&letter.client_id).await? else { continue };
        if let Some(account) = app.accounts.by_id(app, &client.id, &letter.account_id).await? {
            work_on(app, &client, &account, letter).await;
        } else {
            let gone = "The account no longer exists.";
            app.store.close_letter(&client.id, &letter.message_id, Some(gone)).await?;
        }
    }
    app.store.system_forget_letters(now - KNOWN_FOR).await
}

/// What came of a webhook: the call it is about, what the request log says, and why nothing came of
/// it.
struct Outcome {
    session_id: Option<String>,
    says: String,
    trouble: Option<String>,
}

impl Outcome {
    fn of(taken: Taken) -> Self {
        match taken {
            Taken::Recorded { session_id, events } => {
                let says = if events.is_empty() {
                    format!("ignored: nothing new about call {session_id}")
                } else {
                    format!("led to call {session_id}: {}", events.join(", "))
                };
                Self { session_id: Some(session_id), says, trouble: None }
            }
            Taken::NoCall(why) => Self::nothing("no call", why),
        }
    }

    fn nothing(kind: &str, why: &str) -> Self {
        let says = format!("{kind}: {why}");
        Self { session_id: None, trouble: Some(says.clone()), says }
    }
}

/// Processes one webhook, and closes it unless it is worth a retry.
async fn work_on(app: &App, client: &Client, account: &Account, letter: Letter) {
    let at = letter.received_at;
    let delivered = match delivered(&letter) {
        Ok(delivered) => delivered,
        Err(sentence) => {
            return close(app, client, account, &letter, Some(sentence)).await;
        }
    };
    let read = account.settings.read_callback(&delivered, at);
    let outcome = match read {
        Ok(report) => match reports::take(app, client, account, report, at).await {
            Ok(taken) => Outcome::of(taken),
            Err(error) if worth_another_try(&error) && letter.tries < MOST_TRIES => {
                tracing::warn!(account = account.account_id, "a webhook is delayed: {error}");
                return;
            }
            Err(error) => Outcome::nothing("failed", &error.to_string()),
        },
        Err(unreadable) => Outcome::nothing("refused", &unreadable.to_string()),
    };
    let Outcome { session_id, says, trouble } = outcome;
    if let Some(trouble) = &trouble {
        tracing::info!(account = account.account_id, "a webhook had no effect: {trouble}");
    }
    write_delivered(app, account, &delivered, at, session_id.as_deref(), &says).await;
    close(app, client, account, &letter, trouble).await;
}

async fn close(
    app: &App,
    client: &Client,
    account: &Account,
    letter: &Letter,
    trouble: Option<String>,
) {
    let closed = app.store.close_letter(&client.id, &letter.message_id, trouble.as_deref()).await;
    if let Err(error) = closed {
        // It will be processed once more, which changes nothing.
        tracing::warn!(
            account = account.account_id,
            "a webhook could not be removed from the queue: {error}"
        );
    }
}

/// Whether the database is unavailable, rather than the webhook faulty.
fn worth_another_try(error: &ServiceError) -> bool {
    matches!(error, ServiceError::Busy | ServiceError::Unavailable(_))
}

fn delivered(letter: &Letter) -> Result<Delivered, String> {
    let body = STANDARD
        .decode(&letter.body)
        .map_err(|_| "The stored webhook cannot be read.".to_owned())?;
    Ok(Delivered {
        content_type: letter.content_type.clone(),
        query: letter.query.clone(),
        body: body.into(),
    })
}

/// Returns the wait before the next attempt, in milliseconds.
fn wait(tries: i64) -> Millis {
    let doubled = u32::try_from(tries).unwrap_or(u32::MAX).min(20);
    AGAIN_AFTER.saturating_mul(1 << doubled).min(LONGEST_WAIT)
}

/// Returns the id that identifies a webhook: its whole content, and its account.
fn message_id(account_id: &str, delivered: &Delivered) -> String {
    let mut text = Vec::new();
    let kind = delivered.content_type.as_deref().unwrap_or_default();
    for part in [account_id.as_bytes(), kind.as_bytes(), delivered.query.as_bytes()] {
        text.extend_from_slice(part);
        text.push(0);
    }
    text.extend_from_slice(&delivered.body);
    sha256(&text)
}
