//! One account, with its actions.

use super::super::small_table::Moment;
use super::Person;
use crate::dashboard::ui::{Tag, Tone};
use leptos::prelude::*;

/// An action on an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountAction {
    /// Change the role.
    Role(&'static str),
    /// Refuse sign-ins until enabled again.
    Disable,
    /// Allow sign-ins again.
    Enable,
    /// Set a new password.
    Password,
    /// Delete the account.
    Remove,
}

/// A requested action.
#[derive(Debug, Clone)]
pub struct RequestedAction {
    /// The account's owner.
    pub person: Person,
    /// The action.
    pub ask: AccountAction,
}

impl RequestedAction {
    /// Returns the question of the confirmation dialog.
    pub fn question_text(&self) -> String {
        format!("{} {}?", self.button_label(), self.person.name)
    }

    /// Returns the label of the confirming button.
    pub fn button_label(&self) -> &'static str {
        if self.ask == AccountAction::Remove { "Remove" } else { "Disable" }
    }

    /// Describes the consequences.
    pub fn consequence_text(&self) -> &'static str {
        if self.ask == AccountAction::Remove {
            "The account is removed and signed out at once. Its actions stay in the audit log."
        } else {
            "The account is signed out at once. You can enable it again later."
        }
    }
}

#[component]
pub fn AccountItem(
    /// The account's owner.
    person: Person,
    /// Whether the user may change the account.
    #[prop(into)]
    may: Signal<bool>,
    /// Receives the requested action.
    on_ask: Callback<RequestedAction>,
) -> impl IntoView {
    let whose = StoredValue::new(person.clone());
    let Person { name, email, role, disabled_at, last_sign_in_at, .. } = person;
    let is_disabled = disabled_at.is_some();
    let state = if is_disabled {
        view! { <Tag text="Disabled" tone=Tone::Red /> }
    } else {
        view! { <Tag text="Can sign in" tone=Tone::Green /> }
    };
    let other = if role == "admin" {
        ("Change to viewer", AccountAction::Role("viewer"))
    } else {
        ("Change to admin", AccountAction::Role("admin"))
    };
    let supervise = (role != "supervisor")
        .then_some(("Change to supervisor", AccountAction::Role("supervisor")));
    let turn = if is_disabled {
        ("Enable", AccountAction::Enable)
    } else {
        ("Disable", AccountAction::Disable)
    };
    let button = |(what, ask): (&'static str, AccountAction), class: &'static str| {
        let asked = RequestedAction { person: whose.get_value(), ask };
        let name = format!("{what}: {}", asked.person.name);
        let press = move |_| on_ask.run(asked.clone());
        view! { <button type="button" class=class aria-label=name on:click=press>{what}</button> }
    };
    view! {
        <li>
            <div class="row spread">
                <div>
                    <h3 dir="auto">{name}</h3>
                    <p class="row soft">
                        <span>{email}</span>
                        <span>{role}</span>
                        <span>"Last sign-in: "<Moment at=last_sign_in_at never="never" /></span>
                        {state}
                    </p>
                </div>
                <div class="row" hidden=move || !may.get()>
                    {button(other, "button small")}
                    {supervise.map(|supervise| button(supervise, "button small"))}
                    {button(("Set a password", AccountAction::Password), "button small")}
                    {button(turn, "button small")}
                    {button(("Remove", AccountAction::Remove), "button small danger")}
                </div>
            </div>
        </li>
    }
}
