//! The log of what was sent to a receiver, and sending it again.

use super::content::write_body;
use super::deliver::Courier;
use super::news::{PAGE, to_event_delivery};
use super::settings::find_receiver;
use super::types::WantedTypes;
use crate::services::access::operator::Operator;
use crate::services::{ServiceError, cursor};
use crate::storage::{DeliveryRow, DeliveryState};
use crate::time;
use call_ribbon_shared::Millis;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// The most events of a time that are sent again at once.
const MOST_RESENT: usize = 50_000;

/// A message to a receiver, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Delivery)]
pub struct DeliveryShown {
    /// What the receiver gets as `webhook-id`. It stays the same however often the message is sent.
    #[schema(examples("log_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    message_id: String,
    #[schema(examples("call.connected"))]
    r#type: String,
    /// The call; null: it is not about one.
    #[schema(required = true)]
    session_id: Option<String>,
    /// `waiting`, `arrived` or `givenUp`.
    #[schema(examples("arrived"))]
    state: &'static str,
    /// When it was added, or was asked for again.
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    queued_at: String,
    /// How often it was tried since then.
    tries: i64,
    /// When it was tried last; null: never.
    #[schema(required = true, format = DateTime)]
    tried_at: Option<String>,
    /// When it is tried next; null: not again.
    #[schema(required = true, format = DateTime)]
    try_at: Option<String>,
    /// When it arrived; null: it has not.
    #[schema(required = true, format = DateTime)]
    arrived_at: Option<String>,
    /// The HTTP status of the receiver's latest answer; null: there was none.
    #[schema(required = true, examples(200))]
    status: Option<i64>,
    /// Why the latest try failed; null: it did not.
    #[schema(required = true)]
    trouble: Option<String>,
}

/// Messages to a receiver.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Deliveries {
    /// The latest first.
    deliveries: Vec<DeliveryShown>,
    /// Send it as `cursor` for the messages before these; null: there are none.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// A message with its body.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryWithBody {
    #[serde(flatten)]
    delivery: DeliveryShown,
    /// The body as it would be sent now; null: what it is about has been removed.
    #[schema(value_type = Option<Object>, required = true)]
    body: Option<Value>,
}

/// What to send again.
#[derive(Debug)]
pub enum Resending {
    /// One message.
    Message(String),
    /// All messages that were given up.
    GivenUp,
    /// The events of a time, also those that the receiver has had, or was off for.
    Time(Millis, Millis),
}

/// Lists messages to a receiver.
pub async fn list_deliveries(
    operator: &Operator<'_>,
    client_id: &str,
    receiver_id: &str,
    state: Option<DeliveryState>,
    before: Option<(Millis, String)>,
    most: usize,
) -> Result<Deliveries, ServiceError> {
    find_receiver(operator, client_id, receiver_id).await?;
    let (at, id) = before.unwrap_or((Millis::MAX, String::new()));
    let one_more = i64::try_from(most + 1).unwrap_or(i64::MAX);
    let receivers = operator.store.receivers();
    let mut rows =
        receivers.list_deliveries(client_id, receiver_id, state, (at, &id), one_more).await?;
    let has_more = rows.len() > most;
    rows.truncate(most);
    let last = rows.last().filter(|_| has_more);
    let next_cursor = last.map(|row| cursor::write_delivery(row.queued_at, &row.message_id));
    Ok(Deliveries { deliveries: rows.into_iter().map(show_delivery).collect(), next_cursor })
}

/// Returns a message with its body.
pub async fn show_with_body(
    operator: &Operator<'_>,
    courier: &Courier,
    client_id: &str,
    receiver_id: &str,
    message_id: &str,
) -> Result<DeliveryWithBody, ServiceError> {
    let receiver = find_receiver(operator, client_id, receiver_id).await?;
    let store = operator.store;
    let found = store.receivers().find_delivery(client_id, receiver_id, message_id).await?;
    let row = found.ok_or_else(unknown_message)?;
    let body = write_body(store, courier.handles(), &receiver, &row).await?;
    let body = body.and_then(|body| serde_json::from_str(&body).ok());
    Ok(DeliveryWithBody { delivery: show_delivery(row), body })
}

/// Sends messages again, and returns how many these are.
pub async fn resend(
    operator: &Operator<'_>,
    client_id: &str,
    receiver_id: &str,
    what: Resending,
) -> Result<u64, ServiceError> {
    let receiver = find_receiver(operator, client_id, receiver_id).await?;
    let (receivers, now) = (operator.store.receivers(), operator.now);
    let count = match what {
        Resending::Message(id) => {
            let count = receivers.resend_deliveries(client_id, receiver_id, Some(&id), now).await?;
            if count == 0 {
                return Err(unknown_message());
            }
            count
        }
        Resending::GivenUp => {
            receivers.resend_deliveries(client_id, receiver_id, None, now).await?
        }
        Resending::Time(from, until) => {
            let wanted = WantedTypes::from_stored(&receiver.types);
            let page = i64::try_from(PAGE).unwrap_or(i64::MAX);
            let (mut after, mut news) = (0, Vec::new());
            loop {
                let span = (from, until);
                let rows = receivers.list_event_news_of_time(client_id, span, after, page).await?;
                let is_last = rows.len() < PAGE;
                after = rows.last().map_or(after, |row| row.seq);
                let rows = rows.into_iter().map(|row| to_event_delivery(row, now));
                news.extend(rows.filter(|new| wanted.has(&new.kind)));
                if news.len() > MOST_RESENT {
                    return Err(ServiceError::Invalid {
                        field: "from",
                        sentence: format!(
                            "from and until span more than {MOST_RESENT} events, which is the most \
                             that can be sent again at once; choose a shorter time."
                        ),
                    });
                }
                if is_last {
                    break;
                }
            }
            for part in news.chunks(PAGE) {
                receivers.resend_news((client_id, receiver_id), part).await?;
            }
            u64::try_from(news.len()).unwrap_or(u64::MAX)
        }
    };
    let (audit, stamp) = (operator.store.audit(), operator.stamp());
    audit.write_audit(client_id, "receiver.resent", Some(receiver_id), stamp).await?;
    Ok(count)
}

fn unknown_message() -> ServiceError {
    ServiceError::Unknown("There is no such message to this receiver.".to_owned())
}

fn show_delivery(row: DeliveryRow) -> DeliveryShown {
    let state = match (row.try_at, row.sent_at) {
        (Some(_), _) => "waiting",
        (None, Some(_)) => "arrived",
        (None, None) => "givenUp",
    };
    DeliveryShown {
        session_id: Some(row.subject).filter(|subject| *subject != row.message_id),
        message_id: row.message_id,
        r#type: row.kind,
        state,
        queued_at: time::format(row.queued_at),
        tries: row.tries,
        tried_at: row.tried_at.map(time::format),
        try_at: row.try_at.map(time::format),
        arrived_at: row.sent_at.map(time::format),
        status: row.status,
        trouble: row.trouble,
    }
}
