//! `PATCH /api/ribbon/calls/{sessionId}`: what an agent writes down after a call.

use super::auth::{KeyedBody, Ribbon};
use super::problem::Problem;
use crate::app::App;
use crate::patch::Patch;
use crate::services::notes;
use crate::storage::NotesChange;
use crate::time;
use axum::Json;
use axum::extract::{Path, State};
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::CallObject;
use serde::Deserialize;
use std::sync::Arc;

/// The longest text in bytes.
const LONGEST_NOTES: usize = 20_000;

/// The body, beside key and domain.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NotesBody {
    #[serde(default)]
    notes: Patch<String>,
    #[serde(default)]
    disposition: Patch<String>,
    #[serde(default)]
    follow_up: Patch<FollowUpBody>,
}

/// When to speak again, and about what.
#[derive(Deserialize)]
struct FollowUpBody {
    at: Option<String>,
    note: Option<String>,
}

/// Keeps what is named, and leaves the rest as it was.
pub async fn save(
    State(app): State<Arc<App>>,
    Path(session_id): Path<String>,
    caller: KeyedBody<Ribbon, NotesBody>,
) -> Result<Json<CallObject>, Problem> {
    let body = caller.body;
    let change = NotesChange {
        notes: body.notes.try_map(|text| written("notes", &text))?,
        disposition: body.disposition.try_map(|text| written("disposition", &text))?,
        follow_up: body.follow_up.try_map(follow_up)?,
    };
    Ok(Json(notes::save(&app, &caller.client, &session_id, change).await?))
}

fn follow_up(body: FollowUpBody) -> Result<(Millis, Option<String>), Problem> {
    let at = body.at.as_deref();
    let at = at.ok_or_else(|| Problem::invalid("followUp.at", "followUp.at is missing."))?;
    let at = time::parse(at).ok_or_else(|| {
        Problem::invalid(
            "followUp.at",
            "followUp.at is not a date; write it like 2025-10-12T10:30:00Z.",
        )
    })?;
    Ok((at, body.note.map(|note| written("followUp.note", &note)).transpose()?))
}

fn written(field: &str, text: &str) -> Result<String, Problem> {
    if text.len() > LONGEST_NOTES {
        let sentence = format!("{field} may have {LONGEST_NOTES} characters at most.");
        return Err(Problem::invalid(field, sentence));
    }
    Ok(text.replace('\0', ""))
}
