//! Whose records are shown; the operator goes to another client's from here, in the same view.

use crate::dashboard::access::{Access, Role};
use crate::dashboard::address::{Address, CLIENT, off_site, view_link};
use crate::dashboard::load::{LoadState, Loaded, load_json};
use crate::dashboard::ui::{Icon, Menu};
use icondata_lu::LuChevronsUpDown;
use leptos::prelude::*;
use serde::Deserialize;

/// The most clients that the list shows at once; the search finds the others.
const MOST: usize = 30;
/// Filters that mean the same for every client; others name agents, customers or values of one.
const KEPT: [&str; 7] = ["range", "from", "to", "callDirection", "tab", "show", "sort"];

/// A client of the list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListedClient {
    client_id: String,
    name: String,
}

/// The client's name; for the operator a button that opens the list of clients.
#[component]
pub fn Whose() -> impl IntoView {
    let access = Access::from_context();
    let open = RwSignal::new(false);
    let name = move || {
        let client = access.client().map(|client| client.name);
        client.unwrap_or_else(|| "No client chosen".to_owned())
    };
    view! {
        <Show
            when=move || access.role() == Role::Operator
            fallback=move || view! { <p class="whose" dir="auto" title=name>{name}</p> }
        >
            <div class="whose switcher">
                <Menu
                    class="button quiet small"
                    open=open
                    label=move || view! { <span class="cut" dir="auto" title=name>{name}</span><Icon of=LuChevronsUpDown /><span class="unseen">"Switch client"</span> }
                >
                    <Clients open=open />
                </Menu>
            </div>
        </Show>
    }
}

#[component]
fn Clients(open: RwSignal<bool>) -> impl IntoView {
    let all: Loaded<Vec<ListedClient>> = load_json(|| Some("/api/admin/clients".to_owned()));
    let typed = RwSignal::new(String::new());
    let address = Address::from_router();
    let found = move || match all.state.get() {
        LoadState::Loading => view! { <p class="soft" role="status">"Loading …"</p> }.into_any(),
        LoadState::Failed(trouble) => view! { <p role="alert">{trouble.sentence}</p> }.into_any(),
        LoadState::Ready(clients) => {
            let wanted = typed.read().trim().to_lowercase();
            let matches = |client: &&ListedClient| {
                client.name.to_lowercase().contains(&wanted)
                    || client.client_id.to_lowercase().contains(&wanted)
            };
            let shown: Vec<_> = clients.iter().filter(matches).take(MOST).cloned().collect();
            if shown.is_empty() {
                return view! { <p class="soft">"No client has this name."</p> }.into_any();
            }
            shown
                .into_iter()
                .map(|client| {
                    let href = same_view(address, &client.client_id);
                    view! { <a class="choice" href=href on:click=move |_| open.set(false)><span class="cut" dir="auto">{client.name}</span></a> }
                })
                .collect_view()
                .into_any()
        }
    };
    view! {
        <input class="input" type="search" dir="auto" autocomplete="off" placeholder="Find a client" aria-label="Find a client" bind:value=typed />
        {found}
    }
}

/// Returns the address of the current view for another client. A single record's page becomes the
/// list that it is in.
fn same_view(address: Address, client_id: &str) -> String {
    let path = off_site(&address.path());
    let mut parts = path.trim_matches('/').split('/');
    let view = match (parts.next(), parts.next()) {
        (Some(_), Some(view)) if view != "clients" => format!("/dashboard/{view}"),
        _ => "/dashboard".to_owned(),
    };
    let kept: Vec<(&str, String)> =
        KEPT.iter().filter_map(|name| Some((*name, address.get(name)?))).collect();
    let mut filters = vec![(CLIENT, client_id)];
    filters.extend(kept.iter().map(|(name, value)| (*name, value.as_str())));
    view_link(&view, &filters)
}
