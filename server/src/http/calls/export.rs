//! Handler for `GET /api/ribbon/export/calls`.

use super::filter::FilterQuery;
use crate::app::App;
use crate::http::openapi::ByKey;
use crate::http::request::auth::{KeyedByLink, TeamExport};
use crate::http::request::bounds::text_within;
use crate::http::request::problem::Problem;
use crate::http::request::query_params::{QueryParams, non_empty, read_switch};
use crate::http::request::team_query::TeamQuery;
use crate::services::calls::export::{
    self, Export, ExportRecord, Format, MAX_COLUMNS, column_names,
};
use crate::storage::CallFilter;
use crate::time;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::CallObject;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::openapi::ObjectBuilder;
use utoipa::openapi::schema::{Schema, Type};
use utoipa::{IntoParams, ToSchema};

/// The most characters of a table's columns.
const LONGEST_COLUMNS: usize = 10_000;

/// The format of the file, beside the filters.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// The format. `csv` always has the same columns; `table` is CSV as people see it: chosen columns,
    /// local times, names of outcomes and fields.
    #[param(schema_with = format_kind)]
    format: Option<String>,
    /// `true`: a CSV file begins with a byte-order mark, which Excel needs to read names beyond
    /// ASCII.
    #[param(pattern = "^(true|false|1|0|)$", example = "false")]
    bom: Option<String>,
    /// The columns of a `table`, with commas between them: started, customer, number, direction,
    /// agent, status, duration, outcome, outcomeFields, notes, followUp, followUpNote, connected, ended, type,
    /// customerId, agentId, sessionId, `context.…` or `metadata.…`. If missing, all of these and the
    /// fields that the client has named.
    #[param(schema_with = columns_kind, example = "started,agent,outcome")]
    columns: Option<String>,
}

fn format_kind() -> Schema {
    let kind = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(["json", "csv", "table", "JSON", "CSV", "TABLE", ""]));
    kind.default(Some("json".into())).into()
}

fn columns_kind() -> Schema {
    let names: Vec<&str> = column_names().collect();
    let sent = r"(context|metadata)\.[^\u0000,]*[^\u0000,\s]";
    let column = format!(r"\s*({}|{sent})\s*", names.join("|"));
    let pattern = format!("^({column}(,{column}){{0,{}}})?$", MAX_COLUMNS - 1);
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(pattern))
        .max_length(Some(LONGEST_COLUMNS))
        .into()
}

/// The order of the calls in a file. It stands in the document only: [`FilterQuery`] reads it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "stands for the parameter in the document")]
pub struct ExportOrder {
    /// The order.
    #[param(pattern = "^(newest|oldest|)$", example = "newest")]
    sort: Option<String>,
}

/// The file in JSON. It is written piece by piece, so this type exists in the document only.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "stands for the file in the document")]
struct ExportedCalls {
    client: ExportedClient,
    /// When the file was created.
    #[schema(format = DateTime, examples("2025-10-12T10:30:00Z"))]
    export_date: String,
    date_range: ExportedRange,
    /// The calls, newest first.
    calls: Vec<CallObject>,
}

/// The client.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "stands for a part of the file in the document")]
struct ExportedClient {
    #[schema(examples("client-demo"))]
    client_id: String,
    #[schema(examples("Demo Client"))]
    name: String,
}

/// The ends of the range, as requested.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "stands for a part of the file in the document")]
struct ExportedRange {
    #[schema(required = true, examples("2025-10-01"))]
    start_date: Option<String>,
    #[schema(required = true, examples("2025-10-12"))]
    end_date: Option<String>,
}

/// Export calls as a file
///
/// Streamed, of any size, newest or oldest first: the same calls as the list with the same filters.
/// A link in a browser may carry the key as `apiKey` or `X-API-Key` in the address; it is not
/// logged. Each export is an entry of the client's audit log.
#[utoipa::path(
    get,
    path = "/api/ribbon/export/calls",
    operation_id = "exportCalls",
    tag = "Figures",
    params(FilterQuery, TeamQuery, ExportOrder, ExportQuery),
    responses(
        (
            status = 200,
            description = "The file.",
            content((ExportedCalls = "application/json"), (String = "text/csv")),
            headers(("Content-Disposition" = String, description = "The file's name."))
        ),
        ByKey,
    ),
    security(("apiKey" = []), ("apiKeyInLink" = [])),
)]
pub async fn export_calls(
    State(app): State<Arc<App>>,
    caller: KeyedByLink<TeamExport>,
    QueryParams(filter): QueryParams<FilterQuery>,
    QueryParams(team): QueryParams<TeamQuery>,
    QueryParams(query): QueryParams<ExportQuery>,
) -> Result<Response, Problem> {
    if caller.is_viewer() && !caller.client.viewers_export {
        let sentence = "Viewers of this client may not export calls; ask an admin.";
        return Err(Problem::new(StatusCode::FORBIDDEN, "scope_missing", sentence));
    }
    let (start, end) = filter.range_ends();
    let filters = [filter.describe(), team.describe()].concat();
    let mut search = filter.into_search(&caller.client)?;
    let team = team.into_view(&app, &caller.client, &caller.reach).await?;
    search.limit_to_team(team.as_ref());
    if search.filter.sort.is_by_length() {
        let sentence = "sort must be newest or oldest for an export.";
        return Err(Problem::invalid("sort", sentence));
    }
    let format = non_empty(query.format).map(|format| format.trim().to_ascii_lowercase());
    let format = match format.as_deref() {
        None | Some("json") => Format::Json,
        Some("csv") => Format::Csv,
        Some("table") => Format::Table,
        Some(_) => {
            let sentence = "format must be \"json\", \"csv\" or \"table\".";
            return Err(Problem::invalid("format", sentence));
        }
    };
    let bom = read_switch("bom", query.bom.as_deref())?;
    if bom && format == Format::Json {
        return Err(Problem::invalid("bom", "bom requires format=csv or format=table."));
    }
    let columns = non_empty(query.columns);
    if columns.is_some() && format != Format::Table {
        return Err(Problem::invalid("columns", "columns requires format=table."));
    }
    let columns = columns.map(|text| text_within("columns", text, LONGEST_COLUMNS)).transpose()?;
    let name = file_name(&search.filter, format, app.now());
    let record = ExportRecord { range: range_of(&search.filter, app.now()), format, filters };
    let operator = app.operator(caller.by());
    export::record_export(&operator, &caller.client, &search.filter, record).await?;
    let export = Export { search, format, bom, columns, start, end };
    let pieces = export::export_calls(
        &app.store,
        &app.telephony.accounts,
        &caller.client,
        export,
        app.now(),
    )
    .await?;
    let kind = match format {
        Format::Json => "application/json",
        Format::Csv | Format::Table => "text/csv; charset=utf-8",
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// Returns `call-logs-<start>-to-<end>.<ext>`, with the first and the last day in the file.
fn file_name(filter: &CallFilter, format: Format, now: Millis) -> String {
    let (name, extension) = match format {
        Format::Csv => ("call-logs", "csv"),
        Format::Json => ("call-logs", "json"),
        Format::Table => ("calls", "csv"),
    };
    format!("{name}-{}.{extension}", range_of(filter, now))
}

/// Returns `<start>-to-<end>`: the first and the last day.
fn range_of(filter: &CallFilter, now: Millis) -> String {
    let zone = filter.zone;
    let start = match filter.from {
        Millis::MIN => "beginning".to_owned(),
        from => time::day(from, zone),
    };
    let end = if filter.until == Millis::MAX { now } else { filter.until - 1 };
    format!("{start}-to-{}", time::day(end, zone))
}
