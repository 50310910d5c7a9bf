//! The webhook addresses to which providers report calls.

use super::super::credentials::SaveResult;
use super::super::form::SaveState;
use super::kinds;
use crate::dashboard::access::Access;
use crate::dashboard::address::absolute_url;
use crate::dashboard::load::load_json;
use crate::dashboard::ui::format::moment;
use crate::dashboard::ui::{Card, Confirm, CopyButton, NoPermission};
use crate::dashboard::views::answer::render_answer;
use gloo_net::http::Method;
use leptos::prelude::*;
use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
struct List {
    webhooks: Vec<Webhook>,
}

/// The address of one account. It contains a secret.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Webhook {
    account_id: String,
    provider: String,
    name: Option<String>,
    #[serde(rename = "webhookUrl")]
    address: String,
    previous_until: Option<String>,
}

impl Webhook {
    fn display_title(&self) -> String {
        kinds::account_title(self.name.as_deref(), &self.provider)
    }
}

/// The card.
#[component]
pub fn Webhooks(
    /// Counts the changes of the accounts; the addresses are reloaded after each.
    #[prop(into)]
    changes: Signal<u32>,
) -> impl IntoView {
    let access = Access::from_context();
    let may = Memo::new(move |_| access.may_change());
    let card = move || {
        if may.get() {
            view! { <Addresses changes=changes /> }.into_any()
        } else {
            view! { <NoPermission needs="These addresses contain secrets, so only admins of this client can see them." /> }.into_any()
        }
    };
    view! { <Card title="Where do providers send webhooks?" flush=true>{card}</Card> }
}

#[component]
fn Addresses(changes: Signal<u32>) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    let loaded = load_json::<List>(move || Some(access.settings_path("webhooks")));
    let asked = RwSignal::new(None::<Webhook>);
    let asking = RwSignal::new(false);
    Effect::new(move |before: Option<u32>| {
        let now = changes.get();
        if before.is_some_and(|before| before != now) {
            loaded.reload();
        }
        now
    });
    let rotate = Callback::new(move |()| {
        let Some(webhook) = asked.get_untracked() else { return };
        let path =
            access.settings_path(&format!("providers/{}/webhook-secret", webhook.account_id));
        saving.send_change(Method::POST, path, None, move |fresh: Webhook| {
            loaded.reload();
            let until =
                fresh.previous_until.as_ref().map(|until| moment(until, &access.time_zone()));
            let until = until
                .map(|until| format!(" The old address works until {until}."))
                .unwrap_or_default();
            format!("{} has a new address.{until}", fresh.display_title())
        });
    });
    let list = move |list: List| {
        if list.webhooks.is_empty() {
            return view! { <p class="told soft">"Each account gets its own address."</p> }
                .into_any();
        }
        let items = list.webhooks.into_iter().map(|webhook| {
            let (title, address) = (webhook.display_title(), absolute_url(&webhook.address));
            let until = webhook.previous_until.as_ref().map(|until| moment(until, &access.time_zone()));
            let ask = move |_| {
                asked.set(Some(webhook.clone()));
                asking.set(true);
            };
            view! {
                <li>
                    <div class="row spread">
                        <h3 dir="auto">{title.clone()}</h3>
                        <button type="button" class="button small" aria-label=format!("New address: {title}") on:click=ask>"New address"</button>
                    </div>
                    <div class="code-box">
                        <code>{address.clone()}</code>
                        <CopyButton text=address what=format!("the address of {title}") />
                    </div>
                    {until.map(|until| view! { <p class="soft">{format!("The old address works until {until}.")}</p> })}
                </li>
            }
        });
        view! { <ul class="accounts">{items.collect_view()}</ul> }.into_any()
    };
    let named = move || asked.read().as_ref().map(Webhook::display_title).unwrap_or_default();
    view! {
        <p class="told soft">"Enter the account's address at its provider. It contains a secret: anyone who knows it can report call status to this server."</p>
        {render_answer(loaded, list)}
        <SaveResult saving=saving />
        <Confirm open=asking title=Signal::derive(move || format!("Give {} a new address?", named())) act="Create a new address" on_yes=rotate>
            <p>"The current address works for seven more days, so that no webhook of a call in progress is lost. Enter the new address at the provider before then."</p>
        </Confirm>
    }
}
