//! `GET /api/ribbon/export/calls`.

use super::auth::{Export as MayExport, KeyedByLink};
use super::logs::unreadable_query;
use super::problem::Problem;
use crate::app::App;
use crate::services::dates::DateRange;
use crate::services::export::{self, Export, Format};
use crate::time;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use call_ribbon_shared::Millis;
use chrono_tz::Tz;
use serde::Deserialize;
use std::sync::Arc;

/// The query, beside the key.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportQuery {
    start_date: Option<String>,
    end_date: Option<String>,
    format: Option<String>,
    timezone: Option<String>,
}

/// The client's calls of a time as a file, the newest first.
pub async fn calls(
    State(app): State<Arc<App>>,
    caller: KeyedByLink<MayExport>,
    query: Result<Query<ExportQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(query) = query.map_err(|_| unreadable_query())?;
    let said = |text: Option<String>| text.filter(|text| !text.is_empty());
    let zone = match said(query.timezone) {
        Some(name) => name.parse().map_err(|_| {
            Problem::invalid("timezone", "timezone is not known; write it like Asia/Kolkata.")
        })?,
        None => caller.client.time_zone,
    };
    let (start, end) = (said(query.start_date), said(query.end_date));
    let range = DateRange::read(start.as_deref(), end.as_deref(), zone)?;
    let format = match said(query.format).as_deref() {
        None | Some("json") => Format::Json,
        Some("csv") => Format::Csv,
        Some(_) => {
            return Err(Problem::invalid("format", "format must be \"json\" or \"csv\"."));
        }
    };
    let name = file_name(range, format, zone, app.now());
    let pieces = export::calls(&app, &caller.client, Export { range, format, start, end }).await?;
    let kind = match format {
        Format::Json => "application/json",
        Format::Csv => "text/csv; charset=utf-8",
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// `call-logs-<start>-to-<end>.<ext>`, with the first and the last day that it holds.
fn file_name(range: DateRange, format: Format, zone: Tz, now: Millis) -> String {
    let start = match range.from {
        Millis::MIN => "beginning".to_owned(),
        from => time::day(from, zone),
    };
    let end = if range.until == Millis::MAX { now } else { range.until - 1 };
    let extension = if format == Format::Csv { "csv" } else { "json" };
    format!("call-logs-{start}-to-{}.{extension}", time::day(end, zone))
}
