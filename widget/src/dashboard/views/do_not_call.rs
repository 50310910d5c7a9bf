//! Numbers that must not be called, the files they came from, and what customers agreed to.

mod add;
mod consents;
mod files;
mod import_form;
mod imports;
mod new_consent;
mod numbers;
mod reason;
mod register_age;
mod report;
mod sources;
mod words;

use super::head::Head;
use crate::dashboard::access::{Access, Role};
use crate::dashboard::address::Address;
use crate::dashboard::ui::{Choice, NoPermission, Tabs};
use leptos::prelude::*;

pub use words::{PURPOSES, purpose_name};

/// The tabs: key in the address, and label.
const TABS: [(&str, &str); 3] = [("", "Numbers"), ("files", "Files"), ("consents", "Consents")];

/// The view.
#[component]
pub fn DoNotCall() -> impl IntoView {
    let access = Access::from_context();
    let sees = Memo::new(move |_| access.sees_settings());
    view! {
        <Head title="Do not call" about="Numbers that must not be called, and what customers agreed to" />
        {move || if sees.get() { view! { <AllTabs /> }.into_any() } else { view! { <Unseen /> }.into_any() }}
    }
}

/// What a user sees who may not see the list.
#[component]
fn Unseen() -> impl IntoView {
    let access = Access::from_context();
    let needs = move || match access.role() {
        Role::Supervisor => "Only an admin or a viewer of this client sees its list of numbers.",
        _ => {
            "An API key does not show the list of numbers. Sign in with an account of this client."
        }
    };
    view! { <section class="card"><NoPermission needs=Signal::derive(move || needs().to_owned()) /></section> }
}

#[component]
fn AllTabs() -> impl IntoView {
    let address = Address::from_router();
    let tab = Memo::new(move |_| {
        let named = address.filter_or("tab", "");
        TABS.into_iter().find(|(key, _)| *key == named).unwrap_or(TABS[0])
    });
    let choices = TABS.map(|(key, name)| Choice::new(key, name)).to_vec();
    // The tabs find in different ways, so what one looks for is not looked for in another.
    let pick = move |picked: String| {
        let others = ["number", "state", "source", "by", "customerId"].map(|name| (name, ""));
        address.set_filters(&[&[("tab", picked.as_str())], &others[..]].concat());
    };
    view! {
        <Tabs
            label="Do not call"
            choices=choices
            value=Signal::derive(move || tab.get().0.to_owned())
            on_pick=pick
        />
        <div class="stack" role="tabpanel" aria-label=move || tab.get().1>
            {move || match tab.get().0 {
                "files" => view! { <files::Files /> }.into_any(),
                "consents" => view! { <consents::ConsentList /> }.into_any(),
                _ => view! { <numbers::Numbers /> }.into_any(),
            }}
        </div>
    }
}
