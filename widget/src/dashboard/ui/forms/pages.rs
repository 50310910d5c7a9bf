//! The way through more rows than are shown.

use super::super::icon::Icon;
use icondata_lu::{LuChevronLeft, LuChevronRight};
use leptos::prelude::*;

/// Where one is, and buttons to the page before and the next one.
#[component]
pub fn Pages(
    /// Where one is, such as "1–50 of 12,304 calls".
    #[prop(into)]
    place: Signal<String>,
    /// Whether there is a page before.
    #[prop(into)]
    has_previous: Signal<bool>,
    /// Whether there is a next one.
    #[prop(into)]
    has_next: Signal<bool>,
    /// Goes to the page before.
    #[prop(into)]
    on_previous: Callback<()>,
    /// Goes to the next one.
    #[prop(into)]
    on_next: Callback<()>,
) -> impl IntoView {
    view! {
        <nav class="pages" aria-label="Pages">
            <span role="status">{place}</span>
            <div class="row">
                <button type="button" class="button small" disabled=move || !has_previous.get() on:click=move |_| on_previous.run(())>
                    <Icon of=LuChevronLeft />"Previous"
                </button>
                <button type="button" class="button small" disabled=move || !has_next.get() on:click=move |_| on_next.run(())>
                    "Next"<Icon of=LuChevronRight />
                </button>
            </div>
        </nav>
    }
}
