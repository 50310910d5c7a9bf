//! The list of calls, loaded page by page.

mod found;

use crate::dashboard::access::Access;
use crate::dashboard::address::Address;
use crate::dashboard::ui::{Card, DataTable, Empty, Loading, Sort};
use crate::dashboard::views::answered::refused;
use crate::dashboard::views::rows;
use call_ribbon_shared::wire::CallObject;
use found::Found;
use leptos::prelude::*;

/// The list.
#[component]
pub fn List() -> impl IntoView {
    let access = Access::here();
    let address = Address::here();
    let found = Found::following(address);
    let more = move || found.more(access, address);
    let retry = Callback::new(move |()| more());
    let empty = move || {
        if let Some(trouble) = found.trouble.get() {
            return refused(trouble, retry).into_any();
        }
        if found.is_new.get() {
            return view! { <Loading lines=8 /> }.into_any();
        }
        view! {
            <Empty title="No matching calls">
                <p>"No calls in these days match all filters. Choose other days, or remove a filter."</p>
            </Empty>
        }
        .into_any()
    };
    let failed_later = move || {
        let late = !found.calls.read().is_empty();
        found.trouble.get().filter(|_| late).map(|trouble| refused(trouble, retry))
    };
    let footer = move || {
        view! {
            {failed_later}
            <div class="pages" hidden=move || !found.goes_on()>
                <span></span>
                <button type="button" class="button" aria-disabled=move || found.busy.get().to_string() on:click=move |_| more()>
                    {move || if found.busy.get() { "Loading …" } else { "Show more" }}
                </button>
            </div>
        }
    };
    view! {
        <Card title="Which calls were there?" flush=true>
            <DataTable
                name="calls"
                caption="Calls"
                columns=rows::columns(access)
                rows=found.calls
                key=rows::key_of
                href=Callback::new(|call: CallObject| Some(rows::address_of(&call)))
                sort=Memo::new(move |_| sort_of(&address.or("sort", "newest")))
                on_sort=move |sort: Sort| address.set(&[("sort", word_of(&sort))])
                busy=found.busy
                summary=move || move || found.summary(&access.zone())
                empty=empty
                footer=footer
            />
        </Card>
    }
}

/// Returns the order for the server's name of it.
fn sort_of(word: &str) -> Sort {
    let (by, descending) = match word {
        "oldest" => ("started", false),
        "longest" => ("duration", true),
        "shortest" => ("duration", false),
        _ => ("started", true),
    };
    Sort { by: by.to_owned(), descending }
}

/// Returns the server's name for an order; empty for the default.
fn word_of(sort: &Sort) -> &'static str {
    match (sort.by.as_str(), sort.descending) {
        ("duration", true) => "longest",
        ("duration", false) => "shortest",
        (_, false) => "oldest",
        (_, true) => "",
    }
}
