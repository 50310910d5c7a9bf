//! Sends messages to receivers, and tries again if that fails.
//!
//! Each receiver has a worker of its own while messages to it are due, so that a slow one delays no
//! other. Of each call only the first message that waits is sent, so that they arrive in order.

use super::content::write_body;
use super::news::add_news;
use super::signing::{KeySource, SigningKey, show_key, sign};
use super::types::TEST;
use crate::background::Background;
use crate::outgoing::OutgoingClient;
use crate::services::ServiceError;
use crate::services::access::numbers::handles::NumberHandles;
use crate::storage::{
    Actor, DeliveryRow, EndedTry, ReceiverRow, ReceiverState, Stamp, Store, StoreError,
};
use crate::time::Clock;
use call_ribbon_shared::Millis;
use futures_util::future::join_all;
use reqwest::{Method, Response, StatusCode, header};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often what happened is looked for, and messages that are due are sent.
pub const INTERVAL: Duration = Duration::from_secs(1);
/// Distinguishes the keys of receivers from other keys that are derived from the same secret.
pub const KEY_PURPOSE: &[u8] = b"call-ribbon receivers v1";
/// Messages that are sent to one receiver at the same time.
const AT_ONCE: i64 = 16;
const SECOND: Millis = 1000;
const MINUTE: Millis = 60 * SECOND;
const HOUR: Millis = 60 * MINUTE;
/// How long a try may take before another server tries, too.
const LEASE: Millis = MINUTE;
/// The pauses after which a message is tried again. The last one is repeated.
const PAUSES: [Millis; 10] = [
    5 * SECOND,
    30 * SECOND,
    2 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    4 * HOUR,
    8 * HOUR,
    16 * HOUR,
    20 * HOUR,
];
/// How long a message is tried; then it is given up.
const PATIENCE: Millis = 72 * HOUR;
/// How long a receiver that fails is left alone: longer the longer it fails.
const PAUSE_OF_RECEIVER: (Millis, Millis) = (5 * SECOND, 5 * MINUTE);
/// How long messages are kept after they arrived or were given up.
const KEPT: Millis = 30 * 24 * HOUR;
/// The bytes of a receiver's answer that are read, so that the connection can be used again.
const MOST_ANSWER: usize = 64 * 1024;

/// Sends messages to receivers.
pub struct Courier {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    client: OutgoingClient,
    keys: KeySource,
    handles: NumberHandles,
    /// The receivers that have a worker on this server.
    busy: Mutex<HashSet<(String, String)>>,
}

/// What came of sending a message.
#[derive(Debug)]
pub struct SendResult {
    /// The receiver's answer.
    pub status: Option<u16>,
    /// Why it did not arrive; `None`: it did.
    pub trouble: Option<String>,
}

impl Courier {
    /// Creates a courier.
    pub fn new(
        (store, clock): (Arc<Store>, Arc<dyn Clock>),
        client: OutgoingClient,
        keys: KeySource,
        handles: NumberHandles,
    ) -> Self {
        Self { store, clock, client, keys, handles, busy: Mutex::default() }
    }

    /// Returns the client that sends.
    pub fn client(&self) -> &OutgoingClient {
        &self.client
    }

    /// Returns the handles that stand for numbers.
    pub fn handles(&self) -> &NumberHandles {
        &self.handles
    }

    /// Returns the key of a receiver, as the receiver needs it.
    pub fn key_of(&self, receiver: &ReceiverRow) -> String {
        let (client_id, receiver_id) = (&receiver.client_id, &receiver.receiver_id);
        self.key_of_number(client_id, receiver_id, receiver.key_number)
    }

    /// Returns a receiver's key of a number, as the receiver needs it.
    pub fn key_of_number(&self, client_id: &str, receiver_id: &str, number: i64) -> String {
        let keys = self.keys.keys_of(&[client_id, receiver_id, &number.to_string()]);
        keys.first().map(show_key).unwrap_or_default()
    }

    fn keys_of_number(&self, receiver: &ReceiverRow, number: i64) -> Vec<SigningKey> {
        let number = number.to_string();
        self.keys.keys_of(&[&receiver.client_id, &receiver.receiver_id, &number])
    }

    /// Returns the keys that sign a message now.
    fn keys_at(&self, receiver: &ReceiverRow, now: Millis) -> Vec<SigningKey> {
        let mut keys = self.keys_of_number(receiver, receiver.key_number);
        if receiver.previous_key_until.is_some_and(|until| now < until) {
            keys.extend(self.keys_of_number(receiver, receiver.key_number - 1));
        }
        keys
    }

    /// Looks for what happened, and starts a worker for each receiver that has messages to be sent.
    pub async fn start_workers(self: &Arc<Self>, background: &Background) {
        for worker in self.find_work().await {
            background.spawn_until_stop(worker);
        }
    }

    /// Looks for what happened, and sends all messages that are due.
    pub async fn deliver_due(self: &Arc<Self>) {
        join_all(self.find_work().await).await;
    }

    async fn find_work(self: &Arc<Self>) -> Vec<impl Future<Output = ()> + Send + 'static> {
        match self.try_find_work().await {
            Ok(keys) => {
                keys.into_iter().filter_map(|key| Busy::begin(self, key)).map(Busy::work).collect()
            }
            Err(error) => {
                tracing::warn!("messages to receivers could not be prepared: {error}");
                Vec::new()
            }
        }
    }

    async fn try_find_work(&self) -> Result<Vec<(String, String)>, StoreError> {
        add_news(&self.store, self.clock.now()).await?;
        self.store.receivers().system_list_due_receivers(self.clock.now()).await
    }

    /// Sends a receiver's messages until none is due, or none arrives.
    async fn work_off(&self, client_id: &str, receiver_id: &str) -> Result<(), StoreError> {
        let receivers = self.store.receivers();
        loop {
            let receiver = receivers.find_receiver(client_id, receiver_id).await?;
            let Some(receiver) = receiver.filter(|receiver| receiver.is_on == 1) else {
                return Ok(());
            };
            // One message is enough to find out whether a receiver that failed works again.
            let most = if receiver.paused_until.is_some() { 1 } else { AT_ONCE };
            let (key, now) = ((client_id, receiver_id), self.clock.now());
            let batch = receivers.take_deliveries(key, now, now + LEASE, most).await?;
            if batch.is_empty() {
                return Ok(());
            }
            let sending = batch.iter().map(|delivery| self.send_one(&receiver, delivery));
            let mut ended = Vec::with_capacity(batch.len());
            for one in join_all(sending).await {
                ended.push(one?);
            }
            let now = self.clock.now();
            let state = judge_receiver(&receiver, &ended, now);
            receivers.end_tries(client_id, receiver_id, &ended, state, now).await?;
            if ended.iter().any(|one| one.status == Some(i64::from(StatusCode::GONE.as_u16()))) {
                tracing::warn!(client_id, receiver_id, "a receiver said that it is gone");
                let stamp = Stamp { by: Actor::SERVER, now };
                let (id, url) = (receiver_id, &receiver.url);
                return receivers.switch_receiver_off(client_id, id, url, stamp).await;
            }
            if matches!(state, ReceiverState::Fails { .. }) {
                tracing::warn!(client_id, receiver_id, "messages to a receiver did not arrive");
                return Ok(());
            }
        }
    }

    /// Sends one message.
    async fn send_one(
        &self,
        receiver: &ReceiverRow,
        delivery: &DeliveryRow,
    ) -> Result<EndedTry, StoreError> {
        let body = write_body(&self.store, &self.handles, receiver, delivery).await?;
        let mut ended = EndedTry {
            message_id: delivery.message_id.clone(),
            taken_until: delivery.try_at,
            is_removed: false,
            sent_at: None,
            try_at: None,
            status: None,
            trouble: None,
        };
        let Some(body) = body else {
            ended.is_removed = true;
            ended.trouble = Some("What it is about has been removed.".to_owned());
            return Ok(ended);
        };
        let sent = self.send(receiver, &delivery.message_id, body).await;
        let now = self.clock.now();
        ended.status = sent.status.map(i64::from);
        match sent.trouble {
            None => ended.sent_at = Some(now),
            Some(trouble) => {
                ended.try_at = find_next_try(delivery, now);
                ended.trouble = Some(trouble);
            }
        }
        Ok(ended)
    }

    /// Sends a body to a receiver.
    async fn send(&self, receiver: &ReceiverRow, id: &str, body: String) -> SendResult {
        let failed = |trouble: String| SendResult { status: None, trouble: Some(trouble) };
        let now = self.clock.now();
        let seconds = (now / SECOND).to_string();
        let signature = sign(&self.keys_at(receiver, now), id, &seconds, &body);
        let request = match self.client.request(Method::POST, &receiver.url) {
            Ok(request) => request,
            Err(refused) => return failed(format!("The address {refused}.")),
        };
        let sent = request
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signature)
            .body(body)
            .send()
            .await;
        match sent {
            Ok(answer) => {
                let status = answer.status();
                read_to_end(answer).await;
                let trouble =
                    (!status.is_success()).then(|| format!("The receiver answered {status}."));
                SendResult { status: Some(status.as_u16()), trouble }
            }
            // The error's own text contains the URL, which may hold a secret.
            Err(error) => failed(describe_failure(&error)),
        }
    }

    /// Sends a test message to a receiver at once.
    pub async fn send_test(
        &self,
        receiver: &ReceiverRow,
        message_id: &str,
    ) -> Result<SendResult, ServiceError> {
        let delivery = DeliveryRow {
            client_id: receiver.client_id.clone(),
            place: 0,
            message_id: message_id.to_owned(),
            subject: message_id.to_owned(),
            kind: TEST.to_owned(),
            queued_at: self.clock.now(),
            try_at: None,
            tries: 0,
            sent_at: None,
            tried_at: None,
            status: None,
            trouble: None,
        };
        let body = write_body(&self.store, &self.handles, receiver, &delivery).await?;
        Ok(self.send(receiver, message_id, body.unwrap_or_default()).await)
    }

    /// Gives up messages that have waited for too long, and deletes those that are too old to be of
    /// interest.
    pub async fn remove_old(&self) {
        if let Err(error) = self.try_remove_old().await {
            tracing::warn!("old messages to receivers could not be removed: {error}");
        }
    }

    async fn try_remove_old(&self) -> Result<(), StoreError> {
        let (receivers, now) = (self.store.receivers(), self.clock.now());
        let trouble = "The receiver did not take messages for three days.";
        receivers.system_give_up_old_deliveries(now - PATIENCE, now, trouble).await?;
        receivers.system_delete_old_deliveries(now - KEPT).await
    }
}

/// Returns when a message that did not arrive is tried again; `None`: it is given up.
fn find_next_try(delivery: &DeliveryRow, now: Millis) -> Option<Millis> {
    let end = delivery.queued_at + PATIENCE;
    let tries = usize::try_from(delivery.tries - 1).unwrap_or_default();
    let pause = PAUSES[tries.min(PAUSES.len() - 1)];
    (now < end).then(|| end.min(now + pause))
}

/// Says how a receiver is, by what became of the messages that were sent to it.
fn judge_receiver(receiver: &ReceiverRow, ended: &[EndedTry], now: Millis) -> ReceiverState {
    if ended.iter().any(|one| one.sent_at.is_some()) {
        return ReceiverState::Works;
    }
    // What has been removed was not sent.
    let sent: Vec<_> = ended.iter().filter(|one| !one.is_removed).collect();
    if sent.is_empty() {
        return ReceiverState::Unknown;
    }
    if sent.iter().any(|one| one.status.is_some_and(refuses_one)) {
        return ReceiverState::Refuses;
    }
    let (least, most) = PAUSE_OF_RECEIVER;
    let pause =
        receiver.failing_since.map_or(least, |since| ((now - since) / 4).clamp(least, most));
    ReceiverState::Fails { pause }
}

/// Returns whether an answer refuses one message, and does not say that others would be refused, too:
/// 4xx, except for time-outs and too many requests.
fn refuses_one(status: i64) -> bool {
    (400..500).contains(&status) && ![408, 410, 425, 429].contains(&status)
}

/// Reads an answer of bounded size, so that its connection can be used again.
async fn read_to_end(mut answer: Response) {
    let mut bytes = 0;
    while let Ok(Some(piece)) = answer.chunk().await {
        bytes += piece.len();
        if bytes > MOST_ANSWER {
            return;
        }
    }
}

/// Says why a request got no answer.
fn describe_failure(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        "The receiver did not answer in time.".to_owned()
    } else if error.is_connect() {
        "No connection to the receiver was possible.".to_owned()
    } else {
        "The connection to the receiver broke.".to_owned()
    }
}

/// A receiver that has a worker on this server, until this is dropped.
struct Busy {
    courier: Arc<Courier>,
    key: (String, String),
}

impl Busy {
    /// Marks a receiver; `None` if it has a worker.
    fn begin(courier: &Arc<Courier>, key: (String, String)) -> Option<Self> {
        let mut busy = courier.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let is_free = busy.insert(key.clone());
        drop(busy);
        is_free.then(|| Self { courier: Arc::clone(courier), key })
    }

    async fn work(self) {
        let (client_id, receiver_id) = &self.key;
        if let Err(error) = self.courier.work_off(client_id, receiver_id).await {
            tracing::warn!("messages to a receiver could not be sent: {error}");
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut busy = self.courier.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.remove(&self.key);
    }
}
