//! A button that copies a text to the clipboard.

use super::super::icon::Icon;
use icondata_lu::{LuCheck, LuCopy};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

/// The result of a press.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CopyResult {
    NotYet,
    Copied,
    Refused,
}

/// A button that copies a text and says whether it succeeded.
#[component]
pub fn CopyButton(
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// What the text is, such as "the embed snippet".
    #[prop(into)]
    what: Signal<String>,
) -> impl IntoView {
    let went = RwSignal::new(CopyResult::NotYet);
    let press = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            let done = JsFuture::from(window().navigator().clipboard().write_text(&text)).await;
            went.set(if done.is_ok() { CopyResult::Copied } else { CopyResult::Refused });
        });
    };
    let word = move || if went.get() == CopyResult::Copied { "Copied" } else { "Copy" };
    let icon = move || view! { <Icon of=if went.get() == CopyResult::Copied { LuCheck } else { LuCopy } /> };
    let said = move || match went.get() {
        CopyResult::NotYet => String::new(),
        CopyResult::Copied => format!("Copied {}.", what.get()),
        CopyResult::Refused => {
            "The browser did not allow copying. Select the text and copy it yourself.".to_owned()
        }
    };
    view! {
        <button
            type="button"
            class="button small"
            title=move || (went.get() == CopyResult::Refused).then(said)
            on:click=press
            // The next press starts over.
            on:blur=move |_| went.set(CopyResult::NotYet)
        >
            {icon}{word}<span class="unseen">" "{what}</span>
        </button>
        <span class="unseen" role="status">{said}</span>
    }
}
