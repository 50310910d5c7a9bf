//! The settings of a client, one section per subject.

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
mod nav;
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
use crate::dashboard::address::Address;
use crate::dashboard::ui::{NoPermission, Note};
use guard::Guard;
use leptos::prelude::*;
use nav::{SettingsNav, find_section};

/// The view.
#[component]
pub fn Settings() -> impl IntoView {
    let access = Access::from_context();
    let sees = Memo::new(move |_| access.sees_settings());
    view! {
        <Head title="Settings" about="This client's settings, and who may change them." />
        {move || if sees.get() { view! { <AllSections /> }.into_any() } else { view! { <KeyNotice /> }.into_any() }}
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
fn AllSections() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let guard = Guard::set_up(address);
    let section = Memo::new(move |_| find_section(&address.filter_or("tab", "")));
    let only_looks = Memo::new(move |_| access.role() == Role::Viewer);
    view! {
        <div class="settings">
            <SettingsNav section=section />
            <section class="stack" aria-label=move || section.get().1>
                <Show when=move || only_looks.get()>
                    <Note>"You can view these settings. Only an admin of this client can change them."</Note>
                </Show>
                {move || match section.get().0 {
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
            </section>
        </div>
        <guard::LeaveDialog guard=guard />
    }
}
