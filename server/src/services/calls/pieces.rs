//! Lists that may be too large for memory, written in pieces: calls in progress, and the log.

use super::views::{Rows, log_row, with_switches};
use crate::services::access::teams::TeamView;
use crate::services::{ServiceError, cursor};
use crate::storage::{
    CallRow, Client, LogFilter, LogPage, LogPosition, LogRecord, LogRowKey, Portion, Store,
    StoreError,
};
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::{ActiveCalls, CallLogs, CallObject, LogRow, Pagination};
use futures_util::Stream;
use futures_util::stream::try_unfold;
use serde::Serialize;
use std::sync::Arc;

/// The most active calls of one portion, which its bytes limit before.
const MAX_ACTIVE_CALLS: i64 = 10_000;

/// An answer: whole, or as JSON in pieces if its rows fill more than one portion.
pub enum ListAnswer<T, S> {
    Whole(T),
    Pieces(S),
}

/// A list that is read in portions.
trait Portions: Send {
    type Item: Serialize;

    /// Takes the rows that were read.
    fn take_items(&mut self) -> Result<Vec<Self::Item>, ServiceError>;

    /// Reads more rows; returns false if there are none.
    fn read_more(&mut self) -> impl Future<Output = Result<bool, ServiceError>> + Send;

    /// Returns the answer's text after the list's last item.
    fn end(&self) -> Result<String, serde_json::Error>;
}

/// The list between two pieces; `None` when all is written.
struct Place<P> {
    list: P,
    start: Option<&'static str>,
}

/// Writes an answer that begins with `start` and a list whose first portion was read.
fn write_pieces<P: Portions>(
    list: P,
    start: &'static str,
) -> impl Stream<Item = Result<String, ServiceError>> + Send {
    let first = Some(Place { list, start: Some(start) });
    try_unfold(first, async |place| {
        let Some(mut place) = place else { return Ok(None) };
        let mut out = String::new();
        let mut between = place.start.take().unwrap_or(",");
        for item in place.list.take_items()? {
            out.push_str(between);
            out.push_str(&serde_json::to_string(&item).map_err(serialize_error)?);
            between = ",";
        }
        if place.list.read_more().await? {
            return Ok(Some((out, Some(place))));
        }
        out.push_str(&place.list.end().map_err(serialize_error)?);
        Ok(Some((out, None)))
    })
}

/// Returns the client's active calls; for a supervisor, those of the supervisor's teams.
pub async fn active_calls(
    store: &Arc<Store>,
    client: &Client,
    team: Option<&TeamView>,
) -> Result<
    ListAnswer<ActiveCalls, impl Stream<Item = Result<String, ServiceError>> + use<>>,
    ServiceError,
> {
    let portion = store.calls().list_active_calls(&client.id, None, MAX_ACTIVE_CALLS).await?;
    if !portion.cut {
        let active_calls = to_active(portion.rows, team)?;
        return Ok(ListAnswer::Whole(ActiveCalls { count: active_calls.len(), active_calls }));
    }
    let list = ActiveList {
        store: Arc::clone(store),
        client_id: client.id.clone(),
        portion,
        last: (Millis::MAX, String::new()),
        count: 0,
        team: team.cloned(),
    };
    Ok(ListAnswer::Pieces(write_pieces(list, "{\"activeCalls\":[")))
}

/// Converts calls in progress, which may be on hold; for a supervisor, those of the supervisor's
/// teams.
fn to_active(rows: Vec<CallRow>, team: Option<&TeamView>) -> Result<Vec<CallObject>, ServiceError> {
    let is_seen = |row: &CallRow| {
        team.is_none_or(|team| row.agent_id.as_deref().is_some_and(|agent| team.has_agent(agent)))
    };
    rows.into_iter().filter(is_seen).map(with_switches).collect()
}

struct ActiveList {
    store: Arc<Store>,
    client_id: String,
    portion: Portion<CallRow>,
    /// The last call taken.
    last: (Millis, String),
    /// The calls taken.
    count: usize,
    /// Only calls of agents of these teams.
    team: Option<TeamView>,
}

impl Portions for ActiveList {
    type Item = CallObject;

    fn take_items(&mut self) -> Result<Vec<CallObject>, ServiceError> {
        let rows = std::mem::take(&mut self.portion.rows);
        if let Some(last) = rows.last() {
            self.last = (last.started_at, last.call_sid.clone());
        }
        let calls = to_active(rows, self.team.as_ref())?;
        self.count += calls.len();
        Ok(calls)
    }

    async fn read_more(&mut self) -> Result<bool, ServiceError> {
        if !self.portion.cut {
            return Ok(false);
        }
        let (at, call_sid) = &self.last;
        let after = Some((*at, call_sid.as_str()));
        let calls = self.store.calls();
        self.portion = calls.list_active_calls(&self.client_id, after, MAX_ACTIVE_CALLS).await?;
        // The calls that were left may have ended meanwhile.
        Ok(!self.portion.rows.is_empty())
    }

    fn end(&self) -> Result<String, serde_json::Error> {
        Ok(format!("],\"count\":{}}}", self.count))
    }
}

/// Returns a page of the log.
pub async fn call_logs(
    store: &Arc<Store>,
    client: &Client,
    rows: Rows,
    page: i64,
    filter: LogFilter,
) -> Result<
    ListAnswer<CallLogs, impl Stream<Item = Result<String, ServiceError>> + use<>>,
    ServiceError,
> {
    let (portion, total) = read_rows(store, &client.id, &rows, &filter).await?;
    let cut = portion.cut;
    let mut list = LogList {
        store: Arc::clone(store),
        client: client.clone(),
        rows,
        filter,
        page,
        total,
        portion,
        last: None,
        count: 0,
    };
    if cut {
        return Ok(ListAnswer::Pieces(write_pieces(list, "{\"logs\":[")));
    }
    let logs = list.take_items()?;
    Ok(ListAnswer::Whole(CallLogs { logs, pagination: list.pagination() }))
}

async fn read_rows(
    store: &Store,
    client_id: &str,
    rows: &Rows,
    filter: &LogFilter,
) -> Result<LogPage, StoreError> {
    match rows {
        Rows::Calls => store.calls().read_call_page(client_id, filter).await,
        Rows::AllEvents => store.calls().read_event_page(client_id, None, filter).await,
        Rows::Events(name) => store.calls().read_event_page(client_id, Some(name), filter).await,
    }
}

struct LogList {
    store: Arc<Store>,
    client: Client,
    rows: Rows,
    filter: LogFilter,
    page: i64,
    /// The rows on all pages.
    total: i64,
    portion: Portion<LogRecord>,
    /// The last row taken.
    last: Option<LogPosition>,
    /// The rows taken.
    count: i64,
}

impl LogList {
    fn position(&self, record: &LogRecord) -> LogPosition {
        match self.rows {
            Rows::Calls => {
                let key = LogRowKey::Call(record.call_sid.clone());
                LogPosition { at: record.started_at, key }
            }
            Rows::AllEvents | Rows::Events(_) => {
                LogPosition { at: record.at, key: LogRowKey::Event(record.seq) }
            }
        }
    }

    /// Describes the page; the cursor of the next one is missing on the last.
    fn pagination(&self) -> Pagination {
        let filter = &self.filter;
        // After a cursor the number of pages before is unknown; the last one may be empty.
        let more = match filter.after {
            Some(_) => self.count == filter.most,
            None => filter.skip.saturating_add(self.count) < self.total,
        };
        Pagination {
            page: self.page,
            page_size: filter.most,
            total: self.total,
            total_pages: (self.total + filter.most - 1) / filter.most.max(1),
            next_cursor: self.last.as_ref().filter(|_| more).map(cursor::write_place),
        }
    }
}

impl Portions for LogList {
    type Item = LogRow;

    fn take_items(&mut self) -> Result<Vec<LogRow>, ServiceError> {
        let records = std::mem::take(&mut self.portion.rows);
        if let Some(last) = records.last() {
            self.last = Some(self.position(last));
        }
        self.count += i64::try_from(records.len()).unwrap_or(0);
        Ok(records.into_iter().map(|record| log_row(&self.client, record)).collect())
    }

    async fn read_more(&mut self) -> Result<bool, ServiceError> {
        let most = self.filter.most - self.count;
        if !self.portion.cut || most <= 0 {
            return Ok(false);
        }
        let rest = LogFilter { after: self.last.clone(), most, skip: 0, ..self.filter.clone() };
        (self.portion, _) = read_rows(&self.store, &self.client.id, &self.rows, &rest).await?;
        Ok(!self.portion.rows.is_empty())
    }

    fn end(&self) -> Result<String, serde_json::Error> {
        Ok(format!("],\"pagination\":{}}}", serde_json::to_string(&self.pagination())?))
    }
}

fn serialize_error(error: serde_json::Error) -> ServiceError {
    ServiceError::Unavailable(sqlx::Error::Encode(Box::new(error)).into())
}
