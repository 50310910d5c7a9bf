//! `POST /api/leads/from-dialer/`.

use super::auth::Dialer;
use super::body;
use super::problem::Problem;
use crate::app::App;
use crate::customer::text;
use crate::services::leads::{self, FIELDS, LeadSaved, Sent};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use call_ribbon_shared::wire::RawValue;
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What Vicidial writes where it knows no date.
const NO_DATE: &str = "0000-00-00";

/// Takes a lead in. Who calls stands before the body, so that a stranger's is not read.
pub async fn from_dialer(
    State(app): State<Arc<App>>,
    caller: Dialer,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<LeadSaved>), Problem> {
    body::check_type(&headers)?;
    let bytes = bytes.map_err(|refusal| Problem::of_status(refusal.into_response().status()))?;
    body::check_depth(&bytes)?;
    let fields: HashMap<String, Option<Box<RawValue>>> = body::read(&bytes)?;
    let read = |name: &str| match fields.get(name) {
        Some(Some(value)) => field(name, value),
        Some(None) | None => Ok(None),
    };
    let mut sent = Sent {
        dialer_user_id: read("dialer_user_id")?,
        user: read("user")?,
        fields: BTreeMap::new(),
    };
    for name in FIELDS {
        if let Some(value) = read(name)? {
            sent.fields.insert((*name).to_owned(), value);
        }
    }
    let saved = leads::save(&app, &caller.client, sent).await?;
    Ok((StatusCode::CREATED, Json(saved)))
}

/// A text as it was sent; a dialer's numbers count as texts, an empty text as nothing.
fn field(name: &str, value: &RawValue) -> Result<Option<String>, Problem> {
    if !value.get().starts_with(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) {
        return Err(Problem::invalid(name, format!("{name} must be a text.")));
    }
    let Some(text) = text(value) else { return Ok(None) };
    let date = name == "date_of_birth" && text != NO_DATE;
    if date && text.parse::<NaiveDate>().is_err() {
        return Err(Problem::invalid(name, format!("{name} must be a date like 1990-12-31.")));
    }
    if name == "lead_id" {
        return body::id_text(name, text).map(Some);
    }
    Ok(Some(text))
}
