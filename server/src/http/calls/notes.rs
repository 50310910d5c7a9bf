//! Handler for `PATCH /api/ribbon/calls/{sessionId}`: an agent's notes on a call.

use crate::app::App;
use crate::http::openapi::{ByBody, Conflict, IdempotencyKey, NotFound, Unprocessable, WithKey};
use crate::http::request::auth::{KeyedBody, OwnCalls};
use crate::http::request::body::Object;
use crate::http::request::bounds::{LARGEST_CUSTOMER_DATA, check_size, text_within};
use crate::http::request::integers::WholeNumber;
use crate::http::request::paths::CallPath;
use crate::http::request::problem::Problem;
use crate::patch::Patch;
use crate::services::calls::notes;
use crate::services::calls::outcome_fields::GivenFields;
use crate::storage::{NotesChange, OutcomeActs};
use crate::time;
use axum::Json;
use axum::extract::{Path, State};
use call_ribbon_shared::Millis;
use call_ribbon_shared::notes::LONGEST_NOTES;
use call_ribbon_shared::wire::{CallObject, CallUpdate};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The body, beside key and domain.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotesBody {
    /// The agent's notes.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 20_000, examples("Wants the quotation by Friday"))]
    notes: Patch<String>,
    /// The outcome of the call as the agent sees it: a code of the client's list of dispositions,
    /// if it has one, else any text.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 20_000, examples("promise_to_pay"))]
    disposition: Patch<String>,
    /// What the entry of the disposition asks for, by the names of its fields (`requires`). A field
    /// that is missing or null is empty. Without this, the same disposition keeps what it has. At most
    /// 64 KiB as JSON.
    #[serde(default)]
    #[schema(value_type = Option<Object>, examples(json!({"amount": 5000, "date": "2025-10-20"})))]
    disposition_fields: Patch<Object<GivenFields>>,
    /// The next contact.
    #[serde(default)]
    #[schema(value_type = Option<FollowUpBody>)]
    follow_up: Patch<Object<FollowUpBody>>,
    /// The `notesVersion` of the call that you have read, 0 if it had none. If the notes have
    /// changed since then, your texts are appended instead of replacing them. If missing, they
    /// replace them.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 0, examples(0))]
    notes_version: Option<WholeNumber>,
}

type NotesRequest = WithKey<NotesBody>;

/// When to contact the customer again, and about what.
#[derive(Deserialize, ToSchema)]
pub(super) struct FollowUpBody {
    /// The due time.
    #[schema(value_type = String, required = true, format = DateTime, examples("2025-10-14T09:00:00Z"))]
    at: Option<String>,
    /// The subject.
    #[schema(max_length = 20_000, examples("Send the quotation before"))]
    note: Option<String>,
}

/// Save notes on a call
///
/// Notes, disposition and follow-up: fields that are missing stay as they are, null removes them. A
/// field that the disposition asks for and that is missing or wrong is refused with a 422.
/// Repeating a request changes nothing more. If every writer sends the `notesVersion` that it has
/// read, two people or two tabs who write about the same call lose nothing.
#[utoipa::path(
    patch,
    path = "/api/ribbon/calls/{sessionId}",
    operation_id = "saveNotes",
    tag = "Calls",
    params(CallPath, IdempotencyKey),
    request_body = NotesRequest,
    responses(
        (status = 200, description = "The call with its notes.", body = CallObject),
        ByBody, NotFound, Conflict, Unprocessable,
    ),
    security(("apiKey" = [], "session" = []), ("apiKey" = []), ()),
)]
pub async fn save_notes(
    State(app): State<Arc<App>>,
    Path(CallPath { session_id }): Path<CallPath>,
    caller: KeyedBody<OwnCalls, NotesBody>,
) -> Result<Json<CallObject>, Problem> {
    let body = caller.body;
    let mut fields = body.disposition_fields.try_map(read_fields)?;
    let change = NotesChange {
        notes: body.notes.try_map(|text| read_note_text("notes", text))?,
        disposition: body.disposition.try_map(|text| read_note_text("disposition", text))?,
        follow_up: body.follow_up.try_map(read_follow_up)?,
        seen: body.notes_version.map(read_version).transpose()?,
        fields: Patch::Absent,
        acts: OutcomeActs::default(),
    };
    let (store, client, reach) = (&app.store, &caller.client, &caller.reach);
    let change = if caller.hides_numbers {
        notes::restore_numbers(store, client, reach, &session_id, change, &mut fields).await?
    } else {
        change
    };
    let saved =
        notes::save_notes(&app.telephony, client, reach, &session_id, change, fields).await?;
    app.hub.publish_update(&client.id, &CallUpdate::from(&saved));
    Ok(Json(saved))
}

fn read_fields(Object(fields): Object<GivenFields>) -> Result<GivenFields, Problem> {
    let bytes = fields.iter().map(|(name, value)| name.len() + value.get().len()).sum();
    check_size("dispositionFields", bytes, LARGEST_CUSTOMER_DATA)?;
    Ok(fields)
}

fn read_version(version: WholeNumber) -> Result<i64, Problem> {
    match version.get() {
        version @ 0.. => Ok(version),
        _ => Err(Problem::invalid("notesVersion", "notesVersion must be 0 or more.")),
    }
}

/// Reads the time and the subject of a follow-up.
pub(super) fn read_follow_up(
    Object(body): Object<FollowUpBody>,
) -> Result<(Millis, Option<String>), Problem> {
    let at = body.at.as_deref();
    let at = at.ok_or_else(|| Problem::invalid("followUp.at", "followUp.at is missing."))?;
    let at = time::parse(at).ok_or_else(|| {
        Problem::invalid(
            "followUp.at",
            "followUp.at is not a date; write it like 2025-10-12T10:30:00Z.",
        )
    })?;
    Ok((at, body.note.map(|note| read_note_text("followUp.note", note)).transpose()?))
}

fn read_note_text(field: &str, text: String) -> Result<String, Problem> {
    Ok(text_within(field, text, LONGEST_NOTES)?.replace('\0', ""))
}
