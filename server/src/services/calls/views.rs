//! Shows calls and the log as the API returns them.

use super::{control, timeline};
use crate::customer::{CustomerData, raw_json};
use crate::event_data::{CallContext, fill_in_data};
use crate::services::ServiceError;
use crate::services::access::reach::Reach;
use crate::services::call_object::{call_object, with_notes};
use crate::storage::{CallRow, Client, LogRecord, Store, StoreError, TimelineRow, read_state};
use crate::time;
use call_ribbon_shared::call::{Call, Status};
use call_ribbon_shared::wire::{CallObject, LogRow, TimelineEntry};

/// The most events in a call's timeline.
const MAX_TIMELINE_EVENTS: i64 = 2_000;

/// Which rows of the log to return.
#[derive(Debug)]
pub enum Rows {
    /// One row for each call, with its latest event.
    Calls,
    /// One row for each event of any name.
    AllEvents,
    /// One row for each event of this name.
    Events(String),
}

/// Returns a call with its timeline.
pub async fn call_with_timeline(
    store: &Store,
    client: &Client,
    reach: &Reach,
    session_id: &str,
) -> Result<CallObject, ServiceError> {
    let row = control::find_call(store, client, reach, session_id).await?;
    let shorten = TimelineRow::remove_data;
    let events = store
        .calls()
        .list_timeline(&client.id, &row.call_sid, MAX_TIMELINE_EVENTS, shorten)
        .await?;
    let written = store.calls().find_notes(&client.id, &row.call_sid).await?;
    let mut object = with_notes(with_switches(row)?, written);
    if let Some(carried) = store.providers().find_provider_call(&client.id, session_id).await? {
        object.account_id = Some(carried.account_id);
        object.provider_call_id = carried.provider_call_id;
        object.provider_status = carried.raw_status;
        object.recording_url = carried.recording_url;
        object.matched_by = carried.matched_by;
    }
    object.timeline = Some(events.into_iter().map(timeline_entry).collect());
    Ok(object)
}

/// Returns a call as it is after an action on it.
pub async fn controlled_call(
    store: &Store,
    client: &Client,
    reach: &Reach,
    session_id: &str,
) -> Result<CallObject, ServiceError> {
    with_switches(control::find_call(store, client, reach, session_id).await?)
}

/// Returns the full state of a call.
pub fn call_state(row: &CallRow) -> Result<Call, StoreError> {
    read_state(&row.state, row.customer.as_deref()).map_err(StoreError::Unavailable)
}

/// Converts a call, with whether it is muted or on hold.
pub fn with_switches(row: CallRow) -> Result<CallObject, ServiceError> {
    let call = call_state(&row)?;
    let mut object = call_object(row);
    object.muted = Some(call.is_muted());
    object.on_hold = Some(call.is_on_hold());
    Ok(object)
}

fn timeline_entry(row: TimelineRow) -> TimelineEntry {
    TimelineEntry {
        summary: timeline::summarize_event(&row),
        log_id: row.log_id,
        event: row.event,
        source: row.source,
        timestamp: time::format(row.at),
        received_at: time::format(row.received_at),
        data: raw_json(&row.data),
    }
}

/// Converts a row of the log into the form in which the API lists it.
pub fn log_row(client: &Client, record: LogRecord) -> LogRow {
    let customer = record.customer.as_deref().map(CustomerData::read).unwrap_or_default();
    let of_call = CallContext {
        call_sid: &record.call_sid,
        phone: record.phone.as_deref(),
        direction: &record.direction,
        duration: record.duration,
        customer: record.customer.as_deref(),
    };
    LogRow {
        data: fill_in_data(&record.data, &of_call),
        log_id: record.log_id,
        client_id: client.id.clone(),
        client_name: client.name.clone(),
        event: record.event,
        timestamp: time::format(record.at),
        domain: record.domain,
        session_id: record.session_id,
        customer_name: record.customer_name,
        customer_phone: record.phone,
        customer_id_external: record.customer_id,
        customer_context: customer.context,
        call_type: record.call_type,
        call_status: Status::parse(&record.status).unwrap_or(Status::Active),
        duration: record.duration,
        initiated_at: time::format(record.started_at),
        agent_name: record.agent_name,
        metadata: customer.metadata,
    }
}
