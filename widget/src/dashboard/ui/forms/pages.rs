//! Pagination.

use super::super::icon::Icon;
use icondata_lu::{LuChevronLeft, LuChevronRight};
use leptos::prelude::*;

/// The current position, and buttons for the previous and the next page.
#[component]
pub fn Pages(
    /// The current position, such as "1–50 of 12,304 calls".
    #[prop(into)]
    place: Signal<String>,
    /// Whether a previous page exists.
    #[prop(into)]
    has_previous: Signal<bool>,
    /// Whether a next page exists.
    #[prop(into)]
    has_next: Signal<bool>,
    /// Opens the previous page.
    #[prop(into)]
    on_previous: Callback<()>,
    /// Opens the next page.
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
