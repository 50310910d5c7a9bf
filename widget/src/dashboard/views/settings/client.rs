//! The client's name, time zone and country.

use super::form::{Form, SaveState};
use crate::dashboard::access::Access;
use crate::dashboard::load::load_json;
use crate::dashboard::ui::{Card, Field, TextField};
use crate::dashboard::views::answer::render_answer;
use crate::dashboard::views::clients::Stored;
use call_ribbon_shared::wire::{Disposition, FieldLabel, Targets};
use gloo_net::http::Method;
use js_sys::{Function, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use serde_json::json;
use wasm_bindgen::JsCast;

/// The client with all its settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// Its name.
    pub name: String,
    /// The client's plan.
    pub plan: String,
    /// The number of calls that it may start in a month.
    pub limit: i64,
    /// The features that it may use.
    pub features: Vec<String>,
    /// Domains whose pages may use its keys; empty means all.
    pub allowed_domains: Vec<String>,
    /// The time zone in which its days begin.
    pub time_zone: String,
    /// The country of phone numbers without a country code.
    pub default_country: Option<String>,
    /// The page of the client's CRM that shows a lead.
    pub crm_url: Option<String>,
    /// The client's own list; `None` means the product's.
    pub dispositions: Option<Vec<Disposition>>,
    /// Whether viewers may export calls.
    pub viewers_may_export: bool,
    /// The names and units of fields, in the order in which they are shown.
    pub field_labels: Vec<FieldLabel>,
    /// What its agents should reach on a day.
    #[serde(default)]
    pub targets: Targets,
    /// Whether its keys are suspended.
    pub suspended: bool,
    /// About what it stores.
    pub stored: Stored,
}

/// Reloads the client for all views, after its name, zone or list of dispositions has changed.
pub fn reload_client(access: Access) {
    let client = access.client().map(|client| client.client_id);
    spawn_local(async move {
        // If this fails, views keep their old data; the change itself is saved.
        let _ = access.open_client(client).await;
    });
}

/// The tab.
#[component]
pub fn Client() -> impl IntoView {
    let access = Access::from_context();
    let loaded = load_json::<Shown>(move || Some(access.settings_path("")));
    view! {
        <Card title="Who is this client, and where?">
            {render_answer(loaded, |client| view! { <Fields client=client /> }.into_any())}
        </Card>
    }
}

/// The typed texts: name, zone, country, CRM.
type Typed = [String; 4];

fn typed_values(client: &Shown) -> Typed {
    [
        client.name.clone(),
        client.time_zone.clone(),
        client.default_country.clone().unwrap_or_default(),
        client.crm_url.clone().unwrap_or_default(),
    ]
}

#[component]
fn Fields(client: Shown) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    let kept = RwSignal::new(typed_values(&client));
    let fields = typed_values(&client).map(RwSignal::new);
    let [name, zone, country, crm] = fields;
    let now = move || fields.map(|field| field.get());
    let changed = Memo::new(move |_| now() != *kept.read());
    let save = Callback::new(move |()| {
        let [name, zone, country, crm] = untrack(now).map(|text| text.trim().to_owned());
        let or_none = |text: String| (!text.is_empty()).then_some(text);
        let body = json!({
            "name": name,
            "timeZone": zone,
            "defaultCountry": or_none(country.to_uppercase()),
            "crmUrl": or_none(crm),
        });
        saving.send_change(
            Method::PATCH,
            access.settings_path(""),
            Some(body),
            move |client: Shown| {
                // The form takes the values as the server stored them: a country in capitals, texts
                // trimmed.
                let fresh = typed_values(&client);
                for (field, text) in fields.into_iter().zip(&fresh) {
                    field.set(text.clone());
                }
                kept.set(fresh);
                reload_client(access);
                "Saved.".to_owned()
            },
        );
    });
    view! {
        <Form saving=saving changed=changed on_save=save>
            <TextField label="Name" value=name required=true error=saving.field_error("name") />
            <Zone value=zone error=saving.field_error("timeZone") />
            <TextField
                label="Country"
                value=country
                placeholder="IN"
                hint="Two letters, such as IN. For numbers without a country code."
                error=saving.field_error("defaultCountry")
            />
            <TextField
                label="CRM address"
                value=crm
                kind="url"
                placeholder="https://crm.example.com/leads"
                hint="The page that shows a lead sent by a dialer."
                error=saving.field_error("crmUrl")
            />
        </Form>
    }
}

/// A field that suggests the time zones that the browser knows.
#[component]
fn Zone(value: RwSignal<String>, error: Signal<Option<String>>) -> impl IntoView {
    let control = move |id: String, about: String| {
        let list = format!("{id}-zones");
        let zones = known_zones().into_iter().map(|zone| view! { <option value=zone></option> });
        view! {
            <input
                class="input"
                id=id
                list=list.clone()
                required
                autocomplete="off"
                spellcheck="false"
                aria-describedby=about
                aria-invalid=move || error.read().is_some().then_some("true")
                bind:value=value
            />
            <datalist id=list>{zones.collect_view()}</datalist>
        }
    };
    view! { <Field label="Time zone" hint="Days and months begin and end in this time zone, such as Asia/Kolkata." error=error control=control /> }
}

/// Returns the time zones that the browser knows; empty if it does not list them.
fn known_zones() -> Vec<String> {
    let known = Reflect::get(&js_sys::global(), &"Intl".into()).and_then(|intl| {
        let ask: Function = Reflect::get(&intl, &"supportedValuesOf".into())?.dyn_into()?;
        ask.call1(&intl, &"timeZone".into())
    });
    let known = known.map(|zones| js_sys::Array::from(&zones)).unwrap_or_default();
    known.iter().filter_map(|zone| zone.as_string()).collect()
}
