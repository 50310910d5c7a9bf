//! A dialog that asks before an action that cannot be undone.

use leptos::html;
use leptos::prelude::*;

/// A dialog that says what will happen; setting `open` opens it. Escape and Cancel close it.
#[component]
pub fn Confirm(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The question, such as "Revoke the key “Website”?".
    #[prop(into)]
    title: Signal<String>,
    /// The label of the confirming button, such as "Revoke".
    #[prop(into)]
    act: Signal<String>,
    /// Called when the action is confirmed.
    #[prop(into)]
    on_yes: Callback<()>,
    /// The consequences, in a paragraph or a form.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            // A dialog that is already open, or no longer in the page, stays as it is.
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
