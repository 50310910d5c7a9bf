//! The log of requests to providers and from them.

pub(super) mod entry;
mod filters;

use super::small_table::SmallTable;
use crate::dashboard::access::Access;
use crate::dashboard::address::{Address, api_query};
use crate::dashboard::load::load_json;
use crate::dashboard::ui::{Card, Empty};
use crate::dashboard::views::paged_list::{Page, load_pages};
use entry::{Entry, EntryRow};
use filters::{Accounts, Filters, NAMES};
use leptos::prelude::*;
use serde::Deserialize;

/// Entries per page.
const ROWS: &str = "50";

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    requests: Vec<Entry>,
    next_cursor: Option<String>,
}

impl Page for Log {
    type Row = Entry;

    fn into_parts(self) -> (Vec<Entry>, Option<String>) {
        (self.requests, self.next_cursor)
    }
}

/// The tab.
#[component]
pub fn Requests() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let log = load_pages::<Log>(move || {
        let fields = NAMES.map(|name| (name, address.filter_or(name, "")));
        let mut fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fields.push(("limit", ROWS));
        api_query(&access.settings_path("provider-requests"), &fields)
    });
    let accounts = load_json::<Accounts>(move || Some(access.settings_path("providers")));
    let has_rows = Memo::new(move |_| !log.rows.read().is_empty());
    let is_filtered = move || NAMES.iter().any(|name| address.get(name).is_some());
    let none = move || {
        if untrack(is_filtered) {
            return view! { <Empty title="No matching requests"><p>"Remove a filter to see more."</p></Empty> }
                .into_any();
        }
        view! {
            <Empty title="No requests yet">
                <p>"Requests to providers and their webhooks appear here, with secrets and numbers masked. The simulator needs no requests."</p>
            </Empty>
        }
        .into_any()
    };
    let table = move || {
        if !has_rows.get() {
            return log.render_placeholder(none);
        }
        let heads = vec!["When", "Direction", "Purpose", "Account", "Status", "Duration", "Call"];
        view! {
            <SmallTable caption="Requests to providers and from them" heads=heads>
                <For each=move || log.rows.get() key=|entry| entry.request_id.clone() children=move |entry| {
                    view! { <EntryRow entry=entry accounts=accounts /> }
                } />
            </SmallTable>
        }
        .into_any()
    };
    view! {
        <Filters address=address accounts=accounts />
        <Card title="Requests to and from providers" flush=true>{table} {log.render_footer()}</Card>
    }
}
