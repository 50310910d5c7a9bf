//! Handler for `GET /api/ribbon/call-logs`.

use crate::app::App;
use crate::http::analytics::span::SpanQuery;
use crate::http::openapi::{ByKey, count_kind, direction_kind};
use crate::http::request::auth::{Keyed, Read};
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{
    QueryParams, non_empty, read_count, read_cursor, read_direction,
};
use crate::services::calls::pieces::{self, ListAnswer};
use crate::services::calls::views::Rows;
use crate::services::{ServiceError, cursor};
use crate::storage::{LogFilter, LogRowKey};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use call_ribbon_shared::event::EventName;
use call_ribbon_shared::wire::CallLogs;
use futures_util::Stream;
use serde::{Deserialize, Serialize};
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
    /// Only calls with this customer.
    #[param(pattern = r"^[^\u0000]*$", example = "CUST-1001")]
    customer_id: Option<String>,
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
    params(SpanQuery, LogQuery),
    responses(
        (status = 200, description = "A page of the log.", body = CallLogs),
        ByKey,
    ),
    security(("apiKey" = [])),
)]
pub async fn list_call_logs(
    State(app): State<Arc<App>>,
    caller: Keyed<Read>,
    QueryParams(span): QueryParams<SpanQuery>,
    QueryParams(query): QueryParams<LogQuery>,
) -> Result<Response, Problem> {
    let (range, _) = span.into_range(&caller.client)?;
    let page = read_count("page", query.page, 1)?;
    let page_size = read_count("pageSize", query.page_size, ROWS)?.min(MOST_ROWS);
    let rows = match non_empty(query.event) {
        None => Rows::Calls,
        Some(all) if all == "all" => Rows::AllEvents,
        Some(name) => {
            let event = EventName::parse(&name).map_err(|error| {
                Problem::invalid("event", format!("event is not right: {error}."))
            })?;
            Rows::Events(event.as_str().to_owned())
        }
    };
    let direction = read_direction(query.call_direction);
    let of_events = !matches!(rows, Rows::Calls);
    let after = read_cursor(query.cursor, |text| {
        cursor::read_place(text)
            .filter(|place| matches!(place.key, LogRowKey::Event(_)) == of_events)
    });
    let filter = LogFilter {
        from: range.from,
        until: range.until,
        customer_id: non_empty(query.customer_id),
        direction: direction?,
        most: page_size,
        skip: (page - 1).saturating_mul(page_size),
        after: after?,
    };
    Ok(list_response(pieces::call_logs(&app.store, &caller.client, rows, page, filter).await?))
}

/// Returns the response with a list, in pieces if it is large.
pub fn list_response<T, S>(answer: ListAnswer<T, S>) -> Response
where
    T: Serialize,
    S: Stream<Item = Result<String, ServiceError>> + Send + 'static,
{
    match answer {
        ListAnswer::Whole(answer) => Json(answer).into_response(),
        ListAnswer::Pieces(pieces) => {
            let kind = [(header::CONTENT_TYPE, "application/json")];
            (kind, Body::from_stream(pieces)).into_response()
        }
    }
}
