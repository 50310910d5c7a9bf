//! Fields with what belongs to them.

use super::super::icon::Icon;
use super::Choice;
use icondata_lu::{LuChevronDown, LuCircleAlert};
use leptos::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Ids of fields: a label, a hint and an error name the field that they belong to.
pub(super) fn fresh_id() -> String {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    format!("field-{}", LAST.fetch_add(1, Ordering::Relaxed))
}

/// A label, any control, a hint and an error under one another. The control is made with the id
/// that the label names, and with the id of what describes it.
#[component]
pub fn Field<V: IntoView + 'static>(
    /// What is asked for.
    #[prop(into)]
    label: Signal<String>,
    /// What to know before.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// What is wrong and what to do.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Makes the control from its id and the id of its description.
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
                    {move || error.get().map(|error| view! { <Icon of=LuCircleAlert /><span dir="auto">{error}</span> })}
                </p>
            </div>
        </div>
    }
}

/// A line of text.
#[component]
pub fn TextField(
    /// What is asked for.
    #[prop(into)]
    label: Signal<String>,
    /// The text.
    value: RwSignal<String>,
    /// What kind of text the browser shall expect, such as `email` or `password`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in by itself, such as `username`; `off` for nothing.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// What to know before.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// What is wrong and what to do.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Whether it has to be there.
    #[prop(optional)]
    required: bool,
    /// An example, which goes when something is typed.
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

/// One of several, in a list that opens. Without a visible label (`bare`) it is still named.
#[component]
pub fn Select(
    /// What is asked for.
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
    /// What to know before.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// What is wrong and what to do.
    #[prop(optional, into)]
    error: MaybeProp<String>,
    /// Whether the label is only for those who listen, as in a bar of filters.
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

/// Something that is on or off.
#[component]
pub fn Toggle(
    /// What is switched.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it is on.
    #[prop(into)]
    value: Signal<bool>,
    /// Told of the other.
    #[prop(into)]
    on_change: Callback<bool>,
    /// What to know before.
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
