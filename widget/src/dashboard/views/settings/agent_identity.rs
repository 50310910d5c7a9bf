//! Whether agents have to prove who they are, and the keys with which the client's server signs.

use super::credentials::SaveResult;
use super::form::{Form, SaveState};
use super::guard::Guard;
use super::small_table::{Moment, SmallTable};
use crate::dashboard::access::Access;
use crate::dashboard::load::load_json;
use crate::dashboard::ui::{Card, Confirm, Empty, Note, SecretText, Tone};
use crate::dashboard::views::answer::render_answer;
use gloo_net::http::Method;
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

/// The path of the keys, below the client's.
const KEYS: &str = "agent-token-keys";

/// The client's setting.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    require_agent_token: bool,
}

/// A key, as the server shows it.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenKey {
    key_id: String,
    kind: String,
    created_at: String,
    /// Where the public keys are, if they are at an address.
    jwks_url: Option<String>,
    /// Why they could not be read there.
    problem: Option<String>,
    /// Set once, when the server has made the secret.
    secret: Option<String>,
}

#[derive(Clone, Deserialize)]
struct List {
    keys: Vec<TokenKey>,
}

/// The setting and the keys.
#[component]
pub fn AgentIdentity() -> impl IntoView {
    let access = Access::from_context();
    let loaded = load_json::<Shown>(move || Some(access.settings_path("")));
    view! {
        <Card title="Must agents prove who they are?">
            {render_answer(loaded, |client| view! { <Requirement kept=client.require_agent_token /> }.into_any())}
        </Card>
        <TokenKeys />
    }
}

#[component]
fn Requirement(kept: bool) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    let kept = RwSignal::new(kept);
    let required = RwSignal::new(kept.get_untracked());
    let changed = Memo::new(move |_| required.get() != kept.get());
    let save = Callback::new(move |()| {
        let body = json!({"requireAgentToken": required.get_untracked()});
        let path = access.settings_path("");
        saving.send_change(Method::PATCH, path, Some(body), move |client: Shown| {
            kept.set(client.require_agent_token);
            "Saved. It applies from the next request.".to_owned()
        });
    });
    view! {
        <Form saving=saving changed=changed on_save=save>
            <label class="check">
                <input type="checkbox" prop:checked=move || required.get() on:change=move |_| required.update(|on| *on = !*on) />
                <span><b>"Require agent tokens"</b>" "<span class="soft">"Pages that name an agent without a token from your server are refused."</span></span>
            </label>
        </Form>
    }
}

#[component]
fn TokenKeys() -> impl IntoView {
    let access = Access::from_context();
    let loaded = load_json::<List>(move || Some(access.settings_path(KEYS)));
    let (making, removing) = (SaveState::new(), SaveState::new());
    let public = RwSignal::new(String::new());
    let url = RwSignal::new(String::new());
    let fresh = RwSignal::new(None::<String>);
    let chosen = RwSignal::new(String::new());
    let asking = RwSignal::new(false);
    let may = Memo::new(move |_| access.may_change());
    // A secret that was not copied yet would be lost.
    Guard::from_context().watch_form(Signal::derive(move || fresh.read().is_some()));
    let make = Callback::new(move |()| {
        let (text, address) = (public.get_untracked(), url.get_untracked().trim().to_owned());
        let body = if !address.is_empty() {
            if !text.trim().is_empty() {
                return making.set_error("jwksUrl", "Give the address or the keys, but not both.");
            }
            json!({"jwksUrl": address})
        } else if text.trim().is_empty() {
            json!({})
        } else if let Ok(jwks) = serde_json::from_str::<Value>(&text) {
            json!({"jwks": jwks})
        } else {
            return making.set_error("jwks", "Public keys must be a JSON Web Key Set.");
        };
        let path = access.settings_path(KEYS);
        making.send_change(Method::POST, path, Some(body), move |made: TokenKey| {
            fresh.set(made.secret);
            public.set(String::new());
            url.set(String::new());
            loaded.reload();
            format!("Added the key {}.", made.key_id)
        });
    });
    let remove = Callback::new(move |()| {
        let id = chosen.get_untracked();
        let path = access.settings_path(&format!("{KEYS}/{id}"));
        removing.send_change(Method::DELETE, path, None, move |_: List| {
            loaded.reload();
            format!("Removed the key {id}.")
        });
    });
    let ask = Callback::new(move |id: String| {
        chosen.set(id);
        asking.set(true);
    });
    let rows = move |list: List| {
        if list.keys.is_empty() {
            return view! { <Empty title="No keys for agent tokens yet" /> }.into_any();
        }
        let rows = list.keys.into_iter().map(|key| key_row(key, may.into(), ask)).collect_view();
        view! {
            <SmallTable caption="Keys for agent tokens" heads=vec!["Key", "Kind", "Created", ""]>{rows}</SmallTable>
        }
        .into_any()
    };
    let error = making.whole_error("jwks");
    let url_error = making.whole_error("jwksUrl");
    let secret = Signal::derive(move || fresh.get().unwrap_or_default());
    view! {
        <Card title="Which keys does your server sign agent tokens with?" flush=true>
            {render_answer(loaded, rows)}
            <SaveResult saving=removing />
        </Card>
        <Show when=move || fresh.read().is_some()>
            <section class="card" aria-label="The new secret">
                <Note tone=Tone::Amber>
                    <b>"Copy this now: it is shown only once."</b>
                    <SecretText what="secret for agent tokens" secret=secret />
                </Note>
                <div class="row">
                    <button type="button" class="button main" on:click=move |_| fresh.set(None)>"I have stored it"</button>
                </div>
            </section>
        </Show>
        <section class="card" hidden=move || !may.get() || fresh.read().is_some() aria-label="Create: key for agent tokens">
            <h2>"Add a key for agent tokens"</h2>
            <Form saving=making changed=false on_save=make act="Add">
                <div class="field">
                    <label class="label" for="agent-token-jwks-url">"Address of your public keys"</label>
                    <input id="agent-token-jwks-url" class="input" inputmode="url" spellcheck="false" placeholder="https://" bind:value=url />
                    <p class="hint">"A key set (JWKS) that your server publishes by HTTPS. It is read again for a new key."</p>
                    <p class="error" role="alert">{url_error}</p>
                </div>
                <div class="field">
                    <label class="label" for="agent-token-jwks">"Or the public keys themselves (JWKS)"</label>
                    <textarea id="agent-token-jwks" class="input" spellcheck="false" prop:value=public on:input=move |event| public.set(event_target_value(&event))></textarea>
                    <p class="hint">"Leave both empty, and the server makes a secret for HS256. To replace a key, add the next one, sign with it, and then remove the old one."</p>
                    <p class="error" role="alert">{error}</p>
                </div>
            </Form>
        </section>
        <Confirm open=asking title="Remove the key for agent tokens?" act="Remove" on_yes=remove>
            <p>"Tokens that it has signed open no more sessions."</p>
        </Confirm>
    }
}

fn key_row(key: TokenKey, may: Signal<bool>, ask: Callback<String>) -> impl IntoView {
    let TokenKey { key_id: id, kind, created_at, jwks_url, problem, .. } = key;
    let kind = if kind == "secret" { "Secret" } else { "Public keys" };
    let place = jwks_url.map(|url| view! { " at "<code>{url}</code> });
    let problem = problem.map(|problem| view! { <Note tone=Tone::Amber>{problem}</Note> });
    let (name, shown) = (format!("Remove {id}"), id.clone());
    view! {
        <tr>
            <th scope="row"><code>{shown}</code></th>
            <td>{kind}{place}{problem}</td>
            <td><Moment at=Some(created_at) /></td>
            <td>
                <Show when=move || may.get()>
                    <button type="button" class="button small danger" aria-label=name.clone() on:click={
                        let id = id.clone();
                        move |_| ask.run(id.clone())
                    }>"Remove"</button>
                </Show>
            </td>
        </tr>
    }
}
