//! Exports a client's calls as one file of any size. It is written page by page as it is read, so
//! that a million calls need no more memory than five hundred.

mod table;

use super::search::{self, CallSearch};
use crate::services::access::operator::Operator;
use crate::services::call_object::noted_call;
use crate::services::providers::accounts::AccountCache;
use crate::services::{ServiceError, csv};
use crate::storage::{CallFilter, CallRow, Client, FoundCalls, ListPosition, Store};
use crate::time;
use call_ribbon_shared::Millis;
use futures_util::stream::{Stream, try_unfold};
use serde::Serialize;
use std::sync::Arc;
use table::Table;
pub use table::{MAX_COLUMNS, column_names};

/// Calls read at once.
const PAGE: i64 = 500;
/// The CSV's first line; integrations depend on its exact text.
const HEADER: &str = "Session ID,Customer Name,Phone Number,Direction,Start Time,End Time,\
                      Duration (s),Customer ID\r\n";

/// The format of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The columns of the contract.
    Csv,
    Json,
    /// CSV with the columns that people see.
    Table,
}

/// A request for an export.
#[derive(Debug)]
pub struct Export {
    pub search: CallSearch,
    pub format: Format,
    /// Whether a CSV file begins with a byte-order mark.
    pub bom: bool,
    /// The columns of a table, with commas between them.
    pub columns: Option<String>,
    /// The ends of the range as they were given, to repeat in the file.
    pub start: Option<String>,
    pub end: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileHeader<'a> {
    client: HeaderClient<'a>,
    export_date: String,
    date_range: HeaderRange<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HeaderClient<'a> {
    client_id: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HeaderRange<'a> {
    start_date: Option<&'a str>,
    end_date: Option<&'a str>,
}

/// The state of the export between pages.
struct Position {
    store: Arc<Store>,
    client_id: String,
    filter: CallFilter,
    format: Format,
    table: Option<Table>,
    /// The page to write next; `None` if all is written.
    page: Option<FoundCalls>,
    /// The text to write before that page.
    before: String,
    /// Whether no call has been written yet.
    first: bool,
}

/// What the audit log says about an export.
#[derive(Debug)]
pub struct ExportRecord {
    /// The days, as `2025-10-01-to-2025-10-12`.
    pub range: String,
    pub format: Format,
    /// The filters that were set, without texts that may contain a phone number.
    pub filters: Vec<String>,
}

/// Records an export in the client's audit log, with the number of its calls if the database can
/// count them.
pub async fn record_export(
    operator: &Operator<'_>,
    client: &Client,
    filter: &CallFilter,
    record: ExportRecord,
) -> Result<(), ServiceError> {
    let calls = operator.store.calls().count_calls(&client.id, filter).await?;
    let format = match record.format {
        Format::Csv => "csv",
        Format::Json => "json",
        Format::Table => "table",
    };
    let mut parts = vec![record.range, format.to_owned()];
    parts.extend(record.filters);
    parts.extend(calls.map(|calls| match calls {
        1 => "1 call".to_owned(),
        calls => format!("{calls} calls"),
    }));
    let subject = parts.join(", ");
    let stamp = operator.stamp();
    operator.store.audit().write_audit(&client.id, "calls.exported", Some(&subject), stamp).await?;
    Ok(())
}

/// Returns the file in pieces. The first page is read before the answer begins, so that an
/// unavailable database gives an error status rather than a truncated file.
pub async fn export_calls(
    store: &Arc<Store>,
    accounts: &AccountCache,
    client: &Client,
    export: Export,
    now: Millis,
) -> Result<impl Stream<Item = Result<String, ServiceError>> + Send + use<>, ServiceError> {
    let mark = if export.bom { "\u{feff}" } else { "" };
    let mut table = None;
    let before = match export.format {
        Format::Csv => format!("{mark}{HEADER}"),
        Format::Json => file_header(client, &export, now)?,
        Format::Table => {
            let zone = export.search.filter.zone;
            let columns = export.columns.as_deref();
            let table = table.insert(Table::new(store, client, zone, columns).await?);
            let mut before = mark.to_owned();
            table.write_header(&mut before);
            before
        }
    };
    let filter = search::build_filter(store, accounts, client, export.search).await?;
    let mut start = Position {
        store: Arc::clone(store),
        client_id: client.id.clone(),
        filter,
        format: export.format,
        table,
        page: None,
        before,
        first: true,
    };
    start.page = Some(start.page_after(None).await?);
    Ok(try_unfold(start, next_piece))
}

/// Writes one page and reads the next.
async fn next_piece(mut at: Position) -> Result<Option<(String, Position)>, ServiceError> {
    let Some(FoundCalls { calls, next }) = at.page.take() else { return Ok(None) };
    let mut out = std::mem::take(&mut at.before);
    for row in calls {
        match (at.format, &at.table) {
            (Format::Table, Some(table)) => table.write_call(&mut out, &row),
            (Format::Csv | Format::Table, _) => csv_line(&mut out, &row.call),
            (Format::Json, _) => {
                if !std::mem::take(&mut at.first) {
                    out.push(',');
                }
                let call = serde_json::to_string(&noted_call(row));
                out.push_str(&call.map_err(serialize_error)?);
            }
        }
    }
    match next {
        Some(next) => at.page = Some(at.page_after(Some(&next)).await?),
        None if at.format == Format::Json => out.push_str("]}"),
        None => {}
    }
    Ok(Some((out, at)))
}

impl Position {
    /// Reads the page after a call.
    async fn page_after(&self, spot: Option<&ListPosition>) -> Result<FoundCalls, ServiceError> {
        Ok(self.store.calls().search_calls(&self.client_id, &self.filter, spot, PAGE).await?)
    }
}

fn file_header(client: &Client, export: &Export, now: Millis) -> Result<String, ServiceError> {
    let head = FileHeader {
        client: HeaderClient { client_id: &client.id, name: &client.name },
        export_date: time::format(now),
        date_range: HeaderRange {
            start_date: export.start.as_deref(),
            end_date: export.end.as_deref(),
        },
    };
    let mut text = serde_json::to_string(&head).map_err(serialize_error)?;
    // The calls are written before the last bracket.
    text.pop();
    text.push_str(",\"calls\":[");
    Ok(text)
}

fn csv_line(out: &mut String, row: &CallRow) {
    let start = time::format(row.started_at);
    let end = row.ended_at.map(time::format).unwrap_or_default();
    let duration = row.duration.map(|seconds| seconds.to_string()).unwrap_or_default();
    csv::write_row(
        out,
        [
            row.session_id.as_str(),
            row.customer_name.as_deref().unwrap_or_default(),
            row.phone.as_deref().unwrap_or_default(),
            &row.direction,
            &start,
            &end,
            &duration,
            row.customer_id.as_deref().unwrap_or_default(),
        ],
    );
}

fn serialize_error(error: serde_json::Error) -> ServiceError {
    ServiceError::Unavailable(sqlx::Error::Encode(Box::new(error)).into())
}
