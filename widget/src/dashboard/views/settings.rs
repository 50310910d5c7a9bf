//! The settings of a client, one tab per subject.

mod agent_identity;
mod alerts;
mod audit;
pub(super) mod call_rules;
mod client;
mod credentials;
mod dispositions;
mod domains;
mod embed;
pub(super) mod form;
mod guard;
mod keys;
mod lead_address;
mod people;
mod plan;
mod providers;
mod records;
mod requests;
mod retention;
mod reveal;
pub(super) mod small_table;
mod targets;
mod teams;
mod webhooks;

use super::head::Head;
use crate::dashboard::access::{Access, Role};
use crate::dashboard::address::{Address, view_link};
use crate::dashboard::ui::{Choice, NoPermission, Note, Tabs};
use guard::Guard;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The tabs: key in the address, and label.
const TABS: [(&str, &str); 17] = [
    ("embed", "Install"),
    ("keys", "Keys"),
    ("domains", "Domains"),
    ("client", "Client"),
    ("plan", "Plan"),
    ("providers", "Providers"),
    ("dispositions", "Dispositions"),
    ("rules", "Call rules"),
    ("records", "Fields and export"),
    ("targets", "Targets"),
    ("people", "People"),
    ("teams", "Teams"),
    ("webhooks", "Webhooks"),
    ("alerts", "Alerts"),
    ("retention", "Retention"),
    ("requests", "Provider log"),
    ("audit", "Audit log"),
];

/// The view.
#[component]
pub fn Settings() -> impl IntoView {
    let access = Access::from_context();
    let sees = Memo::new(move |_| access.sees_settings());
    view! {
        <Head title="Settings" about="This client's settings, and who may change them." />
        {move || if sees.get() { view! { <AllTabs /> }.into_any() } else { view! { <KeyNotice /> }.into_any() }}
    }
}

/// What a user with an API key sees.
#[component]
fn KeyNotice() -> impl IntoView {
    let access = Access::from_context();
    let leave = move |_| {
        access.sign_out(Some("Sign in with an account to see the settings.".to_owned()));
    };
    if access.role() == Role::Supervisor {
        return view! {
            <section class="card"><NoPermission needs="Only an admin or a viewer of this client sees its settings." /></section>
        }
        .into_any();
    }
    view! {
        <section class="card">
            <NoPermission needs="An API key shows calls and figures, but no settings. Sign in with an account of this client." />
            <div class="state">
                <button type="button" class="button main" on:click=leave>"Sign in with an account"</button>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn AllTabs() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let guard = Guard::set_up(address);
    let tab = Memo::new(move |_| {
        let named = address.filter_or("tab", TABS[0].0);
        TABS.iter().find(|(name, _)| *name == named).map_or(TABS[0], |tab| *tab)
    });
    let choices = TABS.map(|(value, name)| Choice::new(value, name)).to_vec();
    let addresses = Memo::new(move |_| {
        TABS.map(|(name, _)| view_link("/dashboard/settings", &[("tab", name)]))
    });
    let pick = Callback::new(move |picked: String| {
        let place = TABS.iter().position(|(name, _)| *name == picked);
        if let Some(place) = place {
            addresses.with_untracked(|addresses| guard.go_to(&addresses[place]));
        }
    });
    // On a phone not all tabs are visible; the selected one is scrolled into view.
    Effect::new(move |_| {
        tab.track();
        request_animation_frame(scroll_to_tab);
    });
    let only_looks = Memo::new(move |_| access.role() == Role::Viewer);
    view! {
        <Tabs
            label="Settings"
            choices=choices
            value=Signal::derive(move || tab.get().0.to_owned())
            on_pick=pick
        />
        <Show when=move || only_looks.get()>
            <Note>"You can view these settings. Only an admin of this client can change them."</Note>
        </Show>
        <div class="stack" role="tabpanel" aria-label=move || tab.get().1>
            {move || match tab.get().0 {
                "keys" => view! { <keys::Keys /> }.into_any(),
                "domains" => view! { <domains::Domains /> }.into_any(),
                "client" => view! { <client::Client /> }.into_any(),
                "plan" => view! { <plan::Plan /> }.into_any(),
                "providers" => view! { <providers::Providers /> }.into_any(),
                "dispositions" => view! { <dispositions::Dispositions /> }.into_any(),
                "rules" => view! { <call_rules::CallRulesTab /> }.into_any(),
                "records" => view! { <records::Records /> }.into_any(),
                "targets" => view! { <targets::TargetsTab /> }.into_any(),
                "people" => view! { <people::People /> }.into_any(),
                "teams" => view! { <teams::Teams /> }.into_any(),
                "webhooks" => view! { <webhooks::Webhooks /> }.into_any(),
                "alerts" => view! { <alerts::AlertsTab /> }.into_any(),
                "retention" => view! { <retention::Retention /> }.into_any(),
                "requests" => view! { <requests::Requests /> }.into_any(),
                "audit" => view! { <audit::Audit /> }.into_any(),
                _ => view! { <embed::Embed /> }.into_any(),
            }}
        </div>
        <guard::LeaveDialog guard=guard />
    }
}

fn scroll_to_tab() {
    let tab = document().query_selector("[role=tab][aria-selected=true]").ok().flatten();
    let tab = tab.and_then(|tab| tab.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(tab) = tab
        && let Some(list) = tab.parent_element()
    {
        list.set_scroll_left(tab.offset_left() - list.client_width() / 2);
    }
}
