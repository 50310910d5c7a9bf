//! Tabs of a page, of which one is shown.

use super::Choice;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Tabs; the arrow keys move from one to the next. The view shows the content of the selected tab.
#[component]
pub fn Tabs(
    /// What is selected, for screen readers.
    #[prop(into)]
    label: Signal<String>,
    /// The tabs.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// The selected tab.
    #[prop(into)]
    value: Signal<String>,
    /// Receives the newly selected tab.
    #[prop(into)]
    on_pick: Callback<String>,
) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
    let on_key = move |event: KeyboardEvent| {
        let choices = choices.read_untracked();
        let here =
            choices.iter().position(|choice| choice.value == *value.read_untracked()).unwrap_or(0);
        let to = match event.key().as_str() {
            "ArrowRight" => (here + 1).min(choices.len().saturating_sub(1)),
            "ArrowLeft" => here.saturating_sub(1),
            "Home" => 0,
            "End" => choices.len().saturating_sub(1),
            _ => return,
        };
        event.prevent_default();
        let picked = choices.get(to).map(|choice| choice.value.clone());
        drop(choices);
        if let Some(picked) = picked {
            on_pick.run(picked);
            focus_tab(list, to);
        }
    };
    view! {
        <div class="tabs" role="tablist" aria-label=label node_ref=list on:keydown=on_key>
            <For
                each=move || choices.get()
                key=|choice| (choice.value.clone(), choice.name.clone())
                children=move |Choice { value: own, name }| {
                    let picked = own.clone();
                    let holds = Memo::new(move |_| value.read() == own);
                    view! {
                        <button
                            type="button"
                            role="tab"
                            aria-selected=move || holds.get().to_string()
                            tabindex=move || if holds.get() { "0" } else { "-1" }
                            on:click=move |_| on_pick.run(picked.clone())
                        >
                            {name}
                        </button>
                    }
                }
            />
        </div>
    }
}

fn focus_tab(list: NodeRef<html::Div>, place: usize) {
    let tab = list
        .get_untracked()
        .and_then(|list| list.children().item(u32::try_from(place).ok()?))
        .and_then(|tab| tab.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(tab) = tab {
        // Focusing an element of the page cannot fail.
        let _ = tab.focus();
    }
}
