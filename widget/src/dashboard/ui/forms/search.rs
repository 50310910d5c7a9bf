//! A search field.

use super::super::icon::Icon;
use icondata_lu::LuSearch;
use leptos::prelude::*;

/// A search field that reports its text when Enter is pressed, when it loses the focus and when it
/// is cleared: a request per typed letter would be too many.
#[component]
pub fn Search(
    /// What can be searched for, such as "Name, number or ID".
    #[prop(into)]
    label: Signal<String>,
    /// The current text.
    #[prop(into)]
    value: Signal<String>,
    /// Receives a new text.
    #[prop(into)]
    on_search: Callback<String>,
) -> impl IntoView {
    let tell = move |text: String| {
        let text = text.trim().to_owned();
        if text != value.get_untracked() {
            on_search.run(text);
        }
    };
    view! {
        <div class="search" role="search">
            <Icon of=LuSearch />
            <input
                class="input"
                type="search"
                dir="auto"
                autocomplete="off"
                placeholder=label
                aria-label=label
                prop:value=value
                on:change:target=move |event| tell(event.target().value())
                on:input:target=move |event| {
                    let text = event.target().value();
                    if text.is_empty() {
                        tell(text);
                    }
                }
            />
        </div>
    }
}
