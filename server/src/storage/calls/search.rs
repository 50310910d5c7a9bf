//! Looking through a client's calls by whatever is known of them.
//!
//! A request looks at so many calls and no more, in the order in which they are listed: what an
//! index cannot answer may be true of one call in ten millions, and nobody should wait for all of
//! them. So a page may be short although more follow, and says from where the search goes on.

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

/// Calls read at once while they are opened.
const AT_ONCE: i64 = 500;

/// Where a call stands in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Seconds; counts only in lists by length.
    pub duration: i64,
    pub at: Millis,
    pub call_sid: String,
}

/// A page of what was found.
#[derive(Debug, Default)]
pub struct FoundCalls {
    pub calls: Vec<NotedCall>,
    /// The last call that was looked at, where the search is not at its end.
    pub next: Option<Spot>,
}

impl Store {
    /// The calls that pass a filter, after a spot in their list, so many at the most.
    pub async fn search_calls(
        &self,
        client_id: &str,
        filter: &CallFilter,
        after: Option<&Spot>,
        most: i64,
    ) -> Result<FoundCalls, StoreError> {
        let mut span = Span { from: filter.from, until: filter.until, customer_id: None };
        if filter.has_hours() {
            // The time in which a zone's clocks are looked up must have ends.
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
                // One more than asked for tells whether there is another page.
                let left = most.saturating_add(1) - i64::try_from(found.calls.len()).unwrap_or(0);
                let wanted = match (filter.opens_calls(), walk.looks_at_all()) {
                    (false, _) => left,
                    // What is put in order anew each time is read at once.
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

    /// From which index, and in which way the calls are gone through. The longest of few are found
    /// by looking at all of them; of many, by going down the list of the longest.
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

    /// The last call of those that this request looks at; `None` where that is the end of all.
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

    /// Whether the client has a call of exactly this name, or of exactly one of these numbers.
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

/// What a text that is searched for is the whole of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exactly {
    /// A call's name, or its session's; here the call's.
    Call(String),
    /// A number, in all the ways in which it may have been written down.
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
