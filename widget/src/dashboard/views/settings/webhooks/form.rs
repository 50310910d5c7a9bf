//! The form for a new receiver, or a change of one.

use super::super::form::{Form, SaveState};
use super::Receiver;
use crate::dashboard::access::Access;
use crate::dashboard::ui::{TextField, Toggle};
use gloo_net::http::Method;
use leptos::prelude::*;
use serde_json::json;
use std::collections::BTreeSet;

/// The types of messages that can be chosen, and what each is about.
const TYPES: [(&str, &str); 12] = [
    ("call.incoming", "A call comes in"),
    ("call.initiated", "A call is requested"),
    ("call.ringing", "The customer's phone rings"),
    ("call.connected", "Both sides talk"),
    ("call.callEnded", "A call is over"),
    ("call.missed", "An incoming call was missed"),
    ("call.failed", "A call failed"),
    ("notes.saved", "Notes, outcome or follow-up were saved"),
    ("decision.allowed", "A call was permitted"),
    ("decision.warned", "A call was permitted with a warning"),
    ("decision.refused", "A call was not permitted"),
    ("decision.overridden", "A rule was overridden with a reason"),
];

/// The form.
#[component]
pub fn ReceiverForm(
    receiver: Option<Receiver>,
    #[prop(into)] on_saved: Callback<()>,
) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    let before = StoredValue::new(receiver.clone());
    let (title, act) = match &receiver {
        Some(receiver) => (format!("Change {}", receiver.name), "Save the receiver"),
        None => ("Add a receiver".to_owned(), "Add the receiver"),
    };
    let is_new = receiver.is_none();
    let was = receiver.unwrap_or_else(|| Receiver {
        id: String::new(),
        name: String::new(),
        url: String::new(),
        types: Vec::new(),
        hides_numbers: false,
        active: true,
        failing_since: None,
        waiting: 0,
        given_up: 0,
    });
    let (name, url) = (RwSignal::new(was.name.clone()), RwSignal::new(was.url.clone()));
    let chosen: RwSignal<BTreeSet<String>> = RwSignal::new(was.types.iter().cloned().collect());
    let (hides, active) = (RwSignal::new(was.hides_numbers), RwSignal::new(was.active));
    let was = StoredValue::new(was);
    let changed = Memo::new(move |_| {
        was.with_value(|was| {
            *name.read() != was.name
                || *url.read() != was.url
                || !chosen.read().iter().eq(was.types.iter())
                || hides.get() != was.hides_numbers
                || active.get() != was.active
        })
    });
    let save = Callback::new(move |()| {
        let mut body = json!({
            "url": url.get_untracked().trim(),
            "types": chosen.get_untracked(),
            "hidesNumbers": hides.get_untracked(),
            "active": active.get_untracked(),
        });
        let typed = name.get_untracked();
        if !(is_new && typed.trim().is_empty()) {
            body["name"] = json!(typed.trim());
        }
        let (method, path) = match before.get_value() {
            Some(receiver) => (Method::PATCH, format!("receivers/{}", receiver.id)),
            None => (Method::POST, "receivers".to_owned()),
        };
        let path = access.settings_path(&path);
        saving.send_change(method, path, Some(body), move |receiver: Receiver| {
            on_saved.run(());
            format!("{} is saved.", receiver.name)
        });
    });
    // Types that were chosen by the API stay choices.
    let others = was.with_value(|was| {
        let is_other = |kind: &&String| !TYPES.iter().any(|(known, _)| known == kind);
        was.types.iter().filter(is_other).cloned().collect::<Vec<_>>()
    });
    let known = TYPES.map(|(kind, about)| (kind.to_owned(), about)).into_iter();
    let boxes = known
        .chain(others.into_iter().map(|kind| (kind, "")))
        .map(|(kind, about)| view! { <TypeBox kind=kind about=about chosen=chosen /> })
        .collect_view();
    let error = saving.whole_error("types");
    view! {
        <section class="card" hidden=move || !access.may_change() aria-label=title.clone()>
            <h2 dir="auto">{title.clone()}</h2>
            <Form saving=saving changed=changed on_save=save act=act>
                <TextField
                    label="URL"
                    value=url
                    required=true
                    placeholder="https://crm.example.com/hooks/calls"
                    hint="Receives a POST with JSON for each message, signed as Standard Webhooks says"
                    error=saving.field_error("url")
                />
                <TextField label="Name" value=name hint="If empty, the host of the URL" error=saving.field_error("name") />
                <div class="field" role="group" aria-label="Messages">
                    <span class="label">"Messages"</span>
                    <p class="hint">"None chosen: all messages, also those of your own events."</p>
                    <div>{boxes}</div>
                    <p class="error" role="alert">{error}</p>
                </div>
                <Toggle label="Hide phone numbers" value=hides on_change=move |on| hides.set(on) hint="Messages have a few digits and a handle to dial by" />
                <Toggle label="Send messages" value=active on_change=move |on| active.set(on) hint="What happens while this is off is sent only if you ask for it by its time" />
            </Form>
        </section>
    }
}

#[component]
fn TypeBox(kind: String, about: &'static str, chosen: RwSignal<BTreeSet<String>>) -> impl IntoView {
    let own = StoredValue::new(kind.clone());
    let is_chosen = move || own.with_value(|own| chosen.read().contains(own));
    let turn = move |_| {
        chosen.update(|chosen| {
            let own = own.get_value();
            if !chosen.remove(&own) {
                chosen.insert(own);
            }
        });
    };
    view! {
        <label class="check">
            <input type="checkbox" prop:checked=is_chosen on:change=turn />
            <span><b>{kind}</b>" "<span class="soft">{about}</span></span>
        </label>
    }
}
