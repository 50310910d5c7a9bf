//! Searches a client's calls.

use super::merged_values;
use crate::services::access::teams::TeamView;
use crate::services::call_object::noted_call;
use crate::services::customers::matching::Numbers;
use crate::services::providers::accounts::AccountCache;
use crate::services::{ServiceError, cursor};
use crate::storage::{CallFilter, Client, FieldCondition, ListPosition, Store};
use crate::time;
use call_ribbon_shared::wire::CallHistory;

/// The terms of a search.
#[derive(Debug)]
pub struct CallSearch {
    pub filter: CallFilter,
    /// The text as it was typed, if any.
    pub typed: Option<String>,
}

impl CallSearch {
    /// Limits a search to the agents of teams.
    pub fn limit_to_team(&mut self, team: Option<&TeamView>) {
        self.filter.team = team.map(|team| team.id.clone());
    }
}

/// Returns a page of calls. It may be short although more follow: a request examines a bounded
/// number of calls.
pub async fn search_calls(
    store: &Store,
    accounts: &AccountCache,
    client: &Client,
    search: CallSearch,
    after: Option<ListPosition>,
    most: i64,
    counts: bool,
) -> Result<CallHistory, ServiceError> {
    let filter = build_filter(store, accounts, client, search).await?;
    let total = if counts { store.calls().count_calls(&client.id, &filter).await? } else { None };
    let found = store.calls().search_calls(&client.id, &filter, after.as_ref(), most).await?;
    let by_length = filter.sort.is_by_length();
    Ok(CallHistory {
        total,
        calls: found.calls.into_iter().map(noted_call).collect(),
        next_cursor: found.next.as_ref().map(|next| cursor::write_spot(next, by_length)),
        searched_to: found.next.filter(|_| !by_length).map(|next| time::format(next.at)),
    })
}

/// Returns the filter of a search. A text that is a call's whole id, or the whole number of some
/// calls, is looked up by key instead of being searched for.
pub async fn build_filter(
    store: &Store,
    accounts: &AccountCache,
    client: &Client,
    search: CallSearch,
) -> Result<CallFilter, ServiceError> {
    let CallSearch { mut filter, typed } = search;
    if let Some(typed) = typed {
        let spellings = Numbers::of_client(store, accounts, client).await?.all_spellings(&typed);
        filter.exactly = store.calls().find_exact_match(&client.id, &typed, &spellings).await?;
    }
    for test in [&mut filter.field, &mut filter.and_field].into_iter().flatten() {
        if let FieldCondition::Value(texts) = &mut test.wanted
            && let Some(text) = texts.pop()
        {
            *texts = merged_values::list_spellings(store, client, &test.field, text).await?;
        }
    }
    Ok(filter)
}
