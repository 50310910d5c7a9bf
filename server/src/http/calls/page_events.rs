//! Handlers for `POST /api/ribbon/log-call` and `log-calls`, which logs many events at once.

mod read;
mod schema;

use self::read::read_event;
use self::schema::{
    agent_id_kind, agent_name_kind, digit_kind, duration_kind, many_events, muted_kind,
    on_hold_kind, reason_kind, status_kind,
};
use crate::app::App;
use crate::http::openapi::{ByBody, Conflict, IdempotencyKey, WithKey};
use crate::http::request::auth::{KeyedBody, Logs};
use crate::http::request::body::read_part;
use crate::http::request::bounds::check_count;
use crate::http::request::problem::Problem;
use crate::services::calls::page_events;
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use call_ribbon_shared::call::Direction;
use call_ribbon_shared::wire::{Logged, RawValue};
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The most events in one body.
const MOST_EVENTS: usize = 500;

/// The body, beside key and domain.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogCallBody {
    /// `initiated`, `ringing`, `incoming`, `connected`, `callEnded`, `missed` and `failed` change
    /// the call's state; `mutetoggle`, `holdtoggle`, `dtmf` and any other name are stored with it.
    #[schema(value_type = String, required = true, max_length = 64, pattern = "^[A-Za-z0-9_.-]{1,64}$", examples("connected"))]
    event: Option<String>,
    /// The event's details, and the call that it belongs to: at most 96 KiB as JSON. Stored and
    /// returned unchanged.
    #[schema(value_type = EventFields, required = true)]
    data: Option<Box<RawValue>>,
    /// When it happened; if missing or empty, now. In 2000 or later, and at most a day ahead.
    #[schema(format = DateTime, examples("2025-10-12T10:30:08Z"))]
    timestamp: Option<String>,
    /// The sender's id for the event, which identifies a repeated one.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\u0000]*$",
        examples("evt-2025-10-12-000042")
    )]
    event_id: Option<String>,
}

type LogCallRequest = WithKey<LogCallBody>;

/// The body with many events. Each is read on its own, so that an invalid one does not affect the
/// others.
#[derive(Deserialize, ToSchema)]
pub struct LogCallsBody {
    /// The events.
    #[schema(schema_with = many_events, required = true)]
    events: Option<Vec<Box<RawValue>>>,
}

type LogCallsRequest = WithKey<LogCallsBody>;

/// The page on which one of many events was seen.
#[derive(Deserialize)]
struct EventPage {
    domain: Option<String>,
}

/// The results of many events, in the order of the events.
#[derive(Serialize, ToSchema)]
pub struct LoggedMany {
    /// One result per event, in the order of the events.
    results: Vec<LogResult>,
}

/// The result of one of many events.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum LogResult {
    Logged(Logged),
    Refused {
        /// Always false.
        success: bool,
        /// The error code, as in any error.
        #[schema(examples("invalid_request"))]
        code: &'static str,
        /// The error in a sentence for people.
        #[schema(examples("data.callSid is missing."))]
        error: String,
        /// The field that is wrong, if known.
        #[schema(nullable = false)]
        #[serde(skip_serializing_if = "Option::is_none")]
        field: Option<String>,
    },
}

/// The fields that the server reads from `data`. The rest is stored as sent.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EventData)]
struct EventFields {
    /// The page's or the provider's id for the call.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 200, pattern = r"^[^\u0000]*$", examples("CA-2025-10-12-0001"))]
    call_sid: Option<String>,
    /// The other side's number.
    #[schema(max_length = 200, examples("+919876543210"))]
    phone_number: Option<String>,
    /// The direction of the call.
    #[schema(value_type = Option<Direction>)]
    call_direction: Option<String>,
    /// Talk time in seconds, with `callEnded`; a text that holds a number is accepted.
    #[schema(schema_with = duration_kind)]
    duration: Option<Box<RawValue>>,
    /// The object that the page gave to `setCustomer`: `customerId`, `name`, `phoneNumber`,
    /// `email`, `context`, `callType`, `agentId`, `agentName`, `metadata`. At most 64 KiB as JSON.
    #[schema(value_type = Option<Object>, examples(json!({"customerId": "CUST-1001", "name": "Asha Rao"})))]
    customer_data: Option<Box<RawValue>>,
    // Pages may send these words in any form; a word that is not recognised changes nothing.
    #[schema(schema_with = status_kind)]
    status: Option<Box<RawValue>>,
    #[schema(schema_with = reason_kind)]
    reason: Option<Box<RawValue>>,
    #[schema(schema_with = muted_kind)]
    muted: Option<Box<RawValue>>,
    #[schema(schema_with = on_hold_kind)]
    on_hold: Option<Box<RawValue>>,
    #[schema(schema_with = digit_kind)]
    digit: Option<Box<RawValue>>,
    #[schema(schema_with = agent_id_kind)]
    agent_id: Option<Box<RawValue>>,
    #[schema(schema_with = agent_name_kind)]
    agent_name: Option<Box<RawValue>>,
}

/// Lets a request pass unless too many events are waiting to be written. It is checked before the
/// body is read, so that a refusal is cheap.
pub struct WriterCapacity;

impl FromRequestParts<Arc<App>> for WriterCapacity {
    type Rejection = Problem;

    async fn from_request_parts(_: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        app.store.check_room().map_err(|_| writer_overloaded())?;
        Ok(Self)
    }
}

/// Returns the error for more events than the database can write.
fn writer_overloaded() -> Problem {
    let sentence = "The server is overloaded; send the same request again in a second.";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", sentence)
}

/// Log one event of a call
///
/// Safe to repeat: the same `eventId` (or `Idempotency-Key`) returns the same `logId` and changes
/// nothing; without one, the same call, event and timestamp identify the event. Events may arrive
/// in any order, and a late one never reopens a call that has ended. The server answers once the
/// event is on disk.
#[utoipa::path(
    post,
    path = "/api/ribbon/log-call",
    operation_id = "logCall",
    tag = "Logging",
    params(IdempotencyKey),
    request_body = LogCallRequest,
    responses(
        (status = 200, description = "The event is saved.", body = Logged),
        ByBody, Conflict,
    ),
    security(("apiKey" = []), ()),
)]
pub async fn log_call(
    State(app): State<Arc<App>>,
    _: WriterCapacity,
    caller: KeyedBody<Logs, LogCallBody>,
) -> Result<Json<Logged>, Problem> {
    let _room = app.store.reserve_room(1).await.map_err(|_| writer_overloaded())?;
    let event = read_event(caller.body, caller.domain, caller.idempotency_key, app.now())?;
    let log_id =
        page_events::log_event(&app.telephony, &caller.client, &caller.reach, event).await?;
    Ok(Json(Logged { success: true, log_id }))
}

/// Log many events at once
///
/// At most 500, each processed on its own: the answer holds one result per event, in the same
/// order. If the server already has too much to write, all of them are refused with one 503: send
/// them again after the time in `Retry-After`.
#[utoipa::path(
    post,
    path = "/api/ribbon/log-calls",
    operation_id = "logCalls",
    tag = "Logging",
    params(IdempotencyKey),
    request_body = LogCallsRequest,
    responses(
        (status = 200, description = "The result of each event.", body = LoggedMany),
        ByBody,
    ),
    security(("apiKey" = []), ()),
)]
pub async fn log_calls(
    State(app): State<Arc<App>>,
    _: WriterCapacity,
    caller: KeyedBody<Logs, LogCallsBody>,
) -> Result<Json<LoggedMany>, Problem> {
    let events = caller.body.events.as_ref();
    let events = events.ok_or_else(|| Problem::invalid("events", "events is missing."))?;
    check_count("events", events, MOST_EVENTS)?;
    // Checked before the events are read, which would be wasted work if there is no capacity.
    let _room = app.store.reserve_room(events.len()).await.map_err(|_| writer_overloaded())?;
    // All at once, so that one commit writes them; the writer keeps their order.
    let results = join_all(events.iter().enumerate().map(async |(place, raw)| {
        match log_one(&app, &caller, place, raw).await {
            Ok(log_id) => LogResult::Logged(Logged { success: true, log_id }),
            Err(problem) => {
                let (code, error, field) = problem.into_parts();
                LogResult::Refused { success: false, code, error, field }
            }
        }
    }));
    Ok(Json(LoggedMany { results: results.await }))
}

async fn log_one(
    app: &App,
    caller: &KeyedBody<Logs, LogCallsBody>,
    place: usize,
    raw: &RawValue,
) -> Result<String, Problem> {
    if !raw.get().starts_with('{') {
        return Err(Problem::invalid("event", "An event must be an object."));
    }
    let at: EventPage = read_part(raw, "")?;
    let domain = caller.domain_of(at.domain)?;
    // The header identifies the whole body; each event in it needs an id of its own.
    let key = caller.idempotency_key.as_ref().map(|key| format!("{key}:{place}"));
    let event = read_event(read_part(raw, "")?, domain, key, app.now())?;
    Ok(page_events::log_event(&app.telephony, &caller.client, &caller.reach, event).await?)
}
