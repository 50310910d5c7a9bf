//! Webhooks: servers of the client's own that are told of calls, and the messages to them.

mod form;
mod item;
mod messages;

use super::credentials::SaveResult;
use super::form::SaveState;
use crate::dashboard::access::Access;
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{Card, Confirm, Empty};
use crate::dashboard::views::answer::render_answer;
use form::ReceiverForm;
use gloo_net::http::Method;
use item::ReceiverItem;
use leptos::prelude::*;
use messages::Messages;
use serde::Deserialize;
use serde_json::Value;

/// The answer to `GET …/receivers`.
#[derive(Debug, Clone, Deserialize)]
struct ReceiverList {
    receivers: Vec<Receiver>,
}

/// A receiver of webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Receiver {
    #[serde(rename = "receiverId")]
    id: String,
    name: String,
    url: String,
    types: Vec<String>,
    hides_numbers: bool,
    active: bool,
    failing_since: Option<String>,
    waiting: i64,
    given_up: i64,
}

/// The tab.
#[component]
pub fn Webhooks() -> impl IntoView {
    let access = Access::from_context();
    let list: Loaded<ReceiverList> = load_json(move || Some(access.settings_path("receivers")));
    let editing = RwSignal::new(None::<Receiver>);
    let reading = RwSignal::new(None::<Receiver>);
    let removing = SaveState::new();
    let asked = RwSignal::new(None::<Receiver>);
    let asking = RwSignal::new(false);
    let remove = Callback::new(move |()| {
        let Some(receiver) = asked.get_untracked() else { return };
        let path = access.settings_path(&format!("receivers/{}", receiver.id));
        removing.send_change(Method::DELETE, path, None, move |_: Value| {
            editing.set(None);
            reading.set(None);
            list.reload();
            format!("{} is removed.", receiver.name)
        });
    });
    let on_remove = Callback::new(move |receiver: Receiver| {
        asked.set(Some(receiver));
        asking.set(true);
    });
    let on_edit = Callback::new(move |receiver: Receiver| editing.set(Some(receiver)));
    let on_read = Callback::new(move |receiver: Receiver| reading.set(Some(receiver)));
    let rows = move |answer: ReceiverList| {
        if answer.receivers.is_empty() {
            return view! {
                <Empty title="No receivers yet">
                    <p>"A server of yours can be told of each call as it happens: when it rings, is connected, ends, and when its notes are saved."</p>
                </Empty>
            }
            .into_any();
        }
        let items = answer.receivers.into_iter().map(move |receiver| {
            view! { <ReceiverItem receiver=receiver on_edit=on_edit on_remove=on_remove on_read=on_read /> }
        });
        view! { <ul class="accounts">{items.collect_view()}</ul> }.into_any()
    };
    let form = move || {
        view! {
            <ReceiverForm
                receiver=editing.get()
                on_saved=move |()| {
                    editing.set(None);
                    list.reload();
                }
            />
        }
    };
    let messages = move || {
        reading.get().map(|receiver| {
            view! { <Messages receiver=receiver on_change=move |()| list.reload() /> }
        })
    };
    view! {
        <Card title="Which servers are told of calls?" flush=true>
            {render_answer(list, rows)}
            <SaveResult saving=removing />
        </Card>
        {messages}
        {form}
        <Confirm
            open=asking
            title=Signal::derive(move || asked.get().map(|one| format!("Remove {}?", one.name)).unwrap_or_default())
            act="Remove"
            on_yes=remove
        >
            <p>"Messages that wait for it are not sent, and the list of its messages is removed."</p>
        </Confirm>
    }
}
