//! What opens under a button.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// A button with a panel under it. Escape and a press elsewhere close it; Escape gives the focus
/// back to the button.
#[component]
pub fn Menu(
    /// What stands on the button.
    #[prop(into)]
    label: ViewFn,
    /// The button's name where `label` is an icon alone.
    #[prop(optional, into)]
    name: MaybeProp<String>,
    /// The classes of the button.
    #[prop(default = "button")]
    class: &'static str,
    /// Whether the panel ends where the button ends.
    #[prop(optional)]
    end: bool,
    /// Whether it is open; whoever closes it from inside sets it to false.
    #[prop(default = RwSignal::new(false))]
    open: RwSignal<bool>,
    /// The panel.
    children: ChildrenFn,
) -> impl IntoView {
    let whole = NodeRef::<html::Div>::new();
    let button = NodeRef::<html::Button>::new();
    let inside = move |target: Option<web_sys::EventTarget>| {
        let target = target.and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        whole.get_untracked().is_some_and(|whole| whole.contains(target.as_ref()))
    };
    let elsewhere = window_event_listener(leptos::ev::pointerdown, move |event| {
        if open.get_untracked() && !inside(event.target()) {
            open.set(false);
        }
    });
    on_cleanup(move || elsewhere.remove());
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            open.set(false);
            if let Some(button) = button.get_untracked() {
                // An element of the page takes the focus.
                let _ = button.focus();
            }
        }
    };
    // Tab out of the panel closes it, as a press elsewhere does.
    let on_leave = move |event: leptos::ev::FocusEvent| {
        if event.related_target().is_some() && !inside(event.related_target()) {
            open.set(false);
        }
    };
    let children = StoredValue::new(children);
    view! {
        <div class="menu" class:end=end node_ref=whole on:keydown=on_key on:focusout=on_leave>
            <button
                type="button"
                class=class
                node_ref=button
                aria-expanded=move || open.get().to_string()
                aria-label=move || name.get()
                title=move || name.get()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {move || label.run()}
            </button>
            <Show when=move || open.get()>
                <div class="panel">{children.with_value(|children| children())}</div>
            </Show>
        </div>
    }
}
