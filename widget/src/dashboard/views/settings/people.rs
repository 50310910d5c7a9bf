//! The accounts and tokens with which people sign in for this client.

mod account;
mod new;
mod password;
mod tokens;

use super::credentials::SaveResult;
use super::form::SaveState;
use crate::dashboard::access::Access;
use crate::dashboard::load::load_json;
use crate::dashboard::ui::{Card, Confirm, Empty};
use crate::dashboard::views::answer::render_answer;
use account::{AccountAction, AccountItem, RequestedAction};
use gloo_net::http::Method;
use leptos::prelude::*;
use new::NewAccount;
use password::{OwnPassword, SetPassword};
use serde::Deserialize;
use serde_json::{Value, json};
use tokens::Tokens;

/// The roles of a person: the server's name, and the label.
const ROLES: [(&str, &str); 4] = [
    ("admin", "Admin: can change the client's settings"),
    ("viewer", "Viewer: can only view"),
    ("supervisor", "Supervisor: sees the agents of their teams"),
    ("masked-viewer", "Viewer without phone numbers: sees only a few digits of each"),
];

/// The answer to `GET …/people`.
#[derive(Debug, Clone, Deserialize)]
struct List {
    people: Vec<Person>,
}

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    #[serde(rename = "personId")]
    id: String,
    email: String,
    name: String,
    role: String,
    disabled_at: Option<String>,
    last_sign_in_at: Option<String>,
}

/// The tab.
#[component]
pub fn People() -> impl IntoView {
    let access = Access::from_context();
    let loaded = load_json::<List>(move || Some(access.settings_path("people")));
    let saving = SaveState::new();
    let asked = RwSignal::new(None::<RequestedAction>);
    let asking = RwSignal::new(false);
    let password_of = RwSignal::new(None::<Person>);
    let may = Memo::new(move |_| access.may_change());
    let change = move |method: Method, person: &Person, body: Option<Value>, done: String| {
        let path = access.settings_path(&format!("people/{}", person.id));
        saving.send_change(method, path, body, move |_: Value| {
            loaded.reload();
            done
        });
    };
    let on_ask = Callback::new(move |one: RequestedAction| {
        let (person, name) = (&one.person, one.person.name.clone());
        match &one.ask {
            AccountAction::Role(role) => {
                let done = format!("{name} is {role} now.");
                change(Method::PATCH, person, Some(json!({"role": role})), done);
            }
            AccountAction::Enable => {
                let done = format!("{name} can sign in again.");
                change(Method::PATCH, person, Some(json!({"disabled": false})), done);
            }
            AccountAction::Password => password_of.set(Some(one.person)),
            AccountAction::Disable | AccountAction::Remove => {
                asked.set(Some(one));
                asking.set(true);
            }
        }
    });
    let on_yes = Callback::new(move |()| {
        let Some(RequestedAction { person, ask }) = asked.get_untracked() else { return };
        let name = person.name.clone();
        if ask == AccountAction::Remove {
            return change(Method::DELETE, &person, None, format!("{name} is removed."));
        }
        let done = format!("{name} can no longer sign in.");
        change(Method::PATCH, &person, Some(json!({"disabled": true})), done);
    });
    let rows = move |list: List| {
        if list.people.is_empty() {
            return view! {
                <Empty title="No accounts yet">
                    <p>"A person with an account signs in with e-mail and password, and sees only this client."</p>
                </Empty>
            }
            .into_any();
        }
        let rows = list.people.into_iter().map(move |person| {
            view! { <AccountItem person=person may=may on_ask=on_ask /> }
        });
        view! { <ul class="accounts">{rows.collect_view()}</ul> }.into_any()
    };
    view! {
        <Card title="Who can sign in to this client?" flush=true>
            {render_answer(loaded, rows)}
            <SaveResult saving=saving />
        </Card>
        <SetPassword person=password_of />
        <Show when=move || may.get()><NewAccount on_made=move |()| loaded.reload() /></Show>
        <Tokens />
        <OwnPassword />
        <Confirm open=asking title=Signal::derive(move || asked.get().map(|asked| asked.question_text()).unwrap_or_default())
            act=Signal::derive(move || asked.get().map(|asked| asked.button_label().to_owned()).unwrap_or_default()) on_yes=on_yes>
            <p>{move || asked.get().map(|asked| asked.consequence_text())}</p>
        </Confirm>
    }
}
