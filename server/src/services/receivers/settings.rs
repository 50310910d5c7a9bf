//! A client's receivers: where messages go, and which.

use super::deliver::Courier;
use super::types::{WantedTypes, check_types};
use crate::outgoing::{AddressGuard, host_alone};
use crate::services::ServiceError;
use crate::services::access::operator::Operator;
use crate::storage::{DeliveryCounts, KeyExchange, ReceiverFields, ReceiverOutcome, ReceiverRow};
use crate::time;
use call_ribbon_shared::Millis;
use reqwest::Url;
use serde::Serialize;
use utoipa::ToSchema;

/// The most receivers of a client.
pub const MOST_RECEIVERS: i64 = 20;
/// The most characters of a name, and of a URL.
pub const LONGEST_NAME: usize = 100;
pub const LONGEST_URL: usize = 2_000;
/// The most hours for which a previous key signs, too.
pub const MOST_OVERLAP_HOURS: i64 = 168;
/// Messages that have not arrived are counted up to this number.
const MOST_COUNTED: i64 = 10_000;
const HOUR: Millis = 60 * 60 * 1000;

/// A change of a receiver. Fields that are missing stay as they are.
#[derive(Debug, Default)]
pub struct ReceiverChange {
    pub name: Option<String>,
    pub url: Option<String>,
    pub types: Option<Vec<String>>,
    pub hides_numbers: Option<bool>,
    pub active: Option<bool>,
}

/// A receiver of webhooks.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Receiver)]
pub struct ReceiverShown {
    #[schema(examples("receiver_0199d7d2c5e07c3f9a3be2b1f0c44a10"))]
    receiver_id: String,
    #[schema(examples("CRM"))]
    name: String,
    /// Where messages go. Staff who may not change it see only the host.
    #[schema(examples("https://crm.example.com/hooks/calls"))]
    url: String,
    /// The types of messages that it gets; empty: all.
    #[schema(examples(json!(["call.callEnded", "notes.saved"])))]
    types: Vec<String>,
    /// Whether messages have handles instead of phone numbers.
    hides_numbers: bool,
    /// Whether messages are sent.
    active: bool,
    /// Until when messages are also signed with the previous key; null: they are not.
    #[schema(required = true, format = DateTime)]
    previous_key_until: Option<String>,
    /// Since when no message arrives; null: the latest one did.
    #[schema(required = true, format = DateTime)]
    failing_since: Option<String>,
    /// How many messages wait, up to 10,000.
    waiting: i64,
    /// How many messages of the last 30 days were given up, up to 10,000.
    given_up: i64,
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    created_at: String,
}

/// All receivers of a client.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiverList {
    /// The oldest first.
    receivers: Vec<ReceiverShown>,
}

/// Lists a client's receivers. A reader who may not change them sees of each URL only the host: the
/// rest may be a secret.
pub async fn list_receivers(
    operator: &Operator<'_>,
    client_id: &str,
    may_change: bool,
) -> Result<ReceiverList, ServiceError> {
    let store = operator.store;
    store.clients().find_client(client_id).await?.ok_or_else(ServiceError::unknown_client)?;
    let mut receivers = Vec::new();
    for row in store.receivers().list_receivers(client_id).await? {
        let counts = count_messages(operator, &row).await?;
        let mut shown = show_receiver(row, counts, operator.now);
        if !may_change {
            shown.url = host_alone(&shown.url);
        }
        receivers.push(shown);
    }
    Ok(ReceiverList { receivers })
}

async fn count_messages(
    operator: &Operator<'_>,
    row: &ReceiverRow,
) -> Result<DeliveryCounts, ServiceError> {
    let receivers = operator.store.receivers();
    Ok(receivers.count_deliveries(&row.client_id, &row.receiver_id, MOST_COUNTED).await?)
}

/// Returns a receiver, as an admin sees it.
pub async fn show_one(
    operator: &Operator<'_>,
    client_id: &str,
    receiver_id: &str,
) -> Result<ReceiverShown, ServiceError> {
    let row = find_receiver(operator, client_id, receiver_id).await?;
    let counts = count_messages(operator, &row).await?;
    Ok(show_receiver(row, counts, operator.now))
}

/// Creates a receiver of what happens from now on.
pub async fn create_receiver(
    operator: &Operator<'_>,
    guard: &AddressGuard,
    client_id: &str,
    change: ReceiverChange,
) -> Result<ReceiverShown, ServiceError> {
    let fields = check_change(guard, change).await?;
    let Some(url) = fields.url else {
        let sentence = "url is missing.".to_owned();
        return Err(ServiceError::Invalid { field: "url", sentence });
    };
    let row = ReceiverRow {
        client_id: client_id.to_owned(),
        receiver_id: operator.ids.new_id("receiver", operator.now),
        name: fields.name.or_else(|| host_of(&url)).unwrap_or_else(|| "Receiver".to_owned()),
        url,
        types: fields.types.unwrap_or_else(|| "[]".to_owned()),
        hides_numbers: fields.hides_numbers.unwrap_or(0),
        is_on: fields.is_on.unwrap_or(1),
        key_number: 1,
        previous_key_until: None,
        seq: 0,
        decisions: 0,
        failing_since: None,
        paused_until: None,
        created_at: operator.now,
    };
    let receivers = operator.store.receivers();
    match receivers.create_receiver(&row, MOST_RECEIVERS, operator.stamp()).await? {
        ReceiverOutcome::Done => show_one(operator, client_id, &row.receiver_id).await,
        ReceiverOutcome::UnknownClient => Err(ServiceError::unknown_client()),
        ReceiverOutcome::TooMany => Err(ServiceError::Conflict(format!(
            "There are already {MOST_RECEIVERS} receivers; remove one that is no longer needed."
        ))),
    }
}

/// Changes a receiver.
pub async fn change_receiver(
    operator: &Operator<'_>,
    guard: &AddressGuard,
    client_id: &str,
    receiver_id: &str,
    change: ReceiverChange,
) -> Result<ReceiverShown, ServiceError> {
    let fields = check_change(guard, change).await?;
    let (receivers, stamp) = (operator.store.receivers(), operator.stamp());
    if !receivers.save_receiver(client_id, receiver_id, &fields, stamp).await? {
        return Err(unknown_receiver());
    }
    show_one(operator, client_id, receiver_id).await
}

/// Removes a receiver and its messages, and returns it as it was.
pub async fn remove_receiver(
    operator: &Operator<'_>,
    client_id: &str,
    receiver_id: &str,
) -> Result<ReceiverShown, ServiceError> {
    let shown = show_one(operator, client_id, receiver_id).await?;
    let stamp = operator.stamp();
    if !operator.store.receivers().remove_receiver(client_id, receiver_id, stamp).await? {
        return Err(unknown_receiver());
    }
    Ok(shown)
}

/// Exchanges a receiver's key, and returns the new one. For some hours, messages are signed with both.
pub async fn exchange_key(
    operator: &Operator<'_>,
    courier: &Courier,
    client_id: &str,
    receiver_id: &str,
    overlap_hours: i64,
) -> Result<String, ServiceError> {
    if !(0..=MOST_OVERLAP_HOURS).contains(&overlap_hours) {
        return Err(ServiceError::Invalid {
            field: "overlapHours",
            sentence: format!(
                "overlapHours must be a whole number from 0 to {MOST_OVERLAP_HOURS}."
            ),
        });
    }
    let until = (overlap_hours > 0).then(|| operator.now + overlap_hours * HOUR);
    let (receivers, stamp) = (operator.store.receivers(), operator.stamp());
    match receivers.exchange_receiver_key(client_id, receiver_id, until, stamp).await? {
        KeyExchange::Done(number) => Ok(courier.key_of_number(client_id, receiver_id, number)),
        KeyExchange::PreviousInUse(used) => Err(ServiceError::Conflict(format!(
            "The previous key signs messages until {}; exchange the key again after that, or at once \
             with overlapHours 0.",
            time::format(used)
        ))),
        KeyExchange::Unknown => Err(unknown_receiver()),
    }
}

/// Returns a receiver as it is stored.
pub async fn find_receiver(
    operator: &Operator<'_>,
    client_id: &str,
    receiver_id: &str,
) -> Result<ReceiverRow, ServiceError> {
    let found = operator.store.receivers().find_receiver(client_id, receiver_id).await?;
    found.ok_or_else(unknown_receiver)
}

fn unknown_receiver() -> ServiceError {
    ServiceError::Unknown("There is no such receiver.".to_owned())
}

/// Checks a change, and returns it as it is stored.
async fn check_change(
    guard: &AddressGuard,
    change: ReceiverChange,
) -> Result<ReceiverFields, ServiceError> {
    if let Some(url) = &change.url {
        check_url(guard, url).await?;
    }
    let is_name = |name: &String| {
        !name.trim().is_empty()
            && name.chars().count() <= LONGEST_NAME
            && !name.contains(char::is_control)
    };
    if !change.name.as_ref().is_none_or(is_name) {
        return Err(ServiceError::Invalid {
            field: "name",
            sentence: format!("name must have 1 to {LONGEST_NAME} printable characters."),
        });
    }
    Ok(ReceiverFields {
        name: change.name,
        url: change.url,
        types: change.types.map(check_types).transpose()?,
        hides_numbers: change.hides_numbers.map(i64::from),
        is_on: change.active.map(i64::from),
    })
}

async fn check_url(guard: &AddressGuard, url: &str) -> Result<(), ServiceError> {
    let wrong = |sentence: String| Err(ServiceError::Invalid { field: "url", sentence });
    if url.chars().count() > LONGEST_URL {
        return wrong(format!("url must have at most {LONGEST_URL} characters."));
    }
    if url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return wrong("url must contain no spaces or control characters.".to_owned());
    }
    match guard.check_url(url).await {
        Ok(()) => Ok(()),
        Err(refused) => wrong(format!("url: {refused}.")),
    }
}

/// Returns the host of a URL, as a name for its receiver.
fn host_of(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    Some(url.host_str()?.chars().take(LONGEST_NAME).collect())
}

fn show_receiver(row: ReceiverRow, counts: DeliveryCounts, now: Millis) -> ReceiverShown {
    ReceiverShown {
        types: WantedTypes::from_stored(&row.types).into_list(),
        receiver_id: row.receiver_id,
        name: row.name,
        url: row.url,
        hides_numbers: row.hides_numbers == 1,
        active: row.is_on == 1,
        previous_key_until: row.previous_key_until.filter(|until| now < *until).map(time::format),
        failing_since: row.failing_since.map(time::format),
        waiting: counts.waiting,
        given_up: counts.given_up,
        created_at: time::format(row.created_at),
    }
}
