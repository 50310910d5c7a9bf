//! Searches a client's calls.

use super::views::noted_call;
use crate::app::App;
use crate::services::customers::matching::Numbers;
use crate::services::{ServiceError, cursor};
use crate::storage::{CallFilter, Client, ListPosition};
use crate::time;
use call_ribbon_shared::wire::CallHistory;

/// The terms of a search.
#[derive(Debug)]
pub struct CallSearch {
    pub filter: CallFilter,
    /// The text as it was typed, if any.
    pub typed: Option<String>,
}

/// Returns a page of calls. It may be short although more follow: a request examines a bounded
/// number of calls.
pub async fn search_calls(
    app: &App,
    client: &Client,
    search: CallSearch,
    after: Option<ListPosition>,
    most: i64,
) -> Result<CallHistory, ServiceError> {
    let filter = build_filter(app, client, search).await?;
    let found = app.store.calls().search_calls(&client.id, &filter, after.as_ref(), most).await?;
    let by_length = filter.sort.is_by_length();
    Ok(CallHistory {
        calls: found.calls.into_iter().map(noted_call).collect(),
        next_cursor: found.next.as_ref().map(|next| cursor::write_spot(next, by_length)),
        searched_to: found.next.filter(|_| !by_length).map(|next| time::format(next.at)),
    })
}

/// Returns the filter of a search. A text that is a call's whole id, or the whole number of some
/// calls, is looked up by key instead of being searched for.
pub async fn build_filter(
    app: &App,
    client: &Client,
    search: CallSearch,
) -> Result<CallFilter, ServiceError> {
    let CallSearch { mut filter, typed } = search;
    if let Some(typed) = typed {
        let spellings = Numbers::of_client(app, client).await?.all_spellings(&typed);
        filter.exactly = app.store.calls().find_exact_match(&client.id, &typed, &spellings).await?;
    }
    Ok(filter)
}
