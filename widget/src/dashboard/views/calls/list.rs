//! The list of calls, loaded page by page.

mod found_calls;

use crate::dashboard::access::Access;
use crate::dashboard::address::Address;
use crate::dashboard::ui::{Card, DataTable, Empty, Loading, Sort};
use crate::dashboard::views::answer::render_error;
use crate::dashboard::views::rows;
use call_ribbon_shared::wire::CallObject;
use found_calls::FoundCalls;
use leptos::prelude::*;

/// The list.
#[component]
pub fn List() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let found = FoundCalls::for_address(address);
    let more = move || found.load_more(access, address);
    let retry = Callback::new(move |()| more());
    let empty = move || {
        if let Some(trouble) = found.trouble.get() {
            return render_error(trouble, retry).into_any();
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
        found.trouble.get().filter(|_| late).map(|trouble| render_error(trouble, retry))
    };
    let footer = move || {
        view! {
            {failed_later}
            <div class="pages" hidden=move || !found.has_more()>
                <span></span>
                <button type="button" class="button" aria-disabled=move || found.busy.get().to_string() on:click=move |_| more()>
                    {move || if found.busy.get() { "Loading …" } else { "Show more" }}
                </button>
            </div>
        }
    };
    view! {
        <Card title="Which calls match?" flush=true>
            <DataTable
                name="calls"
                caption="Calls"
                columns=rows::call_columns(access)
                rows=found.calls
                key=rows::row_key
                href=Callback::new(|call: CallObject| Some(rows::call_link(&call)))
                sort=Memo::new(move |_| parse_sort(&address.filter_or("sort", "newest")))
                on_sort=move |sort: Sort| address.set_filters(&[("sort", sort_name(&sort))])
                busy=found.busy
                summary=move || move || found.summary_text(&access.time_zone())
                empty=empty
                footer=footer
            />
        </Card>
    }
}

/// Returns the order for the server's name of it.
fn parse_sort(word: &str) -> Sort {
    let (by, descending) = match word {
        "oldest" => ("started", false),
        "longest" => ("duration", true),
        "shortest" => ("duration", false),
        _ => ("started", true),
    };
    Sort { by: by.to_owned(), descending }
}

/// Returns the server's name for an order; empty for the default.
fn sort_name(sort: &Sort) -> &'static str {
    match (sort.by.as_str(), sort.descending) {
        ("duration", true) => "longest",
        ("duration", false) => "shortest",
        (_, false) => "oldest",
        (_, true) => "",
    }
}
