//! One receiver, with what can be done to it.

use super::super::credentials::SaveResult;
use super::super::form::SaveState;
use super::Receiver;
use crate::dashboard::access::Access;
use crate::dashboard::ui::format::{moment, number};
use crate::dashboard::ui::{Confirm, SecretText, Tag, Tone};
use gloo_net::http::Method;
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::json;

/// The answer to `GET …/key`, and to an exchange of the key.
#[derive(Deserialize)]
struct Key {
    secret: String,
}

/// The answer to `POST …/test`.
#[derive(Deserialize)]
struct Tested {
    ok: bool,
    trouble: Option<String>,
}

/// A receiver in the list.
#[component]
pub fn ReceiverItem(
    receiver: Receiver,
    on_edit: Callback<Receiver>,
    on_remove: Callback<Receiver>,
    on_read: Callback<Receiver>,
) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    let key = RwSignal::new(String::new());
    let asking = RwSignal::new(false);
    let name = receiver.name.clone();
    let (state, tone) = describe_state(&receiver, &access.time_zone());
    let types = match receiver.types.len() {
        0 => "All messages".to_owned(),
        _ => receiver.types.join(", "),
    };
    let (url, hides_numbers) = (receiver.url.clone(), receiver.hides_numbers);
    let own = StoredValue::new(receiver);
    let path = move |rest: &str| {
        own.with_value(|own| access.settings_path(&format!("receivers/{}/{rest}", own.id)))
    };
    let test = move |_| {
        saving.send_change(Method::POST, path("test"), None, |tested: Tested| {
            if tested.ok {
                return "The test arrived.".to_owned();
            }
            format!("The test did not arrive. {}", tested.trouble.unwrap_or_default())
        });
    };
    let show_key = move |_| {
        if !key.read_untracked().is_empty() {
            key.set(String::new());
            return;
        }
        saving.send_change(Method::GET, path("key"), None, move |answer: Key| {
            key.try_set(answer.secret);
            String::new()
        });
    };
    let exchange = Callback::new(move |()| {
        let body = Some(json!({"overlapHours": 24}));
        saving.send_change(Method::POST, path("exchange-key"), body, move |answer: Key| {
            key.try_set(answer.secret);
            "For 24 hours, messages are signed with the previous key, too.".to_owned()
        });
    });
    let key_words = move || if key.read().is_empty() { "Show the key" } else { "Hide the key" };
    view! {
        <li>
            <div class="row spread">
                <div>
                    <h3 dir="auto">{name.clone()}</h3>
                    <p class="soft" dir="ltr"><code>{url}</code></p>
                    <p class="soft">{types}{hides_numbers.then_some(" · phone numbers are hidden")}</p>
                    <Tag text=state tone=tone />
                </div>
                <div class="row" hidden=move || !access.may_change()>
                    <button type="button" class="button small" aria-label=format!("Messages: {name}") on:click=move |_| on_read.run(own.get_value())>"Messages"</button>
                    <button type="button" class="button small" aria-label=format!("Send a test: {name}") on:click=test>"Send a test"</button>
                    <button type="button" class="button small" on:click=show_key>{key_words}<span class="unseen">{format!(" of {name}")}</span></button>
                    <button type="button" class="button small" aria-label=format!("Change: {name}") on:click=move |_| on_edit.run(own.get_value())>"Change"</button>
                    <button type="button" class="button small danger" aria-label=format!("Remove: {name}") on:click=move |_| on_remove.run(own.get_value())>"Remove"</button>
                </div>
            </div>
            <Show when=move || !key.read().is_empty()>
                <SecretText what="key" secret=key />
                <div class="row">
                    <button type="button" class="button small" on:click=move |_| asking.set(true)>"Exchange the key"</button>
                </div>
            </Show>
            <SaveResult saving=saving />
            <Confirm open=asking title="Exchange the key?" act="Exchange" on_yes=exchange>
                <p>"A new key signs from now on. For 24 hours each message also has a signature of the previous key, so that your server refuses none while you exchange it there."</p>
            </Confirm>
        </li>
    }
}

/// Says in words how a receiver is.
fn describe_state(receiver: &Receiver, zone: &str) -> (String, Tone) {
    let mut words = Vec::new();
    let mut tone = Tone::Green;
    if !receiver.active {
        words.push("Off".to_owned());
        tone = Tone::Plain;
    } else if let Some(since) = &receiver.failing_since {
        words.push(format!("Fails since {}", moment(since, zone)));
        tone = Tone::Red;
    } else {
        words.push("On".to_owned());
    }
    if receiver.waiting > 0 {
        words.push(format!("{} waiting", number(receiver.waiting)));
    }
    if receiver.given_up > 0 {
        words.push(format!("{} given up", number(receiver.given_up)));
        if tone == Tone::Green {
            tone = Tone::Amber;
        }
    }
    (words.join(", "), tone)
}
