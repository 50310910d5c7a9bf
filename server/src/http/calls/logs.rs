//! Handler for `GET /api/ribbon/call-logs`.

use crate::app::App;
use crate::http::openapi::{ByKey, RangeEnd, count_kind, direction_kind, zone_kind};
use crate::http::request::auth::{Keyed, Read};
use crate::http::request::problem::Problem;
use crate::services::analytics::dates::DateRange;
use crate::services::analytics::overview;
use crate::services::calls::views::{self, Rows};
use crate::services::cursor;
use crate::storage::{LogFilter, LogRowKey};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use call_ribbon_shared::call::Direction;
use call_ribbon_shared::event::EventName;
use call_ribbon_shared::wire::CallLogs;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa::openapi::schema::Schema;

const ROWS: i64 = 50;
const MOST_ROWS: i64 = 500;

/// The query. Its fields are texts, so that an error can name the field.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct LogQuery {
    /// The start of the range; if missing, the first call.
    #[param(value_type = Option<RangeEnd>)]
    start_date: Option<String>,
    /// The end of the range, that day or moment included; if missing, the last call.
    #[param(value_type = Option<RangeEnd>)]
    end_date: Option<String>,
    /// Only calls with this customer.
    #[param(pattern = r"^[^\u0000]*$", example = "CUST-1001")]
    customer_id: Option<String>,
    /// The time zone of the days; if missing, the client's.
    #[param(schema_with = zone_kind)]
    timezone: Option<String>,
    /// Only events of this name, or `all`; if missing, one row per call.
    #[param(pattern = "^[A-Za-z0-9_.-]{0,64}$", example = "callEnded")]
    event: Option<String>,
    /// Only calls of this direction.
    #[param(schema_with = direction_kind)]
    call_direction: Option<String>,
    /// The number of the page.
    #[param(schema_with = page_kind)]
    page: Option<String>,
    /// Rows per page; more than 500 count as 500.
    #[param(schema_with = page_size_kind)]
    page_size: Option<String>,
    /// `nextCursor` of another page: the rows after it. Use it instead of `page`.
    cursor: Option<String>,
}

fn page_kind() -> Schema {
    count_kind("The number of the page, from 1.", 1)
}

fn page_size_kind() -> Schema {
    count_kind("The number of rows on a page. More than 500 counts as 500.", ROWS)
}

/// List the log
///
/// One row per call with its latest event, newest first; with `event`, the events of that name;
/// with `event=all`, every event. Each row carries two sets of names, because integrations use
/// both.
#[utoipa::path(
    get,
    path = "/api/ribbon/call-logs",
    operation_id = "callLogs",
    tag = "Logging",
    params(LogQuery),
    responses(
        (status = 200, description = "A page of the log.", body = CallLogs),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn list_call_logs(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    query: Result<Query<LogQuery>, QueryRejection>,
) -> Result<Json<CallLogs>, Problem> {
    let Query(query) = query.map_err(|_| unreadable_query())?;
    let said = |text: Option<String>| text.filter(|text| !text.is_empty());
    let zone = match said(query.timezone) {
        Some(name) => overview::parse_time_zone(&name)?,
        None => caller.client.time_zone,
    };
    let range = DateRange::parse_ends(
        said(query.start_date).as_deref(),
        said(query.end_date).as_deref(),
        zone,
    )?;
    let page = read_count("page", query.page, 1)?;
    let page_size = read_count("pageSize", query.page_size, ROWS)?.min(MOST_ROWS);
    let rows = match said(query.event) {
        None => Rows::Calls,
        Some(all) if all == "all" => Rows::AllEvents,
        Some(name) => {
            let event = EventName::parse(&name).map_err(|error| {
                Problem::invalid("event", format!("event is not right: {error}."))
            })?;
            Rows::Events(event.as_str().to_owned())
        }
    };
    let direction = said(query.call_direction).map(|word| {
        Direction::parse(&word).ok_or_else(|| {
            let sentence = "callDirection must be \"inbound\" or \"outbound\".";
            Problem::invalid("callDirection", sentence)
        })
    });
    let of_events = !matches!(rows, Rows::Calls);
    let after = said(query.cursor).map(|text| {
        cursor::read_place(&text)
            .filter(|place| matches!(place.key, LogRowKey::Event(_)) == of_events)
            .ok_or_else(|| {
                Problem::invalid(
                    "cursor",
                    "cursor is not valid for this list; copy it from the previous page.",
                )
            })
    });
    let filter = LogFilter {
        from: range.from,
        until: range.until,
        customer_id: said(query.customer_id),
        direction: direction.transpose()?,
        most: page_size,
        skip: (page - 1).saturating_mul(page_size),
        after: after.transpose()?,
    };
    Ok(Json(views::call_logs(&app.store, &caller.client, rows, page, filter).await?))
}

/// Reads a whole number of 1 or more.
pub fn read_count(field: &str, text: Option<String>, default: i64) -> Result<i64, Problem> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(default);
    };
    read_whole(text.trim()).filter(|n| *n >= 1).ok_or_else(|| {
        Problem::invalid(field, format!("{field} must be a whole number, 1 or more."))
    })
}

/// Reads a whole number of 0 or more. A number beyond the range counts as the highest: no such page
/// or event exists.
pub fn read_whole(text: &str) -> Option<i64> {
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(i64::MAX))
}

/// Reads a switch. A value that is neither on nor off is refused, not guessed.
pub fn read_switch(field: &str, text: Option<&str>) -> Result<bool, Problem> {
    match text {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Problem::invalid(field, format!("{field} must be true or false."))),
    }
}

/// Returns the error for a query that is malformed or names a field twice.
pub fn unreadable_query() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "invalid_request",
        "The query could not be read; each field may appear in it only once.",
    )
}
