//! Form fields with label, hint and error.

use super::super::icon::Icon;
use super::Choice;
use crate::dashboard::error_words::join_label;
use icondata_lu::{LuChevronDown, LuCircleAlert};
use leptos::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts the ids of fields: a label, a hint and an error refer to the id of their field.
pub(super) fn fresh_id() -> String {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    format!("field-{}", LAST.fetch_add(1, Ordering::Relaxed))
}

/// A label, a control, a hint and an error, one under another. The control is created with the id
/// that the label names and the id of its description.
#[component]
pub fn Field<V: IntoView + 'static>(
    /// The label.
    #[prop(into)]
    label: Signal<String>,
    /// A hint: what to know before typing.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// The error: what is wrong and what to do. One that begins with a small letter continues the label.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Creates the control from its id and the id of its description.
    control: impl FnOnce(String, String) -> V + Send + 'static,
) -> impl IntoView {
    let id = fresh_id();
    let about = format!("{id}-about");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            {control(id, about.clone())}
            <div id=about>
                <p class="hint" hidden=move || hint.read().is_none()>{move || hint.get()}</p>
                <p class="error" role="alert">
                    {move || error.get().map(|error| {
                        let said = join_label(&label.read(), &error);
                        view! { <Icon of=LuCircleAlert /><span dir="auto">{said}</span> }
                    })}
                </p>
            </div>
        </div>
    }
}

/// A one-line text field.
#[component]
pub fn TextField(
    /// The label.
    #[prop(into)]
    label: Signal<String>,
    /// The text.
    value: RwSignal<String>,
    /// The type of the input, such as `email` or `password`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in, such as `username`; `off` for nothing.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// A hint: what to know before typing.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// The error: what is wrong and what to do.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Whether a value is required.
    #[prop(optional)]
    required: bool,
    /// An example, which disappears when something is typed.
    #[prop(optional, into)]
    placeholder: MaybeProp<String>,
) -> impl IntoView {
    let control = move |id: String, about: String| {
        view! {
            <input
                class="input"
                id=id
                type=kind
                dir="auto"
                autocomplete=autocomplete
                required=required
                placeholder=move || placeholder.get()
                aria-describedby=about
                aria-invalid=move || error.read().is_some().then_some("true")
                bind:value=value
            />
        }
    };
    view! { <Field label=label hint=hint error=error control=control /> }
}

/// A drop-down list. Without a visible label (`bare`) it still has an accessible name.
#[component]
pub fn Select(
    /// The label.
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
    /// A hint: what to know before choosing.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// The error: what is wrong and what to do.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Whether the label is only for screen readers, as in a bar of filters.
    #[prop(optional)]
    bare: bool,
) -> impl IntoView {
    let options = move || {
        choices
            .get()
            .into_iter()
            .map(|choice| {
                let own = choice.value.clone();
                let holds = move || value.read() == own;
                view! { <option value=choice.value selected=holds>{choice.name}</option> }
            })
            .collect_view()
    };
    let control = move |id: Option<String>, about: Option<String>| {
        view! {
            <div class="select-box">
                <select
                    class="select"
                    id=id
                    aria-label=move || bare.then(|| label.get())
                    aria-describedby=about
                    aria-invalid=move || error.read().is_some().then_some("true")
                    prop:value=value
                    on:change:target=move |event| on_pick.run(event.target().value())
                >
                    {options}
                </select>
                <Icon of=LuChevronDown />
            </div>
        }
    };
    if bare {
        control(None, None).into_any()
    } else {
        let control = move |id, about| control(Some(id), Some(about));
        view! { <Field label=label hint=hint error=error control=control /> }.into_any()
    }
}

/// A switch that is on or off.
#[component]
pub fn Toggle(
    /// The label.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it is on.
    #[prop(into)]
    value: Signal<bool>,
    /// Receives the new state.
    #[prop(into)]
    on_change: Callback<bool>,
    /// A hint: what to know before switching.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
) -> impl IntoView {
    let about = fresh_id();
    view! {
        <label class="toggle">
            <input
                type="checkbox"
                role="switch"
                aria-describedby=about.clone()
                prop:checked=value
                on:change:target=move |event| on_change.run(event.target().checked())
            />
            <span>
                {label}
                <span class="soft" id=about>{move || hint.get().map(|hint| format!(" {hint}"))}</span>
            </span>
        </label>
    }
}
