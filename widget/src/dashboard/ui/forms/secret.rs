//! A secret that is shown once.

use super::super::states::Note;
use super::super::tag::Tone;
use super::CopyButton;
use leptos::prelude::*;

/// A key or token that was just created and must be copied now: it can never be shown again.
#[component]
pub fn SecretOnce(
    /// What it is, such as "API key".
    #[prop(into)]
    what: Signal<String>,
    /// The secret.
    #[prop(into)]
    secret: Signal<String>,
) -> impl IntoView {
    view! {
        <Note tone=Tone::Amber>
            <b>"Copy this now: it is shown only once."</b>
            <p>"The server stores only a digest, so it cannot be shown again. If you lose it, create a new one."</p>
            <SecretText what=what secret=secret />
        </Note>
    }
}

/// A secret with a button that copies it.
#[component]
pub fn SecretText(
    /// What it is, such as "API key".
    #[prop(into)]
    what: Signal<String>,
    /// The secret.
    #[prop(into)]
    secret: Signal<String>,
) -> impl IntoView {
    view! {
        <div class="code-box">
            <code aria-label=what tabindex="0" role="textbox" aria-readonly="true">{secret}</code>
            <CopyButton text=secret what=Signal::derive(move || format!("the {}", what.get())) />
        </div>
    }
}
