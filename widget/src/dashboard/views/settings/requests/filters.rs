//! The filters of the request log, all held in the address.

use crate::dashboard::address::Address;
use crate::dashboard::load::Loaded;
use crate::dashboard::ui::{Choice, Icon, Search, Select};
use icondata_lu::LuX;
use js_sys::Date;
use leptos::prelude::*;
use serde::Deserialize;

/// The filters, as the address and the server name them.
pub const NAMES: [&str; 7] =
    ["accountId", "sessionId", "direction", "status", "text", "from", "to"];

/// The status codes that providers send most.
const STATUSES: [&str; 9] = ["200", "202", "400", "401", "403", "404", "429", "500", "503"];

/// The accounts to choose from.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Accounts {
    providers: Vec<Account>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    #[serde(rename = "accountId")]
    id: String,
    provider: String,
    name: Option<String>,
}

impl Accounts {
    /// Returns an account's label; its id if it no longer exists.
    pub fn name_of(&self, account_id: &str) -> String {
        let found = self.providers.iter().find(|account| account.id == account_id);
        found.map_or_else(|| account_id.to_owned(), Account::display_title)
    }
}

impl Account {
    fn display_title(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.provider.clone())
    }
}

/// Converts a field's local time to the time in the address and the API.
fn field_to_moment(field: &str) -> String {
    let at = Date::new(&field.into());
    if at.get_time().is_nan() { String::new() } else { at.to_iso_string().into() }
}

/// Converts a time of the address to a field's local time.
fn moment_to_field(moment: &str) -> String {
    let at = Date::new(&moment.into());
    let by_clock = at.get_time() - at.get_timezone_offset() * 60_000.0;
    if by_clock.is_nan() {
        return String::new();
    }
    let text = String::from(Date::new(&by_clock.into()).to_iso_string());
    text.chars().take("2025-10-12T10:30".len()).collect()
}

/// The bar of filters.
#[component]
pub fn Filters(address: Address, accounts: Loaded<Accounts>) -> impl IntoView {
    let set = move |name: &'static str, value: String| address.set_filters(&[(name, &value)]);
    let value = move |name: &'static str| Signal::derive(move || address.filter_or(name, ""));
    let choices = Signal::derive(move || {
        let mut choices = vec![Choice::new("", "All accounts")];
        let accounts = accounts.answer().unwrap_or_default();
        let named = accounts.providers.iter();
        choices
            .extend(named.map(|account| Choice::new(account.id.clone(), account.display_title())));
        choices
    });
    let ways = vec![
        Choice::new("", "Both directions"),
        Choice::new("out", "To a provider"),
        Choice::new("in", "From a provider"),
    ];
    let states = Signal::derive(move || {
        let mut states = vec![Choice::new("", "Any status"), Choice::new("failed", "Failed")];
        states.extend(STATUSES.map(|status| Choice::new(status, status)));
        // The address can contain another status.
        let own = address.filter_or("status", "");
        if states.iter().all(|state| state.value != own) {
            states.push(Choice::new(own.clone(), own));
        }
        states
    });
    let time = move |name: &'static str, label: &'static str| {
        view! {
            <label class="row" title="In your computer's time zone">
                <span class="soft">{label}</span>
                <input
                    class="input"
                    type="datetime-local"
                    prop:value=move || moment_to_field(&value(name).get())
                    on:change:target=move |event| set(name, field_to_moment(&event.target().value()))
                />
            </label>
        }
    };
    let is_set = move || NAMES.iter().any(|name| address.get(name).is_some());
    let clear = move |_| address.set_filters(&NAMES.map(|name| (name, "")));
    view! {
        <div class="filters" role="search" aria-label="Filters">
            <Search label="Text in request or answer" value=value("text") on_search=Callback::new(move |text| set("text", text)) />
            <Select bare=true label="Account" choices=choices value=value("accountId") on_pick=Callback::new(move |to| set("accountId", to)) />
            <Select bare=true label="Direction" choices=ways value=value("direction") on_pick=Callback::new(move |to| set("direction", to)) />
            <Select bare=true label="Status" choices=states value=value("status") on_pick=Callback::new(move |to| set("status", to)) />
            {time("from", "From")}
            {time("to", "Before")}
            <button type="button" class="button quiet" hidden=move || !is_set() on:click=clear><Icon of=LuX />"All requests"</button>
        </div>
    }
}
