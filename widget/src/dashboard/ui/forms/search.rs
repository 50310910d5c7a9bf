//! A search field.

use super::super::icon::Icon;
use icondata_lu::LuSearch;
use leptos::html;
use leptos::prelude::*;
use std::time::Duration;

/// How long the user has to pause before a text is reported: a request per letter would be too many.
const PAUSE: Duration = Duration::from_millis(300);

/// A search field that reports its text while the user types, after each pause.
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
    let input = NodeRef::<html::Input>::new();
    // The number of the latest input: an earlier pause reports nothing.
    let latest = StoredValue::new(0_u32);
    let tell = move |text: String| {
        let text = text.trim().to_owned();
        if text != value.get_untracked() {
            on_search.run(text);
        }
    };
    let tell_later = move |text: String| {
        latest.update_value(|latest| *latest += 1);
        let mine = latest.get_value();
        set_timeout(
            move || {
                if latest.try_get_value() == Some(mine) {
                    tell(text);
                }
            },
            PAUSE,
        );
    };
    // A text that another place has set is shown; what is being typed stays, with its spaces.
    Effect::new(move |_| {
        let value = value.get();
        if let Some(input) = input.get()
            && input.value().trim() != value
        {
            input.set_value(&value);
        }
    });
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
                node_ref=input
                on:change:target=move |event| tell(event.target().value())
                on:input:target=move |event| {
                    let text = event.target().value();
                    if text.is_empty() { tell(text) } else { tell_later(text) }
                }
            />
        </div>
    }
}
