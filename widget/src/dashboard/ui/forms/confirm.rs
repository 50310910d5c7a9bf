//! Asks before what cannot be taken back.

use leptos::html;
use leptos::prelude::*;

/// A dialog that says what will happen; opened by setting `open`. Escape and Cancel close it.
#[component]
pub fn Confirm(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The question, such as "Revoke the key “Website”?".
    #[prop(into)]
    title: Signal<String>,
    /// What the button says that does it, such as "Revoke".
    #[prop(into)]
    act: Signal<String>,
    /// Told when it shall be done.
    #[prop(into)]
    on_yes: Callback<()>,
    /// What follows from it, in a paragraph or a form.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            // One that is open already, or not in the page any more, stays as it is.
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let children = StoredValue::new(children);
    let title_id = StoredValue::new(format!("dialog-{}", super::field::fresh_id()));
    view! {
        <dialog node_ref=dialog aria-labelledby=title_id.get_value() on:close=move |_| open.set(false)>
            <Show when=move || open.get()>
                <div class="body">
                    <h2 id=title_id.get_value()>{title}</h2>
                    {children.with_value(|children| children())}
                    <div class="row end">
                        <button type="button" class="button" on:click=move |_| open.set(false)>"Cancel"</button>
                        <button type="button" class="button main danger" on:click=move |_| {
                            open.set(false);
                            on_yes.run(());
                        }>{act}</button>
                    </div>
                </div>
            </Show>
        </dialog>
    }
}
