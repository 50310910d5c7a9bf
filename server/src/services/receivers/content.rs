//! Writes the bodies of messages.

use super::types::{NOTES_SAVED, TEST, is_decision, is_event};
use crate::live::call_event;
use crate::services::access::numbers::answers::hide_numbers_in_json;
use crate::services::access::numbers::handles::NumberHandles;
use crate::services::call_object::{call_object, with_notes};
use crate::services::permission::decisions::show_decision;
use crate::storage::{DeliveryRow, ReceiverRow, Store, StoreError};
use crate::time;
use call_ribbon_shared::Millis;
use serde::Serialize;
use serde_json::json;

/// A message, as receivers read it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a, T> {
    r#type: &'a str,
    /// When it happened.
    timestamp: String,
    client_id: &'a str,
    data: T,
}

/// Returns the body of a message; `None` if what it is about has been removed.
pub async fn write_body(
    store: &Store,
    handles: &NumberHandles,
    receiver: &ReceiverRow,
    delivery: &DeliveryRow,
) -> Result<Option<String>, StoreError> {
    let (client_id, kind) = (delivery.client_id.as_str(), delivery.kind.as_str());
    let body = if is_event(kind) {
        let row = store.receivers().find_event(client_id, delivery.place / 2).await?;
        let row = row.filter(|row| row.log_id == delivery.message_id);
        row.map(|row| write(kind, client_id, row.at, call_event(&row)))
    } else if is_decision(kind) {
        let row = store.receivers().find_decision(client_id, &delivery.message_id).await?;
        row.map(|row| write(kind, client_id, row.at, show_decision(row)))
    } else if kind == NOTES_SAVED {
        let call = store.calls().find_call(client_id, &delivery.subject).await?;
        match call {
            Some(call) => {
                let notes = store.calls().find_notes(client_id, &call.call_sid).await?;
                let at = delivery.queued_at;
                Some(write(kind, client_id, at, with_notes(call_object(call), notes)))
            }
            None => None,
        }
    } else {
        Some(write_test(client_id, delivery.queued_at))
    };
    let hides = receiver.hides_numbers == 1;
    Ok(body.map(|body| if hides { hide_numbers_in_json(handles, client_id, &body) } else { body }))
}

/// Returns the body of a test message.
fn write_test(client_id: &str, now: Millis) -> String {
    write(TEST, client_id, now, json!({"message": "Call Ribbon can reach this address."}))
}

fn write(kind: &str, client_id: &str, at: Millis, data: impl Serialize) -> String {
    let message = Message { r#type: kind, timestamp: time::format(at), client_id, data };
    // Texts, numbers and JSON that was read before always serialise.
    serde_json::to_string(&message).unwrap_or_default()
}
