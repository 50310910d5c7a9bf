//! A button that opens a panel.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// A button with a panel under it. Escape, a press elsewhere and a choice in the panel close it. The
/// focus then returns to the button, unless it has moved elsewhere.
#[component]
pub fn Menu(
    /// The content of the button.
    #[prop(into)]
    label: ViewFn,
    /// The accessible name of the button if `label` is only an icon.
    #[prop(optional, into)]
    name: MaybeProp<String>,
    /// The CSS classes of the button.
    #[prop(default = "button")]
    class: &'static str,
    /// Whether the panel is aligned with the button's end.
    #[prop(optional)]
    end: bool,
    /// Whether the panel is open; content that closes the panel sets it to false.
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
    // Whether the focus belongs elsewhere when the panel closes.
    let has_left = StoredValue::new(false);
    let leave = move || {
        has_left.set_value(true);
        open.set(false);
    };
    let elsewhere = window_event_listener(leptos::ev::pointerdown, move |event| {
        if open.get_untracked() && !inside(event.target()) {
            leave();
        }
    });
    on_cleanup(move || elsewhere.remove());
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            open.set(false);
        }
    };
    let follow_focus = move |now: &bool, before: Option<&bool>, _: Option<()>| {
        if *now {
            has_left.set_value(false);
        } else if before == Some(&true)
            && !has_left.get_value()
            && let Some(button) = button.get_untracked()
        {
            // Focusing an element of the page cannot fail.
            let _ = button.focus();
        }
    };
    Effect::watch(move || open.get(), follow_focus, false);
    // Moving the focus out of the panel closes it, as a press elsewhere does.
    let on_leave = move |event: leptos::ev::FocusEvent| {
        if event.related_target().is_some() && !inside(event.related_target()) {
            leave();
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
