//! Searches a client's calls by any of their properties.
//!
//! A request examines a bounded number of calls, in list order: a condition that no index answers
//! may match one call in ten million, and no request should scan all of them. So a page may be
//! short although more results follow, and states where the search continues.

mod count;
mod field;
mod filter;
mod offsets;
mod query;
mod statements;
mod text;

pub use field::{FieldCondition, FieldTest};
pub use filter::{CallFilter, CallSort, Connected};
pub use text::SearchText;

use crate::storage::database::pools::query_read;
use crate::storage::database::portion::{Portion, read_portion};
use crate::storage::{CallStore, CallWithNotes, Span, StoreError};
use call_ribbon_shared::Millis;
use query::{SearchQuery, SearchSource, Walk, bind_filter};

/// Calls read at once if they are filtered in memory.
const BATCH: i64 = 500;

/// The position of a call in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPosition {
    /// The duration in seconds; used only in lists by duration.
    pub duration: i64,
    pub at: Millis,
    pub call_sid: String,
}

/// A page of search results.
#[derive(Debug, Default)]
pub struct FoundCalls {
    pub calls: Vec<CallWithNotes>,
    /// The last call examined; `None` if the search is complete.
    pub next: Option<ListPosition>,
}

impl CallStore<'_> {
    /// Returns the calls that match a filter, after a position in their list, at most `most` of
    /// them.
    pub async fn search_calls(
        self,
        client_id: &str,
        filter: &CallFilter,
        after: Option<&ListPosition>,
        most: i64,
    ) -> Result<FoundCalls, StoreError> {
        let mut span = Span { from: filter.from, until: filter.until, customer_id: None };
        if filter.has_hour_conditions() {
            // The period in which a time zone's offsets are computed must be bounded.
            let Some(within) = self.analytics().clip_to_calls(client_id, &span).await? else {
                return Ok(FoundCalls::default());
            };
            span = within;
        }
        let (source, walk) = self.choose_walk(client_id, filter, &span).await?;
        let mut ask = SearchQuery::new(client_id, filter, source, walk, &span, after);
        let looks_at = filter.max_scanned();
        let bound = if walk.reads_all() || filter.is_index_only() {
            None
        } else {
            self.find_scan_end(&ask, looks_at).await?
        };
        if let Some(bound) = &bound {
            ask.end_at(bound);
        }
        let mut found = FoundCalls::default();
        let page = usize::try_from(most).unwrap_or(usize::MAX);
        for part in ask.split_by_offset() {
            ask.restrict_to_part(part);
            loop {
                // One extra row shows whether another page exists.
                let left = most.saturating_add(1) - i64::try_from(found.calls.len()).unwrap_or(0);
                let wanted = match (filter.filters_in_memory(), walk.reads_all()) {
                    (false, _) => left,
                    // A list that is sorted for each query is read at once.
                    (true, true) => looks_at,
                    (true, false) => left.max(BATCH),
                };
                let Portion { rows, cut } = self.read_search_rows(&ask, wanted).await?;
                let full = cut || i64::try_from(rows.len()).is_ok_and(|rows| rows >= wanted);
                let last = rows.last().map(ListPosition::from_call);
                found.calls.extend(rows.into_iter().filter(|row| filter.matches_call(row)));
                if found.calls.len() > page {
                    found.calls.truncate(page);
                    found.next = found.calls.last().map(ListPosition::from_call);
                    return Ok(found);
                }
                // The page is short, so that it does not hold portion after portion.
                if let Some(last) = last.as_ref().filter(|_| cut && !found.calls.is_empty()) {
                    found.next = Some(last.clone());
                    return Ok(found);
                }
                match last {
                    Some(last) if full => ask.start_after(&last),
                    _ => break,
                }
            }
        }
        found.next = bound;
        Ok(found)
    }

    /// Chooses the index and the order of traversal. The longest of few calls are found by sorting
    /// all of them; of many, by walking down the client's list by duration.
    async fn choose_walk(
        self,
        client_id: &str,
        filter: &CallFilter,
        span: &Span,
    ) -> Result<(SearchSource, Walk), StoreError> {
        let source = SearchSource::narrowest_for(filter);
        let (of_few, of_many) = match filter.sort {
            CallSort::Newest => return Ok((source, Walk::Newest)),
            CallSort::Oldest => return Ok((source, Walk::Oldest)),
            CallSort::Longest => (Walk::LongestOfFew, Walk::Longest),
            CallSort::Shortest => (Walk::ShortestOfFew, Walk::Shortest),
        };
        if matches!(source, SearchSource::Number | SearchSource::Call) {
            return Ok((source, of_few));
        }
        let ask = SearchQuery::new(client_id, filter, source, of_few, span, None);
        let sql = statements::select_count(source);
        let calls: i64 = query_read!(self, |db| bind_filter!(sqlx::query_scalar(sql), ask)
            .bind(filter.max_scanned() + 1)
            .fetch_one(db))?;
        let few = calls <= filter.max_scanned();
        Ok(if few { (source, of_few) } else { (SearchSource::Client, of_many) })
    }

    /// Returns the last call that this request examines; `None` if the list ends before.
    async fn find_scan_end(
        self,
        ask: &SearchQuery<'_>,
        looked_at: i64,
    ) -> Result<Option<ListPosition>, StoreError> {
        let sql = statements::select_position(ask.source, ask.walk);
        let found: Option<(i64, Millis, String)> =
            query_read!(self, |db| bind_filter!(sqlx::query_as(sql), ask)
                .bind(looked_at - 1)
                .fetch_optional(db))?;
        Ok(found.map(|(duration, at, call_sid)| ListPosition { duration, at, call_sid }))
    }

    async fn read_search_rows(
        self,
        ask: &SearchQuery<'_>,
        most: i64,
    ) -> Result<Portion<CallWithNotes>, StoreError> {
        let sql = statements::select_rows(ask.source, ask.walk);
        Ok(query_read!(self, |db| read_portion(
            bind_filter!(sqlx::query_as(sql), ask).bind(most).fetch(db)
        ))?)
    }

    /// Returns whether the client has a call with exactly this id, or with exactly one of these
    /// numbers.
    pub async fn find_exact_match(
        self,
        client_id: &str,
        name: &str,
        spellings: &[String],
    ) -> Result<Option<ExactMatch>, StoreError> {
        let call_sid: Option<String> = query_read!(self, |db| {
            sqlx::query_scalar(
            "SELECT call_sid FROM calls WHERE client_id = $1 AND (call_sid = $2 OR session_id = $2)
             LIMIT 1"
        )
        .bind(client_id)
        .bind(name)
        .fetch_optional(db)
        })?;
        if let Some(call_sid) = call_sid {
            return Ok(Some(ExactMatch::Call(call_sid)));
        }
        for spelling in spellings {
            let known: Option<String> = query_read!(self, |db| sqlx::query_scalar(
                "SELECT call_sid FROM calls WHERE client_id = $1 AND phone = $2 LIMIT 1"
            )
            .bind(client_id)
            .bind(spelling)
            .fetch_optional(db))?;
            if known.is_some() {
                return Ok(Some(ExactMatch::Number(spellings.to_vec())));
            }
        }
        Ok(None)
    }
}

/// The whole value that a search text equals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExactMatch {
    /// A call's id or its session's; stored as the call's.
    Call(String),
    /// A number, in all the spellings in which it may be stored.
    Number(Vec<String>),
}

impl ListPosition {
    fn from_call(row: &CallWithNotes) -> Self {
        Self {
            duration: row.call.duration.unwrap_or(0),
            at: row.call.started_at,
            call_sid: row.call.call_sid.clone(),
        }
    }
}
