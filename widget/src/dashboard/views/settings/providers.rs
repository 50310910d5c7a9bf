//! The provider accounts that carry this client's calls.

mod account;
mod edit;
mod kinds;
mod webhooks;

use super::credentials::SaveResult;
use super::form::SaveState;
use crate::dashboard::access::Access;
use crate::dashboard::load::load_json;
use crate::dashboard::ui::{Card, Confirm, Empty, Icon};
use crate::dashboard::views::answer::render_answer;
use account::{AccountAction, AccountItem, RequestedAction};
use edit::Edit;
use gloo_net::http::Method;
use icondata_lu::LuPlus;
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use webhooks::Webhooks;

/// The answer to `GET …/providers`.
#[derive(Debug, Clone, Deserialize)]
struct List {
    providers: Vec<Account>,
}

/// An account at a provider. In its settings, `…` stands for each secret.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    #[serde(rename = "accountId")]
    id: String,
    provider: String,
    name: Option<String>,
    enabled: bool,
    default: bool,
    settings: Option<Map<String, Value>>,
    trouble: Option<String>,
}

impl Account {
    /// Returns the label.
    fn display_title(&self) -> String {
        kinds::account_title(self.name.as_deref(), &self.provider)
    }
}

/// The account in the form: a new one or an existing one.
#[derive(Debug, Clone, PartialEq)]
pub enum Editing {
    /// A new account.
    New,
    /// An existing account.
    Existing(Account),
}

/// The tab.
#[component]
pub fn Providers() -> impl IntoView {
    let access = Access::from_context();
    let loaded = load_json::<List>(move || Some(access.settings_path("providers")));
    let changes = RwSignal::new(0_u32);
    let saving = SaveState::new();
    let editing = RwSignal::new(None::<Editing>);
    let asking = RwSignal::new(false);
    let leaving = RwSignal::new(None::<Account>);
    let may = Memo::new(move |_| access.may_change());
    // The list and the webhook addresses are reloaded after each change.
    let refresh = Callback::new(move |()| {
        loaded.reload();
        changes.update(|changes| *changes += 1);
    });
    let change = move |method: Method, account: &Account, body: Option<Value>, done: String| {
        let path = access.settings_path(&format!("providers/{}", account.id));
        saving.send_change(method, path, body, move |_: Value| {
            refresh.run(());
            done
        });
    };
    let on_act = Callback::new(move |RequestedAction { account, act }: RequestedAction| {
        let title = account.display_title();
        match act {
            AccountAction::Enable(enabled) => {
                let done = format!("{title} is {}.", if enabled { "enabled" } else { "disabled" });
                change(Method::PATCH, &account, Some(json!({"enabled": enabled})), done);
            }
            AccountAction::Default => {
                let done = format!("Calls use {title} by default.");
                change(Method::PATCH, &account, Some(json!({"default": true})), done);
            }
            AccountAction::Edit => editing.set(Some(Editing::Existing(account))),
            AccountAction::Remove => {
                leaving.set(Some(account));
                asking.set(true);
            }
        }
    });
    let remove = Callback::new(move |()| {
        let Some(account) = leaving.get_untracked() else { return };
        change(Method::DELETE, &account, None, format!("{} is removed.", account.display_title()));
    });
    let list = move |list: List| {
        if list.providers.is_empty() {
            return view! {
                <Empty title="No account yet: calls use the simulator">
                    <p>"It simulates the other side and costs nothing. Real calls need an account with a provider."</p>
                </Empty>
            }
            .into_any();
        }
        let items = list.providers.into_iter().map(|account| {
            view! { <AccountItem account=account may=may busy=Signal::derive(move || editing.read().is_some()) on_act=on_act /> }
        });
        view! { <ul class="accounts">{items.collect_view()}</ul> }.into_any()
    };
    let form = move || {
        editing.get().map(|what| {
            let done = move |said: Option<String>| {
                editing.set(None);
                if let Some(said) = said {
                    saving.set_success(said);
                    refresh.run(());
                }
            };
            view! { <Edit what=what on_end=done /> }
        })
    };
    let gone = move || leaving.read().as_ref().map(Account::display_title).unwrap_or_default();
    view! {
        <Card title="Which provider carries this client's calls?" flush=true>
            {render_answer(loaded, list)}
            <SaveResult saving=saving />
            <div class="told" hidden=move || !may.get() || editing.read().is_some()>
                <div><button type="button" class="button main" on:click=move |_| editing.set(Some(Editing::New))><Icon of=LuPlus />"Add an account"</button></div>
            </div>
        </Card>
        {form}
        <Webhooks changes=changes />
        <Confirm open=asking title=Signal::derive(move || format!("Remove {}?", gone())) act="Remove" on_yes=remove>
            <p>"No more calls use it, and its provider's webhooks are refused. Its calls stay in the records."</p>
        </Confirm>
    }
}
