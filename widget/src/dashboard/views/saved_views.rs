//! Saved views: addresses with a name.

use super::answer::render_answer;
use super::head::Head;
use crate::dashboard::access::Access;
use crate::dashboard::address::{Address, CLIENT, absolute_url, bare_link, off_site, view_link};
use crate::dashboard::api;
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{
    Card, Confirm, CopyButton, Empty, Icon, Menu, Note, TextField, Tone, format,
};
use gloo_net::http::Method;
use icondata_lu::{LuBookmarkPlus, LuTrash2};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use serde_json::json;

/// The answer to `GET /api/ribbon/views`.
#[derive(Clone, Deserialize)]
struct Views {
    views: Vec<Kept>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    view_id: String,
    name: String,
    path: String,
    created_by: Option<String>,
    created_at: String,
    /// Whether only this reader sees it.
    own: bool,
}

/// Saves the current view, and copies its link.
#[component]
pub fn SaveView() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let open = RwSignal::new(false);
    let name = RwSignal::new(String::new());
    let said = RwSignal::new(None::<(Tone, String)>);
    let way = move || absolute_url(&off_site(&address.with_filters(&[])));
    let keep = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let called = name.get_untracked().trim().to_owned();
        if called.is_empty() {
            said.set(Some((Tone::Red, "Give it a name.".to_owned())));
            return;
        }
        // The path names no client and no site, so it opens the view for the same client at any
        // address of the server.
        let path = off_site(&untrack(|| address.with_filters(&[(CLIENT, "")])));
        spawn_local(async move {
            let body = json!({"name": called, "path": path});
            let kept: Result<serde_json::Value, _> =
                api::send_json(access, Method::POST, &access.settings_path("views"), &body).await;
            said.set(Some(match kept {
                Ok(_) => {
                    name.set(String::new());
                    (Tone::Green, "Saved. Open it from Saved views.".to_owned())
                }
                Err(trouble) => (Tone::Red, trouble.sentence),
            }));
        });
    };
    view! {
        <Menu open=open end=true label=|| view! { <Icon of=LuBookmarkPlus />"Save view" }>
            <p class="title">"This view, with its filters"</p>
            <Show
                when=move || access.sees_settings()
                fallback=|| view! { <p class="title">"To save it under a name, sign in with an account."</p> }
            >
                <form class="stack" on:submit=keep>
                    <TextField label="Name" value=name placeholder="Overdue more than 60 days" />
                    <p class="soft">{move || if access.may_change() { "Everyone at this client sees it." } else { "Only you see it." }}</p>
                    <button type="submit" class="button main small">"Save"</button>
                </form>
            </Show>
            {move || said.get().map(|(tone, text)| view! { <div role="status"><Note tone=tone>{text}</Note></div> })}
            <hr />
            <div class="row"><span>"Copy the link"</span><CopyButton text=Signal::derive(way) what="the link" /></div>
        </Menu>
    }
}

/// All saved views.
#[component]
pub fn SavedViews() -> impl IntoView {
    let access = Access::from_context();
    let views: Loaded<Views> = load_json(move || Some(access.records_path("views")));
    view! {
        <Head title="Saved views" about="Views for everyone at this client, and your own" />
        <Card title="Which views are saved?">
            {render_answer(views, move |Views { views: kept }| {
                if kept.is_empty() {
                    return view! {
                        <Empty title="No saved views yet">
                            <p>"Set the days and filters of any view, and press Save view."</p>
                            <div class="row"><a class="button" href=view_link("/dashboard/ask", &[])>"Break calls down"</a></div>
                        </Empty>
                    }
                    .into_any();
                }
                let rows = kept.into_iter().map(|one| view! { <SavedViewItem view=one again=move || views.reload() /> });
                view! { <ul class="plain-list">{rows.collect_view()}</ul> }.into_any()
            })}
        </Card>
    }
}

#[component]
fn SavedViewItem(view: Kept, again: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let access = Access::from_context();
    let Kept { view_id, name, path, created_by, created_at, own } = view;
    let open = RwSignal::new(false);
    let trouble = RwSignal::new(None::<String>);
    let id = StoredValue::new(view_id);
    let remove = move || {
        spawn_local(async move {
            let path =
                access.settings_path(&format!("views/{}", api::encode_component(&id.get_value())));
            match api::send_empty::<serde_json::Value>(access, Method::DELETE, &path).await {
                Ok(_) => again(),
                Err(no) => trouble.set(Some(no.sentence)),
            }
        });
    };
    let when = format::moment(&created_at, &access.time_zone());
    let by = match created_by {
        _ if own => format!("Only you see it, {when}"),
        Some(by) => format!("{by}, {when}"),
        None => when,
    };
    let loss = if own {
        "Nobody else sees this view. Its calls and figures stay."
    } else {
        "The view is removed for everyone at this client. Its calls and figures stay."
    };
    let called = name.clone();
    view! {
        <li class="row spread">
            <div>
                <a href=reader_link(&path) dir="auto"><b>{name}</b></a>
                <p class="soft" dir="auto">{by}</p>
                {move || trouble.get().map(|text| view! { <Note tone=Tone::Red>{text}</Note> })}
            </div>
            <Show when=move || own || access.may_change()>
                <button type="button" class="button quiet small only" title="Remove" on:click=move |_| open.set(true)>
                    <Icon of=LuTrash2 /><span class="unseen">"Remove"</span>
                </button>
            </Show>
            <Confirm open=open title=format!("Remove “{called}”?") act="Remove" on_yes=move |()| remove()>
                <p>{loss}</p>
            </Confirm>
        </li>
    }
}

/// Returns a saved path as an address for this user; the operator's names the client.
fn reader_link(path: &str) -> String {
    let (view, filters) = path.split_once('?').unwrap_or((path, ""));
    let address = bare_link(view, &[]);
    match (filters.is_empty(), address.contains('?')) {
        (true, _) => address,
        (false, true) => format!("{address}&{filters}"),
        (false, false) => format!("{address}?{filters}"),
    }
}
