//! Looking through a client's calls by whatever is known of them.

use super::views::noted_call;
use crate::app::App;
use crate::services::customers::matching::Numbers;
use crate::services::{ServiceError, cursor};
use crate::storage::{CallFilter, Client, Spot};
use crate::time;
use call_ribbon_shared::wire::CallHistory;

/// What somebody looks for.
#[derive(Debug)]
pub struct Search {
    pub filter: CallFilter,
    /// The text as it was typed, where one was.
    pub typed: Option<String>,
}

/// A page of calls. It may be short although more follow: a request looks at so many calls and no
/// more.
pub async fn calls(
    app: &App,
    client: &Client,
    search: Search,
    after: Option<Spot>,
    most: i64,
) -> Result<CallHistory, ServiceError> {
    let filter = filter(app, client, search).await?;
    let found = app.store.search_calls(&client.id, &filter, after.as_ref(), most).await?;
    let by_length = filter.sort.is_by_length();
    Ok(CallHistory {
        calls: found.calls.into_iter().map(noted_call).collect(),
        next_cursor: found.next.as_ref().map(|next| cursor::write_spot(next, by_length)),
        searched_to: found.next.filter(|_| !by_length).map(|next| time::format(next.at)),
    })
}

/// The filter of a search. A text that is the whole name of a call, or the whole number of some, is
/// looked up rather than looked for.
pub async fn filter(
    app: &App,
    client: &Client,
    search: Search,
) -> Result<CallFilter, ServiceError> {
    let Search { mut filter, typed } = search;
    if let Some(typed) = typed {
        let spellings = Numbers::of(app, client).await?.spellings(&typed);
        filter.exactly = app.store.knows_exactly(&client.id, &typed, &spellings).await?;
    }
    Ok(filter)
}
