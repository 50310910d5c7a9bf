//! The keys of pages and programs, and the keys of dialers.

use super::agent_identity::AgentIdentity;
use super::credentials::{Credential, CredentialKind, Credentials};
use super::form::SaveState;
use leptos::prelude::*;
use serde_json::json;

/// The scopes of an API key, and what they allow.
const SCOPES: [(&str, &str); 4] = [
    ("ribbon", "Sign in the ribbon, log and control calls"),
    ("read", "Read calls and figures"),
    ("export", "Export calls"),
    ("write", "Save customers"),
];

/// The scopes that a key for pages needs.
const PAGE_SCOPES: [&str; 1] = ["ribbon"];

const API_KEYS: CredentialKind = CredentialKind {
    path: "keys",
    what: "API key",
    title: "Which keys give access to this client's calls?",
    none: "No API keys yet",
    heads: &["Scopes", "Phone numbers"],
    tells_use: true,
    cells: |key| vec![key.scopes.join(", "), key.numbers.clone().unwrap_or_default()],
    stops: revoke_warning,
};

const DIALER_KEYS: CredentialKind = CredentialKind {
    path: "dialer-keys",
    what: "dialer key",
    title: "Which keys do dialers send leads with?",
    none: "No dialer keys yet",
    heads: &[],
    tells_use: false,
    cells: |_| Vec::new(),
    stops: |_| {
        "A dialer that uses it is refused from its next request and can send no more leads."
            .to_owned()
    },
};

/// Describes what stops working without an API key.
fn revoke_warning(key: &Credential) -> String {
    let has = |scope: &str| key.scopes.iter().any(|own| own == scope);
    let parts: Vec<&str> = [
        ("ribbon", "ribbons on pages that use it can neither sign in nor call"),
        ("read", "programs can no longer read calls and figures with it"),
        ("export", "exports with it fail"),
        ("write", "programs can no longer save customers with it"),
    ]
    .into_iter()
    .filter_map(|(scope, what)| has(scope).then_some(what))
    .collect();
    format!("From the next request, {}.", parts.join(", "))
}

/// The tab.
#[component]
pub fn Keys() -> impl IntoView {
    let saving = SaveState::new();
    let scopes = RwSignal::new(PAGE_SCOPES.to_vec());
    let error = saving.whole_error("scopes");
    let masked = RwSignal::new(false);
    let body = move |()| {
        let numbers = if masked.get_untracked() { "masked" } else { "full" };
        json!({"scopes": scopes.get_untracked(), "numbers": numbers})
    };
    let reset = move |()| {
        scopes.set(PAGE_SCOPES.to_vec());
        masked.set(false);
    };
    let boxes = SCOPES
        .map(|(scope, meaning)| {
            let turn = move |_| {
                scopes.update(|scopes| match scopes.iter().position(|own| *own == scope) {
                    Some(place) => drop(scopes.remove(place)),
                    None => scopes.push(scope),
                });
            };
            view! {
                <label class="check">
                    <input type="checkbox" prop:checked=move || scopes.read().contains(&scope) on:change=turn />
                    <span><b>{scope}</b>" "<span class="soft">{meaning}</span></span>
                </label>
            }
        })
        .into_iter()
        .collect_view();
    let dialing = SaveState::new();
    view! {
        <Credentials kind=&API_KEYS saving=saving body=body on_made=reset>
            <div class="field" role="group" aria-label="Scopes">
                <span class="label">"Scopes"</span>
                <div>{boxes}</div>
                <p class="hint">"A key for pages needs only “ribbon”. Anyone who opens the page can read the key, so give it no other scope."</p>
                <p class="error" role="alert">{error}</p>
                <label class="check">
                    <input type="checkbox" prop:checked=move || masked.get() on:change=move |_| masked.update(|on| *on = !*on) />
                    <span><b>"Hide phone numbers"</b>" "<span class="soft">"Answers contain a few digits and a handle to dial by"</span></span>
                </label>
            </div>
        </Credentials>
        <Credentials kind=&DIALER_KEYS saving=dialing body=move |()| json!({}) on_made=|()| ()>
            <p class="soft">"A dialer such as Vicidial sends it with each lead, in the header X-Dialer-Api-Key or in the address. A new key is shown with that address. It gives access to nothing else."</p>
        </Credentials>
        <AgentIdentity />
    }
}
