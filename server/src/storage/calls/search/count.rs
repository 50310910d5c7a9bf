//! Counts the calls that match a filter.

use super::query::{SearchQuery, SearchSource, Walk, bind_filter};
use super::{CallFilter, CallSort, statements};
use crate::storage::database::pools::query_read;
use crate::storage::{CallStore, Span, StoreError};

/// The most calls that are examined or counted.
const MAX_COUNTED: i64 = 50_000;

impl CallStore<'_> {
    /// Returns how many calls match a filter. Returns `None` if only reading the calls would tell,
    /// as for a text or a field, or if more than 50,000 would have to be examined.
    pub async fn count_calls(
        self,
        client_id: &str,
        filter: &CallFilter,
    ) -> Result<Option<i64>, StoreError> {
        let ended_only = i64::from(filter.sort.is_by_length());
        let filter = CallFilter { sort: CallSort::Newest, ..filter.clone() };
        let reads_text = filter.text.is_some() && filter.exactly.is_none();
        if reads_text || filter.filters_in_memory() {
            return Ok(None);
        }
        let mut span = Span { from: filter.from, until: filter.until, customer_id: None };
        if filter.has_hour_conditions() {
            // The period in which a time zone's offsets are computed must be bounded.
            let Some(within) = self.analytics().clip_to_calls(client_id, &span).await? else {
                return Ok(Some(0));
            };
            span = within;
        }
        let source = SearchSource::narrowest_for(&filter);
        let mut ask = SearchQuery::new(client_id, &filter, source, Walk::Newest, &span, None);
        if !filter.is_index_only() && self.find_scan_end(&ask, MAX_COUNTED).await?.is_some() {
            return Ok(None);
        }
        let sql = statements::select_wanted_count(source);
        let mut total = 0;
        for part in ask.split_by_offset() {
            ask.restrict_to_part(part);
            let calls: i64 = query_read!(self, |db| bind_filter!(sqlx::query_scalar(sql), ask)
                .bind(MAX_COUNTED + 1)
                .bind(ended_only)
                .fetch_one(db))?;
            total += calls;
        }
        Ok((total <= MAX_COUNTED).then_some(total))
    }
}
