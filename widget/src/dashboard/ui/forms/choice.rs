//! Choices of which one is selected.

use leptos::prelude::*;

/// An option: its value and its label.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// The value in the data or an address.
    pub value: String,
    /// The label.
    pub name: String,
}

impl Choice {
    /// Creates an option.
    #[must_use]
    pub fn new(value: impl Into<String>, name: impl Into<String>) -> Self {
        Self { value: value.into(), name: name.into() }
    }
}

/// A row of a few options, one of them selected.
#[component]
pub fn Segments(
    /// What is selected, for screen readers.
    #[prop(into)]
    label: Signal<String>,
    /// The options.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// The selected value.
    #[prop(into)]
    value: Signal<String>,
    /// Receives a newly selected value.
    #[prop(into)]
    on_pick: Callback<String>,
) -> impl IntoView {
    view! { <div class="segments" role="group" aria-label=label>{choice_buttons(choices, value, on_pick, "")}</div> }
}

/// Options that wrap over several lines, one or none of them selected.
#[component]
pub fn Chips(
    /// What is selected, for screen readers.
    #[prop(into)]
    label: Signal<String>,
    /// The options.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// The selected value; empty if none is.
    #[prop(into)]
    value: Signal<String>,
    /// Receives a newly selected value.
    #[prop(into)]
    on_pick: Callback<String>,
) -> impl IntoView {
    view! { <div class="chips" role="group" aria-label=label>{choice_buttons(choices, value, on_pick, "chip")}</div> }
}

fn choice_buttons(
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
