//! A dialog that asks why something is removed or withdrawn.

use crate::dashboard::ui::{Confirm, TextField};
use crate::dashboard::views::settings::form::SaveState;
use leptos::prelude::*;

/// What is about to be removed: its path in the API and its name.
#[derive(Clone, Copy)]
pub struct ReasonAsked {
    /// The path that takes the reason.
    pub path: RwSignal<String>,
    /// What the dialog asks, such as “Allow calls to +91… again?”.
    title: RwSignal<String>,
    reason: RwSignal<String>,
    open: RwSignal<bool>,
    /// The state of the change.
    pub saving: SaveState,
}

impl ReasonAsked {
    /// Creates the state in which nothing is asked.
    pub fn new() -> Self {
        Self {
            path: RwSignal::new(String::new()),
            title: RwSignal::new(String::new()),
            reason: RwSignal::new(String::new()),
            open: RwSignal::new(false),
            saving: SaveState::new(),
        }
    }

    /// Asks for a reason.
    pub fn ask(self, path: String, title: String) {
        self.saving.clear_result();
        self.reason.set(String::new());
        self.path.set(path);
        self.title.set(title);
        self.open.set(true);
    }
}

/// The dialog.
#[component]
pub fn ReasonDialog(
    /// What is asked.
    asked: ReasonAsked,
    /// The label of the button.
    act: &'static str,
    /// What follows.
    about: &'static str,
    /// Receives the reason.
    #[prop(into)]
    on_reason: Callback<String>,
) -> impl IntoView {
    let error = asked.saving.field_error("reason");
    // The server may refuse a reason; the dialog then says so.
    Effect::new(move |_| {
        if error.read().is_some() {
            asked.open.set(true);
        }
    });
    let send = move |()| {
        let reason = asked.reason.get_untracked().trim().to_owned();
        if reason.is_empty() {
            asked.open.set(true);
            asked.saving.set_error("reason", "Say why; it stays with the entry.");
        } else {
            on_reason.run(reason);
        }
    };
    view! {
        <Confirm open=asked.open title=asked.title act=act on_yes=send>
            <p>{about}</p>
            <TextField label="Reason" value=asked.reason required=true error=error />
        </Confirm>
    }
}
