//! Looks for something.

use super::super::icon::Icon;
use icondata_lu::LuSearch;
use leptos::prelude::*;

/// A field that tells what is looked for when Enter is pressed, when it is left and when it is
/// cleared: a question to the server for each letter would be many.
#[component]
pub fn Search(
    /// What can be looked for, such as "Name, number or ID".
    #[prop(into)]
    label: Signal<String>,
    /// What is looked for.
    #[prop(into)]
    value: Signal<String>,
    /// Told of another text.
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
