//! The page: sign in with a key, then watch the calls.

use super::data;
use super::row::{Row, merge};
use call_ribbon_shared::call::{Direction, Status};
use call_ribbon_shared::wire::CallEvent;
use futures_util::StreamExt;
use gloo_net::eventsource::futures::EventSource;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Where the key is kept: for this tab, until it is closed.
const KEY: &str = "call-ribbon.key";

/// How the list stands with the server.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Live {
    Off,
    On,
    Trouble(String),
}

/// The dashboard.
#[component]
pub fn Page() -> impl IntoView {
    let key = RwSignal::new(remembered());
    let rows = RwSignal::new(Vec::<Row>::new());
    let live = RwSignal::new(Live::Off);
    let enter = move || {
        let key = key.get_untracked();
        if key.trim().is_empty() {
            live.set(Live::Trouble(
                "Enter the API key of a client, such as the demo client's.".to_owned(),
            ));
            return;
        }
        spawn_local(watch(key.trim().to_owned(), rows, live));
    };
    if !key.get_untracked().is_empty() {
        enter();
    }
    let signed_in = Memo::new(move |_| live.get() == Live::On);
    let trouble = move || match live.get() {
        Live::Trouble(text) => text,
        Live::Off | Live::On => String::new(),
    };
    view! {
        <header class="head">
            <h1>"Calls"</h1>
            <p role="status">
                {move || if signed_in.get() { "The latest calls, as they happen." } else { "Sign in to see the latest calls." }}
            </p>
        </header>
        <form
            class="sign-in"
            hidden=move || signed_in.get()
            on:submit=move |event| {
                event.prevent_default();
                enter();
            }
        >
            <label for="key">"API key"</label>
            <input id="key" type="password" autocomplete="off" bind:value=key />
            <button type="submit">"Show the calls"</button>
            <p class="trouble" role="alert">{trouble}</p>
        </form>
        <section hidden=move || !signed_in.get()>
            <p class="empty" hidden=move || !rows.read().is_empty()>
                "No calls yet. "<a href="/examples/collections.html">"Make one on the example page"</a>" and watch it appear here."
            </p>
            <table hidden=move || rows.read().is_empty()>
                <thead>
                    <tr>
                        <th>"Started"</th><th>"Customer"</th><th>"Number"</th><th>"Direction"</th>
                        <th>"Agent"</th><th>"Status"</th><th class="number">"Duration"</th><th>"Last event"</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || rows.get() key=|row| (row.session_id.clone(), row.event.clone(), row.status, row.duration) children=line />
                </tbody>
            </table>
        </section>
    }
}

fn line(row: Row) -> impl IntoView {
    let direction = match row.direction {
        Direction::Inbound => "in",
        Direction::Outbound => "out",
    };
    let duration = match (row.status, row.duration) {
        (Status::Active, _) | (_, None) => "–".to_owned(),
        (_, Some(seconds)) => format!("{}:{:02}", seconds / 60, seconds % 60),
    };
    view! {
        <tr>
            <td><time datetime=row.started.clone()>{clock(&row.started)}</time></td>
            <td class="name" dir="auto" title=row.customer.clone()>{row.customer.clone()}</td>
            <td class="digits">{row.phone}</td>
            <td>{direction}</td>
            <td dir="auto">{row.agent}</td>
            <td><span class="status" data-status=row.status.as_str()>{row.status.as_str().replace('_', " ")}</span></td>
            <td class="number">{duration}</td>
            <td>{row.event}</td>
        </tr>
    }
}

/// Shows the latest calls, then each event as it comes.
async fn watch(key: String, rows: RwSignal<Vec<Row>>, live: RwSignal<Live>) {
    // The ticket is asked for first: it holds the place in the feed, so that a call between
    // the list and the stream is in one of them.
    let ticket = data::events_url(&key).await;
    let calls = data::latest_calls(&key).await;
    let (ticket, calls) = match (ticket, calls) {
        (Ok(ticket), Ok(calls)) => (ticket, calls),
        (Err(trouble), _) | (_, Err(trouble)) => {
            remember("");
            live.set(Live::Trouble(trouble));
            return;
        }
    };
    remember(&key);
    rows.set(calls.logs.into_iter().map(Row::from).collect());
    live.set(Live::On);
    let opened = EventSource::new(&ticket.events_url).ok();
    let stream =
        opened.and_then(|mut source| source.subscribe("call").ok().map(|stream| (source, stream)));
    let Some((_source, mut stream)) = stream else {
        live.set(Live::Trouble("This browser cannot listen to live events.".to_owned()));
        return;
    };
    while let Some(message) = stream.next().await {
        let text = message.ok().and_then(|(_, message)| message.data().as_string());
        if let Some(event) = text.and_then(|text| serde_json::from_str::<CallEvent>(&text).ok()) {
            rows.update(|rows| merge(rows, event, data::ROWS));
        }
    }
}

/// A time of the server in the reader's own zone and manner.
fn clock(timestamp: &str) -> String {
    let date = js_sys::Date::new(&timestamp.into());
    date.to_locale_string("default", &js_sys::Object::new()).into()
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok()?
}

fn remembered() -> String {
    storage().and_then(|storage| storage.get_item(KEY).ok().flatten()).unwrap_or_default()
}

/// Without storage the key is asked for again after a reload.
fn remember(key: &str) {
    if let Some(storage) = storage() {
        let _ = if key.is_empty() { storage.remove_item(KEY) } else { storage.set_item(KEY, key) };
    }
}
