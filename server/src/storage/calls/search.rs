//! Searches a client's calls by any of their properties.
//!
//! A request examines a bounded number of calls, in list order: a condition that no index answers
//! may match one call in ten million, and no request should scan all of them. So a page may be
//! short although more results follow, and states where the search continues.

mod ask;
mod field;
mod filter;
mod offsets;
mod statements;
mod text;

pub use field::{FieldTest, Wanted};
pub use filter::{CallFilter, Connected, Sort};
pub use text::Text;

use crate::storage::database::pools::reading;
use crate::storage::{NotedCall, Span, Store, StoreError};
use ask::{Ask, Source, Walk, bound};
use call_ribbon_shared::Millis;

/// Calls read at once if they are filtered in memory.
const AT_ONCE: i64 = 500;

/// The position of a call in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The duration in seconds; used only in lists by duration.
    pub duration: i64,
    pub at: Millis,
    pub call_sid: String,
}

/// A page of search results.
#[derive(Debug, Default)]
pub struct FoundCalls {
    pub calls: Vec<NotedCall>,
    /// The last call examined; `None` if the search is complete.
    pub next: Option<Spot>,
}

impl Store {
    /// Returns the calls that match a filter, after a position in their list, at most `most` of
    /// them.
    pub async fn search_calls(
        &self,
        client_id: &str,
        filter: &CallFilter,
        after: Option<&Spot>,
        most: i64,
    ) -> Result<FoundCalls, StoreError> {
        let mut span = Span { from: filter.from, until: filter.until, customer_id: None };
        if filter.has_hours() {
            // The period in which a time zone's offsets are computed must be bounded.
            let Some(within) = self.with_calls(client_id, &span).await? else {
                return Ok(FoundCalls::default());
            };
            span = within;
        }
        let (source, walk) = self.way(client_id, filter, &span).await?;
        let mut ask = Ask::new(client_id, filter, source, walk, &span, after);
        let looks_at = filter.looks_at();
        let bound = if walk.looks_at_all() || filter.is_in_index() {
            None
        } else {
            self.bound(&ask, looks_at).await?
        };
        if let Some(bound) = &bound {
            ask.end_at(bound);
        }
        let mut found = FoundCalls::default();
        let page = usize::try_from(most).unwrap_or(usize::MAX);
        for part in ask.parts() {
            ask.about(part);
            loop {
                // One extra row shows whether another page exists.
                let left = most.saturating_add(1) - i64::try_from(found.calls.len()).unwrap_or(0);
                let wanted = match (filter.opens_calls(), walk.looks_at_all()) {
                    (false, _) => left,
                    // A list that is sorted for each query is read at once.
                    (true, true) => looks_at,
                    (true, false) => left.max(AT_ONCE),
                };
                let rows = self.rows(&ask, wanted).await?;
                let full = i64::try_from(rows.len()).is_ok_and(|rows| rows >= wanted);
                let last = rows.last().map(Spot::of);
                found.calls.extend(rows.into_iter().filter(|row| filter.passes(row)));
                if found.calls.len() > page {
                    found.calls.truncate(page);
                    found.next = found.calls.last().map(Spot::of);
                    return Ok(found);
                }
                match last {
                    Some(last) if full => ask.begin_after(&last),
                    _ => break,
                }
            }
        }
        found.next = bound;
        Ok(found)
    }

    /// Chooses the index and the order of traversal. The longest of few calls are found by sorting
    /// all of them; of many, by walking down the client's list by duration.
    async fn way(
        &self,
        client_id: &str,
        filter: &CallFilter,
        span: &Span,
    ) -> Result<(Source, Walk), StoreError> {
        let source = Source::of(filter);
        let (of_few, of_many) = match filter.sort {
            Sort::Newest => return Ok((source, Walk::Newest)),
            Sort::Oldest => return Ok((source, Walk::Oldest)),
            Sort::Longest => (Walk::LongestOfFew, Walk::Longest),
            Sort::Shortest => (Walk::ShortestOfFew, Walk::Shortest),
        };
        if matches!(source, Source::Number | Source::Call) {
            return Ok((source, of_few));
        }
        let ask = Ask::new(client_id, filter, source, of_few, span, None);
        let sql = statements::count(source);
        let calls: i64 = reading!(self, |db| bound!(sqlx::query_scalar(sql), ask)
            .bind(filter.looks_at() + 1)
            .fetch_one(db))?;
        let few = calls <= filter.looks_at();
        Ok(if few { (source, of_few) } else { (Source::Client, of_many) })
    }

    /// Returns the last call that this request examines; `None` if the list ends before.
    async fn bound(&self, ask: &Ask<'_>, looked_at: i64) -> Result<Option<Spot>, StoreError> {
        let sql = statements::spot(ask.source, ask.walk);
        let found: Option<(i64, Millis, String)> =
            reading!(self, |db| bound!(sqlx::query_as(sql), ask)
                .bind(looked_at - 1)
                .fetch_optional(db))?;
        Ok(found.map(|(duration, at, call_sid)| Spot { duration, at, call_sid }))
    }

    async fn rows(&self, ask: &Ask<'_>, most: i64) -> Result<Vec<NotedCall>, StoreError> {
        let sql = statements::rows(ask.source, ask.walk);
        Ok(reading!(self, |db| bound!(sqlx::query_as(sql), ask).bind(most).fetch_all(db))?)
    }

    /// Returns whether the client has a call with exactly this id, or with exactly one of these
    /// numbers.
    pub async fn knows_exactly(
        &self,
        client_id: &str,
        name: &str,
        spellings: &[String],
    ) -> Result<Option<Exactly>, StoreError> {
        let call_sid: Option<String> = reading!(self, |db| {
            sqlx::query_scalar(
            "SELECT call_sid FROM calls WHERE client_id = $1 AND (call_sid = $2 OR session_id = $2)
             LIMIT 1"
        )
        .bind(client_id)
        .bind(name)
        .fetch_optional(db)
        })?;
        if let Some(call_sid) = call_sid {
            return Ok(Some(Exactly::Call(call_sid)));
        }
        for spelling in spellings {
            let known: Option<String> = reading!(self, |db| sqlx::query_scalar(
                "SELECT call_sid FROM calls WHERE client_id = $1 AND phone = $2 LIMIT 1"
            )
            .bind(client_id)
            .bind(spelling)
            .fetch_optional(db))?;
            if known.is_some() {
                return Ok(Some(Exactly::Number(spellings.to_vec())));
            }
        }
        Ok(None)
    }
}

/// The whole value that a search text equals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exactly {
    /// A call's id or its session's; stored as the call's.
    Call(String),
    /// A number, in all the spellings in which it may be stored.
    Number(Vec<String>),
}

impl Spot {
    fn of(row: &NotedCall) -> Self {
        Self {
            duration: row.call.duration.unwrap_or(0),
            at: row.call.started_at,
            call_sid: row.call.call_sid.clone(),
        }
    }
}
