//! The messages to a receiver, and sending them again.

use super::super::credentials::SaveResult;
use super::super::form::SaveState;
use super::super::requests::entry::text_block;
use super::super::small_table::{Moment, SmallTable};
use super::Receiver;
use crate::dashboard::access::Access;
use crate::dashboard::address::{api_query, view_link};
use crate::dashboard::api::encode_component;
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::format::number;
use crate::dashboard::ui::{Card, Choice, Empty, Icon, Segments, Tag, Tone};
use crate::dashboard::views::answer::render_answer;
use crate::dashboard::views::paged_list::{Page, load_pages};
use gloo_net::http::Method;
use icondata_lu::{LuChevronDown, LuChevronRight};
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

/// When the list is loaded again after messages were sent again.
const LOOKED_AGAIN: [Duration; 2] = [Duration::from_millis(1500), Duration::from_secs(6)];
/// Messages per page.
const ROWS: &str = "50";
const STATES: [(&str, &str); 4] =
    [("", "All"), ("waiting", "Waiting"), ("arrived", "Arrived"), ("givenUp", "Given up")];

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Deliveries {
    deliveries: Vec<Delivery>,
    next_cursor: Option<String>,
}

/// A message.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delivery {
    message_id: String,
    r#type: String,
    session_id: Option<String>,
    state: String,
    queued_at: String,
    tries: i64,
    try_at: Option<String>,
    status: Option<i64>,
    trouble: Option<String>,
}

/// A message with its body.
#[derive(Debug, Clone, Deserialize)]
struct WithBody {
    body: Option<Value>,
}

/// The answer to `POST …/resend`.
#[derive(Deserialize)]
struct Resent {
    messages: i64,
}

impl Page for Deliveries {
    type Row = Delivery;

    fn into_parts(self) -> (Vec<Delivery>, Option<String>) {
        (self.deliveries, self.next_cursor)
    }
}

impl Delivery {
    fn result_tag(&self) -> (String, Tone) {
        let status = self.status.map(|status| format!(" ({status})")).unwrap_or_default();
        match self.state.as_str() {
            "arrived" => (format!("Arrived{status}"), Tone::Green),
            "givenUp" => (format!("Given up{status}"), Tone::Red),
            _ if self.tries > 0 => (format!("Waiting{status}"), Tone::Amber),
            _ => ("Waiting".to_owned(), Tone::Blue),
        }
    }
}

/// The card.
#[component]
pub fn Messages(receiver: Receiver, #[prop(into)] on_change: Callback<()>) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    let title = format!("What was sent to {}?", receiver.name);
    let id = StoredValue::new(receiver.id);
    let path = move |rest: &str| {
        id.with_value(|id| access.settings_path(&format!("receivers/{id}/{rest}")))
    };
    let state = RwSignal::new(String::new());
    // Counts up to load the list again.
    let round = RwSignal::new(0_u32);
    let log = load_pages::<Deliveries>(move || {
        let (state, round) = (state.get(), round.get().to_string());
        // The server ignores the last one; it makes the address another one.
        api_query(
            &path("deliveries"),
            &[("state", state.as_str()), ("limit", ROWS), ("round", &round)],
        )
    });
    let resend = Callback::new(move |what: Value| {
        saving.send_change(Method::POST, path("resend"), Some(what), move |resent: Resent| {
            round.try_update(|round| *round += 1);
            on_change.run(());
            // What comes of them is known a moment later.
            for pause in LOOKED_AGAIN {
                let look = move || {
                    round.try_update(|round| *round += 1);
                };
                set_timeout(look, pause);
            }
            match resent.messages {
                1 => "One message is sent again.".to_owned(),
                count => format!("{} messages are sent again.", number(count)),
            }
        });
    });
    let has_rows = Memo::new(move |_| !log.rows.read().is_empty());
    let none = || view! { <Empty title="No messages here" /> }.into_any();
    let table = move || {
        if !has_rows.get() {
            return log.render_placeholder(none);
        }
        view! {
            <SmallTable caption="Messages" heads=vec!["When", "Type", "State", "Tries", "Next try", "Call", "Actions"]>
                <For
                    each=move || log.rows.get()
                    key=|row| (row.message_id.clone(), row.state.clone(), row.tries, row.try_at.clone(), row.status, row.queued_at.clone())
                    children=move |row| view! { <DeliveryRow row=row path=path("deliveries") resend=resend /> }
                />
            </SmallTable>
        }
        .into_any()
    };
    let choices = STATES.map(|(value, name)| Choice::new(value, name)).to_vec();
    view! {
        <Card title=title flush=true>
            <div class="told">
                <Segments label="State" choices=choices value=state on_pick=move |picked| state.set(picked) />
                <div class="row">
                    <button type="button" class="button small" on:click=move |_| round.update(|round| *round += 1)>"Refresh"</button>
                    <button type="button" class="button small" on:click=move |_| resend.run(json!({"givenUp": true}))>"Send all given up again"</button>
                </div>
            </div>
            <SaveResult saving=saving />
            {table} {move || log.render_footer()}
        </Card>
    }
}

#[component]
fn DeliveryRow(row: Delivery, path: String, resend: Callback<Value>) -> impl IntoView {
    let open = RwSignal::new(false);
    let (state, tone) = row.result_tag();
    let call = match &row.session_id {
        Some(session) => {
            let path = format!("/dashboard/calls/{}", encode_component(session));
            view! { <a href=view_link(&path, &[])>"Open call"</a> }.into_any()
        }
        None => view! { <span class="soft">"–"</span> }.into_any(),
    };
    let icon =
        move || view! { <Icon of=if open.get() { LuChevronDown } else { LuChevronRight } /> };
    let whole = format!("message-{}", row.message_id);
    let path = StoredValue::new(format!("{path}/{}", encode_component(&row.message_id)));
    let id = StoredValue::new(row.message_id.clone());
    let trouble = StoredValue::new(row.trouble.clone());
    view! {
        <tr>
            <th scope="row">
                <button
                    type="button"
                    class="button quiet small"
                    aria-expanded=move || open.get().to_string()
                    aria-controls=whole.clone()
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    {icon}<Moment at=Some(row.queued_at) /><span class="unseen">" message"</span>
                </button>
            </th>
            <td>{row.r#type}</td>
            <td><Tag text=state tone=tone /></td>
            <td class="number">{number(row.tries)}</td>
            <td><Moment at=row.try_at /></td>
            <td>{call}</td>
            <td>
                <button type="button" class="button small" on:click=move |_| resend.run(json!({"messageId": id.get_value()}))>
                    "Send again"
                </button>
            </td>
        </tr>
        <tr id=whole hidden=move || !open.get()>
            <td colspan="7" class="whole">
                {move || open.get().then(|| view! { <Whole path=path.get_value() trouble=trouble.get_value() /> })}
            </td>
        </tr>
    }
}

/// A message's body, as it would be sent now.
#[component]
fn Whole(path: String, trouble: Option<String>) -> impl IntoView {
    let loaded: Loaded<WithBody> = load_json(move || Some(path.clone()));
    let shown = |message: WithBody| match message.body {
        Some(body) => text_block("Body", body.to_string()).into_any(),
        None => view! { <p class="soft">"What it is about has been removed."</p> }.into_any(),
    };
    view! {
        <div class="stack">
            {trouble.map(|trouble| view! { <p class="field"><span class="error" dir="auto">{trouble}</span></p> })}
            {render_answer(loaded, shown)}
        </div>
    }
}
