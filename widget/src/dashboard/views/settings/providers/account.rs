//! One provider account, with its actions.

use super::super::form::SaveState;
use super::{Account, kinds};
use crate::dashboard::access::Access;
use crate::dashboard::ui::{Note, Tag, Tone};
use gloo_net::http::Method;
use leptos::prelude::*;
use serde::Deserialize;

/// An action on a provider account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountAction {
    /// Allow or refuse new calls through the account.
    Enable(bool),
    /// Make it the default account.
    Default,
    /// Open its form.
    Edit,
    /// Delete the account.
    Remove,
}

/// A requested action.
#[derive(Debug, Clone)]
pub struct RequestedAction {
    /// The account.
    pub account: Account,
    /// The action.
    pub act: AccountAction,
}

/// The answer to a test of the account.
#[derive(Debug, Clone, Deserialize)]
struct Validation {
    ok: bool,
    message: String,
}

#[component]
pub fn AccountItem(
    /// The account.
    account: Account,
    /// Whether the user may change the account.
    #[prop(into)]
    may: Signal<bool>,
    /// Whether a form is open.
    #[prop(into)]
    busy: Signal<bool>,
    /// Receives the requested action.
    on_act: Callback<RequestedAction>,
) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    let tried = RwSignal::new(None::<Validation>);
    let (title, enabled) = (account.display_title(), account.enabled);
    let provider = kinds::find_kind(&account.provider)
        .map_or(account.provider.clone(), |kind| kind.title.to_owned());
    let path = access.settings_path(&format!("providers/{}/validate", account.id));
    let validate = move |_| {
        tried.set(None);
        saving.send_change(Method::POST, path.clone(), None, move |answer: Validation| {
            tried.set(Some(answer));
            String::new()
        });
    };
    let (is_default, trouble) = (account.default, account.trouble.clone());
    let account = StoredValue::new(account);
    let button = {
        let title = title.clone();
        move |what: &'static str, act: AccountAction, class: &'static str| {
            let press = move |_| {
                if !busy.get_untracked() {
                    on_act.run(RequestedAction { account: account.get_value(), act });
                }
            };
            let name = format!("{what}: {title}");
            view! { <button type="button" class=class aria-label=name aria-disabled=move || busy.get().to_string() on:click=press>{what}</button> }
        }
    };
    let turn = if enabled {
        ("Disable", AccountAction::Enable(false))
    } else {
        ("Enable", AccountAction::Enable(true))
    };
    let said = move || {
        let tried = tried.get();
        let failed = saving.other_error().map(|message| Validation { ok: false, message });
        tried.or(failed).map(|Validation { ok, message }| {
            let (tone, word) =
                if ok { (Tone::Green, "It works") } else { (Tone::Red, "It does not work") };
            view! { <Note tone=tone><b>{word}</b><p dir="auto">{message}</p></Note> }
        })
    };
    view! {
        <li>
            <div class="row spread">
                <div>
                    <h3 dir="auto">{title.clone()}</h3>
                    <p class="row soft">
                        <span>{provider}</span>
                        {if enabled { view! { <Tag text="Enabled" tone=Tone::Green /> } } else { view! { <Tag text="Disabled" tone=Tone::Amber /> } }}
                        {is_default.then(|| view! { <Tag text="Default" tone=Tone::Blue /> })}
                    </p>
                </div>
                <div class="row" hidden=move || !may.get()>
                    <button type="button" class="button small" aria-label=format!("Test: {title}") aria-disabled=move || saving.busy.get().to_string() on:click=validate>
                        {move || if saving.busy.get() { "Testing …" } else { "Test" }}
                    </button>
                    {button("Edit", AccountAction::Edit, "button small")}
                    {(!is_default).then(|| button("Make it the default", AccountAction::Default, "button small"))}
                    {button(turn.0, turn.1, "button small")}
                    {button("Remove", AccountAction::Remove, "button small danger")}
                </div>
            </div>
            {trouble.map(|trouble| view! { <Note tone=Tone::Red><span dir="auto">{trouble}</span></Note> })}
            <div class:unseen=move || tried.read().is_none() && saving.other_error().is_none() role="status">{said}</div>
        </li>
    }
}
