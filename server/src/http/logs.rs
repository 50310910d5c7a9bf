//! `GET /api/ribbon/call-logs`.

use super::auth::{Keyed, Read};
use super::problem::Problem;
use crate::app::App;
use crate::services::dates::DateRange;
use crate::services::reading::{self, Rows};
use crate::storage::LogFilter;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use call_ribbon_shared::call::Direction;
use call_ribbon_shared::event::EventName;
use call_ribbon_shared::wire::CallLogs;
use serde::Deserialize;
use std::sync::Arc;

const ROWS: i64 = 50;
const MOST_ROWS: i64 = 500;

/// The query; texts, so that each can be refused by its name.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogQuery {
    start_date: Option<String>,
    end_date: Option<String>,
    customer_id: Option<String>,
    event: Option<String>,
    call_direction: Option<String>,
    page: Option<String>,
    page_size: Option<String>,
}

/// A page of the log.
pub async fn call_logs(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    query: Result<Query<LogQuery>, QueryRejection>,
) -> Result<Json<CallLogs>, Problem> {
    let Query(query) = query.map_err(|_| unreadable_query())?;
    let said = |text: Option<String>| text.filter(|text| !text.is_empty());
    let range = DateRange::read(
        said(query.start_date).as_deref(),
        said(query.end_date).as_deref(),
        caller.client.time_zone,
    )?;
    let page = count("page", query.page, 1)?;
    let page_size = count("pageSize", query.page_size, ROWS)?.min(MOST_ROWS);
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
    let direction = said(query.call_direction);
    if direction.as_deref().is_some_and(|word| Direction::parse(word).is_none()) {
        return Err(Problem::invalid(
            "callDirection",
            "callDirection must be \"inbound\" or \"outbound\".",
        ));
    }
    let filter = LogFilter {
        from: range.from,
        until: range.until,
        customer_id: said(query.customer_id),
        direction,
        most: page_size,
        skip: (page - 1).saturating_mul(page_size),
    };
    Ok(Json(reading::call_logs(&app, &caller.client, rows, page, filter).await?))
}

/// Reads a whole number from 1 on.
pub fn count(field: &str, text: Option<String>, default: i64) -> Result<i64, Problem> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(default);
    };
    text.trim().parse().ok().filter(|n| *n >= 1).ok_or_else(|| {
        Problem::invalid(field, format!("{field} must be a whole number, 1 or more."))
    })
}

/// The query names a field twice, or is no query.
pub fn unreadable_query() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "invalid_request",
        "The address's query could not be read; each field may stand in it once.",
    )
}
