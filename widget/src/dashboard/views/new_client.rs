//! The form with which the operator creates a client and its first key.

use super::head::Head;
use crate::dashboard::access::Access;
use crate::dashboard::address::{CLIENT, view_link};
use crate::dashboard::api;
use crate::dashboard::ui::{Card, Choice, Note, SecretOnce, Select, TextField, Tone, format};
use gloo_net::http::Method;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The answer to `POST /api/admin/clients`.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    client_id: String,
    api_key: String,
}

/// The view.
#[component]
pub fn NewClient() -> impl IntoView {
    let access = Access::from_context();
    let (name, plan) = (RwSignal::new(String::new()), RwSignal::new("starter".to_owned()));
    let (zone, country) = (RwSignal::new(format::browser_zone()), RwSignal::new(String::new()));
    let trouble = RwSignal::new(None::<String>);
    let made = RwSignal::new(None::<Made>);
    let create = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        trouble.set(None);
        let mut body = Map::new();
        for (field, value) in
            [("name", name), ("plan", plan), ("timeZone", zone), ("defaultCountry", country)]
        {
            let value = value.get_untracked().trim().to_owned();
            if !value.is_empty() {
                body.insert(field.to_owned(), Value::String(value));
            }
        }
        spawn_local(async move {
            match api::send_json::<Made>(access, Method::POST, "/api/admin/clients", &body).await {
                Ok(answer) => made.set(Some(answer)),
                Err(no) => trouble.set(Some(no.sentence)),
            }
        });
    };
    let plans = [
        ("trial", "Trial: 100 calls a month"),
        ("starter", "Starter: 1,000 calls a month"),
        ("professional", "Professional: 5,000 calls a month"),
        ("enterprise", "Enterprise: 20,000 calls a month"),
    ];
    let plans: Vec<Choice> = plans.map(|(value, name)| Choice::new(value, name)).into();
    let back = Signal::derive(|| view_link("/dashboard/clients", &[]));
    view! {
        <Head title="New client" back=(back, "Clients") />
        <Card title="Who is it?">
            {move || match made.get() {
                Some(made) => {
                    let to = view_link("/dashboard/settings", &[(CLIENT, &made.client_id), ("tab", "embed")]);
                    view! {
                        <div class="stack">
                            <Note tone=Tone::Green>"The client was created. This is its first API key."</Note>
                            <SecretOnce what="API key" secret=made.api_key />
                            <div class="row"><a class="button main" href=to>"Open its settings"</a></div>
                        </div>
                    }
                    .into_any()
                }
                None => view! {
                    <form class="stack form" on:submit=create>
                        <TextField label="Name" value=name required=true />
                        <Select label="Plan" choices=plans.clone() value=plan on_pick=move |picked: String| plan.set(picked) />
                        <TextField label="Time zone" value=zone hint="Its days begin and end in this time zone, such as Asia/Kolkata" />
                        <TextField label="Country" value=country hint="For numbers without a country code. Two letters, such as IN" />
                        {move || trouble.get().map(|text| view! { <div role="alert"><Note tone=Tone::Red>{text}</Note></div> })}
                        <div class="row"><button type="submit" class="button main">"Create the client"</button></div>
                    </form>
                }
                .into_any(),
            }}
        </Card>
    }
}
