//! Writes all data on a customer piece by piece, so that an export of any size needs the memory of a
//! few events.

use super::export_format::{ExportHead, ExportTail, ExportedEvent, ExportedNotes};
use super::{ExportRequest, erasure_mark, find_data, included_calls, included_follow_ups};
use crate::event_data::CallContext;
use crate::services::ServiceError;
use crate::services::call_object::{call_object, noted_call};
use crate::services::quiet_time_object::show_quiet_time;
use crate::storage::{CallRow, CustomerCall, Stamp, Store, TimelineSpot};
use crate::time;
use futures_util::stream::{Stream, try_unfold};
use serde::Serialize;
use std::sync::Arc;
use std::vec::IntoIter;

/// The most events of one call in an export.
const MAX_EVENTS: usize = 10_000;
/// Events that are read at once. Each has at most 96 KiB.
const PAGE: usize = 50;

/// What is still to be written.
struct Position {
    store: Arc<Store>,
    client_id: String,
    calls: IntoIter<CustomerCall>,
    /// The call whose events are being written.
    open: Option<OpenCall>,
    /// The text to write before anything else.
    before: String,
    has_call: bool,
    /// The end of the file; `None` if all is written.
    end: Option<String>,
}

/// A call of which some events are written.
struct OpenCall {
    row: CallRow,
    /// The last event written.
    spot: Option<TimelineSpot>,
    count: usize,
}

/// Exports all data on a customer, in pieces of JSON. What may fail first is read before the first
/// piece, so that it gives an error instead of a file that ends early.
pub async fn export_customer(
    store: &Arc<Store>,
    request: ExportRequest<'_>,
    stamp: Stamp<'_>,
) -> Result<impl Stream<Item = Result<String, ServiceError>> + Send + use<>, ServiceError> {
    let ExportRequest { client_id, customer_id, include_same_number } = request;
    let (customer, found) = find_data(store, client_id, customer_id).await?;
    let subject = erasure_mark(client_id, customer_id);
    store.audit().write_audit(client_id, "customer.exported", Some(&subject), stamp).await?;
    let head = ExportHead {
        exported_at: time::format(stamp.now),
        client_id,
        customer_id,
        customer: customer.map(Into::into),
    };
    let calls = included_calls(&found, include_same_number).into_iter();
    let follow_ups = included_follow_ups(&found, include_same_number);
    let tail = ExportTail {
        events_of_other_calls: found.other_events.len(),
        leads: found.leads.into_iter().map(Into::into).collect(),
        payments: found.payments.into_iter().map(Into::into).collect(),
        follow_ups: follow_ups.into_iter().map(noted_call).collect(),
        quiet_times: found.quiet_times.into_iter().map(show_quiet_time).collect(),
        calls_with_same_number: found.same_number.len(),
    };
    // An object without its last brace, and one without its first, around the calls.
    let (head, tail) = (to_json(&head)?, to_json(&tail)?);
    let start = Position {
        store: Arc::clone(store),
        client_id: client_id.to_owned(),
        calls,
        open: None,
        before: format!("{},\"calls\":[", head.strip_suffix('}').unwrap_or_default()),
        has_call: false,
        end: Some(format!("],{}", tail.strip_prefix('{').unwrap_or_default())),
    };
    Ok(try_unfold(start, next_piece))
}

/// Writes the next few events, or what lies between two calls.
async fn next_piece(mut at: Position) -> Result<Option<(String, Position)>, ServiceError> {
    let mut out = std::mem::take(&mut at.before);
    if let Some(open) = at.open.take() {
        at.write_events(open, &mut out).await?;
    } else if let Some(call) = at.calls.next() {
        at.begin_call(&call, &mut out).await?;
    } else if let Some(end) = at.end.take() {
        out.push_str(&end);
    } else {
        return Ok(None);
    }
    Ok(Some((out, at)))
}

impl Position {
    async fn begin_call(
        &mut self,
        call: &CustomerCall,
        out: &mut String,
    ) -> Result<(), ServiceError> {
        let row = self.store.calls().find_call(&self.client_id, &call.session_id).await?;
        // It may have been removed meanwhile.
        let Some(row) = row else { return Ok(()) };
        let comma = if std::mem::replace(&mut self.has_call, true) { "," } else { "" };
        let call = to_json(&call_object(row.clone()))?;
        out.extend([comma, "{\"call\":", &call, ",\"events\":["]);
        self.open = Some(OpenCall { row, spot: None, count: 0 });
        Ok(())
    }

    async fn write_events(
        &mut self,
        mut open: OpenCall,
        out: &mut String,
    ) -> Result<(), ServiceError> {
        let calls = self.store.calls();
        let most = PAGE.min(MAX_EVENTS - open.count);
        let sid = &open.row.call_sid;
        let page = calls.list_timeline_page(&self.client_id, sid, open.spot, most).await?;
        let of_call = CallContext {
            call_sid: sid,
            phone: open.row.phone.as_deref(),
            direction: &open.row.direction,
            duration: open.row.duration,
            customer: open.row.customer.as_deref(),
        };
        let is_last = page.len() < most;
        for (spot, event) in page {
            if open.count > 0 {
                out.push(',');
            }
            out.push_str(&to_json(&ExportedEvent::from_row(event, &of_call))?);
            open.count += 1;
            open.spot = Some(spot);
        }
        if is_last || open.count >= MAX_EVENTS {
            let notes = calls.find_notes(&self.client_id, sid).await?;
            let notes = to_json(&ExportedNotes::from(notes))?;
            out.extend(["],\"notes\":", &notes, "}"]);
        } else {
            self.open = Some(open);
        }
        Ok(())
    }
}

fn to_json(value: &impl Serialize) -> Result<String, ServiceError> {
    serde_json::to_string(value)
        .map_err(|error| ServiceError::Unavailable(sqlx::Error::Encode(Box::new(error)).into()))
}
