//! One of a few.

use leptos::prelude::*;

/// Something to choose: what it is in the data, and what it is called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// As the data or an address has it.
    pub value: String,
    /// As people read it.
    pub name: String,
}

impl Choice {
    /// A choice.
    #[must_use]
    pub fn new(value: impl Into<String>, name: impl Into<String>) -> Self {
        Self { value: value.into(), name: name.into() }
    }
}

/// A few choices in a row, of which one holds.
#[component]
pub fn Segments(
    /// What is chosen, for those who listen.
    #[prop(into)]
    label: Signal<String>,
    /// What there is to choose.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// The value that holds.
    #[prop(into)]
    value: Signal<String>,
    /// Told of another one.
    #[prop(into)]
    on_pick: Callback<String>,
) -> impl IntoView {
    view! { <div class="segments" role="group" aria-label=label>{buttons(choices, value, on_pick, "")}</div> }
}

/// Choices that flow over several lines, of which one holds, or none.
#[component]
pub fn Chips(
    /// What is chosen, for those who listen.
    #[prop(into)]
    label: Signal<String>,
    /// What there is to choose.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// The value that holds; an empty one where none does.
    #[prop(into)]
    value: Signal<String>,
    /// Told of another one.
    #[prop(into)]
    on_pick: Callback<String>,
) -> impl IntoView {
    view! { <div class="chips" role="group" aria-label=label>{buttons(choices, value, on_pick, "chip")}</div> }
}

fn buttons(
    choices: Signal<Vec<Choice>>,
    value: Signal<String>,
    on_pick: Callback<String>,
    class: &'static str,
) -> impl IntoView {
    view! {
        <For
            each=move || choices.get()
            key=|choice| (choice.value.clone(), choice.name.clone())
            children=move |Choice { value: own, name }| {
                let picked = own.clone();
                let holds = move || value.read() == own;
                view! {
                    <button
                        type="button"
                        class=class
                        aria-pressed=move || holds().to_string()
                        on:click=move |_| on_pick.run(picked.clone())
                    >
                        <span class="cut" dir="auto">{name}</span>
                    </button>
                }
            }
        />
    }
}
