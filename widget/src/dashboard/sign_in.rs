//! Signing in: with an e-mail address and password, an API key, a token, or by a provider.

use super::access::{Access, ClientChoice};
use super::address::{off_site, on_site};
use super::api::encode_component;
use super::ui::{Icon, focus_soon};
use icondata_lu::LuPhoneCall;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::json;

/// How a user signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SignInMethod {
    Account,
    Key,
    Token,
}

/// The form.
#[component]
pub fn SignIn() -> impl IntoView {
    let access = Access::from_context();
    let way = RwSignal::new(SignInMethod::Account);
    let (email, password, key) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let trouble = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let choices = RwSignal::new(Vec::<ClientChoice>::new());
    let enter = move |client: Option<String>| {
        let chosen = way.get_untracked();
        let (email, password) = (email.get_untracked().trim().to_owned(), password.get_untracked());
        let key = key.get_untracked().trim().to_owned();
        let lacking = match chosen {
            SignInMethod::Account if email.is_empty() || password.is_empty() => {
                "Enter your e-mail address and your password."
            }
            SignInMethod::Key if key.is_empty() => {
                "Enter a client's API key, such as the demo client's."
            }
            SignInMethod::Token if key.is_empty() => "Enter an admin token.",
            _ => "",
        };
        trouble.set(lacking.to_owned());
        if !lacking.is_empty() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let body = match chosen {
                SignInMethod::Account => json!({
                    "email": email, "password": password, "clientId": client, "chooseClient": true,
                }),
                SignInMethod::Key => json!({"apiKey": key}),
                SignInMethod::Token => json!({"token": key}),
            };
            let entered = access.sign_in(&body).await;
            busy.set(false);
            match entered {
                Ok(clients) => {
                    // The form that had the focus is hidden.
                    if !clients.is_empty() {
                        focus_soon("#choose ~ button".to_owned());
                    }
                    choices.set(clients);
                }
                Err(no) => {
                    choices.set(Vec::new());
                    trouble.set(no.sentence);
                }
            }
        });
    };
    let choice = move |this: SignInMethod, label: &'static str| {
        view! {
            <button
                type="button"
                aria-pressed=move || (way.get() == this).to_string()
                on:click=move |_| {
                    way.set(this);
                    trouble.set(String::new());
                }
            >
                {label}
            </button>
        }
    };
    view! {
        <main class="narrow stack" id="main">
            <div class="stack">
                <h1 class="row"><Icon of=LuPhoneCall /> "Call Ribbon"</h1>
                <p class="note" data-tone="amber" hidden=move || access.notice.read().is_none()>
                    {move || access.notice.get()}
                </p>
            </div>
            {move || access.provider.get().map(provider_link)}
            <ClientChoices choices enter />
            <form
                class="card"
                hidden=move || !choices.read().is_empty()
                on:submit=move |event| {
                    event.prevent_default();
                    enter(None);
                }
            >
                <div class="segments" role="group" aria-label="How to sign in">
                    {choice(SignInMethod::Account, "Account")} {choice(SignInMethod::Key, "API key")} {choice(SignInMethod::Token, "Token")}
                </div>
                <Fields way email password key />
                <p class="field" role="alert"><span class="error">{trouble}</span></p>
                <button class="button main" type="submit" aria-disabled=move || busy.get().to_string()>
                    {move || if busy.get() { "Signing in …" } else { "Sign in" }}
                </button>
            </form>
        </main>
    }
}

/// The clients of a person who belongs to several.
#[component]
fn ClientChoices(
    choices: RwSignal<Vec<ClientChoice>>,
    /// Signs in to a client.
    enter: impl Fn(Option<String>) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    view! {
        <Show when=move || !choices.read().is_empty()>
            <section class="card stack" aria-labelledby="choose">
                <h2 id="choose" role="alert">"Which client do you want to open?"</h2>
                {move || choices.get().into_iter().map(|ClientChoice { client_id, client_name }| view! {
                    <button type="button" class="button" dir="auto" on:click=move |_| enter(Some(client_id.clone()))>{client_name}</button>
                }).collect_view()}
                <button type="button" class="button" on:click=move |_| choices.set(Vec::new())>"Back"</button>
            </section>
        </Show>
    }
}

/// The fields that the way of signing in needs.
#[component]
fn Fields(
    way: RwSignal<SignInMethod>,
    email: RwSignal<String>,
    password: RwSignal<String>,
    key: RwSignal<String>,
) -> impl IntoView {
    view! {
        <Show when=move || way.get() == SignInMethod::Account>
            <div class="field">
                <label for="email">"E-mail"</label>
                <input class="input" id="email" type="email" autocomplete="username" bind:value=email />
            </div>
            <div class="field">
                <label for="password">"Password"</label>
                <input class="input" id="password" type="password" autocomplete="current-password" bind:value=password />
            </div>
        </Show>
        <Show when=move || way.get() != SignInMethod::Account>
            <div class="field">
                <label for="key">{move || if way.get() == SignInMethod::Key { "API key" } else { "Admin token" }}</label>
                <input class="input" id="key" type="password" autocomplete="off" bind:value=key aria-describedby="key-hint" />
                <p class="hint" id="key-hint">
                    {move || match way.get() {
                        SignInMethod::Key => "Shows one client's calls and figures. To see its settings, sign in with an account.",
                        _ => "An operator's token opens every client. A client's token opens only that client.",
                    }}
                </p>
            </div>
        </Show>
    }
}

fn provider_link(name: String) -> impl IntoView {
    // The page is the server's, not one of the router's.
    view! { <a class="button" href=provider_address rel="external">"Sign in with " {name}</a> }
}

/// Returns the address at which the provider's sign-in begins; afterwards this page opens again.
fn provider_address() -> String {
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    let page = off_site(&path) + &location.search().unwrap_or_default();
    on_site("/oidc/sign-in?returnTo=") + &encode_component(&page)
}
