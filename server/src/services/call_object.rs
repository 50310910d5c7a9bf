//! Converts calls into the form in which the API lists them.

use crate::customer::{customer_for_page, raw_json};
use crate::storage::{CallRow, CallWithNotes, NotesRow};
use crate::time;
use call_ribbon_shared::call::{Direction, Status};
use call_ribbon_shared::wire::{CallObject, FollowUp};

/// Converts a call with its notes into the form in which the API lists it.
pub fn noted_call(CallWithNotes { call, written, .. }: CallWithNotes) -> CallObject {
    with_notes(call_object(call), written)
}

/// Adds the notes to a call.
pub fn with_notes(mut object: CallObject, written: NotesRow) -> CallObject {
    object.notes = written.notes;
    object.disposition = written.disposition;
    object.disposition_fields = written.fields.as_deref().map(raw_json);
    object.notes_version = written.version;
    let (note, agent_id) = (written.follow_up_note, written.follow_up_agent_id);
    object.follow_up =
        written.follow_up_at.map(|at| FollowUp { at: time::format(at), note, agent_id });
    object
}

/// Converts a call into the form in which the API lists it.
pub fn call_object(row: CallRow) -> CallObject {
    CallObject {
        customer_data: customer_for_page(row.customer.as_deref(), row.phone.as_deref()),
        session_id: row.session_id,
        call_sid: row.call_sid,
        client_id: row.client_id,
        start_time: time::format(row.started_at),
        end_time: row.ended_at.map(time::format),
        duration: row.duration,
        phone_number: row.phone,
        call_direction: Direction::parse(&row.direction).unwrap_or(Direction::Outbound),
        status: Status::parse(&row.status).unwrap_or(Status::Active),
        reason: row.reason,
        agent_id: row.agent_id,
        agent_name: row.agent_name,
        provider: row.provider,
        connected_time: row.connected_at.map(time::format),
        muted: None,
        on_hold: None,
        notes: None,
        disposition: None,
        disposition_fields: None,
        follow_up: None,
        notes_version: None,
        account_id: None,
        provider_call_id: None,
        provider_status: None,
        recording_url: None,
        matched_by: None,
        timeline: None,
    }
}
