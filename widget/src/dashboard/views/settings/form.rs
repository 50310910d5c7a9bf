//! Forms that save a change and show the result.

use super::guard::Guard;
use crate::dashboard::access::Access;
use crate::dashboard::api::{self, ApiError};
use crate::dashboard::error_words::join_label;
use crate::dashboard::ui::{Icon, focus_soon};
use gloo_net::http::Method;
use icondata_lu::{LuCircleAlert, LuCircleCheck};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The state of a change that is sent to the server.
#[derive(Clone, Copy)]
pub struct SaveState {
    access: Access,
    /// Whether the answer is awaited.
    pub busy: RwSignal<bool>,
    said: RwSignal<String>,
    trouble: RwSignal<Option<ApiError>>,
    /// The fields that show their own errors.
    shown: StoredValue<Vec<&'static str>>,
}

impl SaveState {
    /// Creates the state before anything was sent.
    pub fn new() -> Self {
        Self {
            access: Access::from_context(),
            busy: RwSignal::new(false),
            said: RwSignal::new(String::new()),
            trouble: RwSignal::new(None),
            shown: StoredValue::new(Vec::new()),
        }
    }

    /// Returns the error of a field, to show it below the field's label, which it may continue:
    /// `is missing.`
    pub fn field_error(self, field: &'static str) -> Signal<Option<String>> {
        self.show_beside(field);
        Signal::derive(move || self.find_error(field, |trouble| trouble.after_name.clone()))
    }

    /// Returns the error of a field as a whole sentence, to show it there.
    pub fn whole_error(self, field: &'static str) -> Signal<Option<String>> {
        self.show_beside(field);
        Signal::derive(move || self.error_of(field))
    }

    /// Registers a field that shows its own errors; a name that ends in `[` or `.` covers all lines of
    /// a list.
    pub fn show_beside(self, field: &'static str) {
        self.shown.update_value(|shown| shown.push(field));
    }

    /// Returns the error of a field as a whole sentence.
    pub fn error_of(self, field: &str) -> Option<String> {
        self.find_error(field, |trouble| trouble.sentence.clone())
    }

    /// Returns the error of a field with its label in place of its name.
    pub fn labeled_error(self, field: &str, label: &str) -> Option<String> {
        self.find_error(field, |trouble| join_label(label, &trouble.after_name))
    }

    fn find_error(self, field: &str, text: impl FnOnce(&ApiError) -> String) -> Option<String> {
        let trouble = self.trouble.read();
        trouble.as_ref().filter(|trouble| trouble.field.as_deref() == Some(field)).map(text)
    }

    /// Returns the error that no shown field has.
    pub fn other_error(self) -> Option<String> {
        let trouble = self.trouble.read();
        let trouble = trouble.as_ref()?;
        let field = trouble.field.as_deref().unwrap_or_default();
        let is_shown =
            |own: &&str| *own == field || (own.ends_with(['[', '.']) && field.starts_with(own));
        let beside = self.shown.with_value(|shown| shown.iter().any(is_shown));
        (!beside).then(|| trouble.sentence.clone())
    }

    /// Returns the text about the last saved change.
    pub fn success_text(self) -> String {
        self.said.get()
    }

    /// Sets the error of a field without asking the server.
    pub fn set_error(self, field: &str, sentence: &str) {
        self.said.set(String::new());
        let trouble = ApiError::from_sentence(0, sentence.to_owned());
        self.trouble.set(Some(ApiError { field: Some(field.to_owned()), ..trouble }));
        focus_wrong();
    }

    /// Sets the text about a completed change.
    pub fn set_success(self, said: String) {
        self.trouble.set(None);
        self.said.set(said);
    }

    /// Clears the result of the previous change.
    pub fn clear_result(self) {
        self.said.set(String::new());
        self.trouble.set(None);
    }

    /// Sends a change; `done` receives the answer and returns the text about it. Does nothing while
    /// another change is being sent.
    pub fn send_change<T: DeserializeOwned + 'static>(
        self,
        method: Method,
        path: String,
        body: Option<Value>,
        done: impl FnOnce(T) -> String + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.clear_result();
        self.busy.set(true);
        spawn_local(async move {
            let answer = match &body {
                Some(body) => api::send_json::<T>(self.access, method, &path, body).await,
                None => api::send_empty::<T>(self.access, method, &path).await,
            };
            // The tab may have been left.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(answer) => {
                    let said = done(answer);
                    self.said.try_set(said);
                }
                Err(trouble) => {
                    self.trouble.set(Some(trouble));
                    focus_wrong();
                }
            }
        });
    }
}

/// Focuses the first wrong field, once it is marked.
fn focus_wrong() {
    focus_soon("main [aria-invalid='true']".to_owned());
}

/// Focuses the first field within an element, once it is in the page.
pub fn focus_first(id: &str) {
    focus_soon(format!("#{id} :is(input, select, textarea)"));
}

/// A form with its button. Users who may not change anything see it without.
#[component]
pub fn Form(
    /// The state of its change.
    saving: SaveState,
    /// Whether the form holds unsaved changes.
    #[prop(into)]
    changed: Signal<bool>,
    /// Called to save.
    on_save: Callback<()>,
    /// The label of the button.
    #[prop(default = "Save")]
    act: &'static str,
    /// Whether the user may change the form, if that differs from other settings.
    #[prop(optional, into)]
    may: Option<Signal<bool>>,
    /// More buttons.
    #[prop(optional, into)]
    more: ViewFn,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let access = Access::from_context();
    let may = may.unwrap_or_else(|| Signal::derive(move || access.may_change()));
    Guard::from_context().watch_form(changed);
    // The result of the previous change does not apply to the next one.
    Effect::new(move |before: Option<bool>| {
        let now = changed.get();
        if now && before == Some(false) {
            saving.said.set(String::new());
        }
        now
    });
    let said = move || {
        let said = saving.success_text();
        if changed.get() && said.is_empty() { "Not saved yet.".to_owned() } else { said }
    };
    view! {
        <form
            class="stack"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                on_save.run(());
            }
        >
            <fieldset class="stack" disabled=move || !may.get()>{children()}</fieldset>
            <FormError saving=saving />
            <div class="row" hidden=move || !may.get()>
                <button type="submit" class="button main" aria-disabled=move || saving.busy.get().to_string()>{act}</button>
                {move || more.run()}
                <StatusText text=Signal::derive(said) good=Signal::derive(move || !saving.success_text().is_empty()) />
            </div>
        </form>
    }
}

/// The error that belongs to no field.
#[component]
pub fn FormError(
    /// The state of the change.
    saving: SaveState,
) -> impl IntoView {
    // Takes no room while there is no error.
    view! {
        <div class="field" class:unseen=move || saving.other_error().is_none()>
            <p class="error" role="alert">
                {move || saving.other_error().map(|what| view! { <Icon of=LuCircleAlert /><span dir="auto">{what}</span> })}
            </p>
        </div>
    }
}

/// The result of an action, announced to screen readers, too.
#[component]
pub fn StatusText(
    /// The text; empty if nothing was done.
    #[prop(into)]
    text: Signal<String>,
    /// Whether to mark the text as a success.
    #[prop(into)]
    good: Signal<bool>,
) -> impl IntoView {
    view! {
        <span class="row soft" role="status">
            {move || good.get().then(|| view! { <Icon of=LuCircleCheck /> })}
            <span dir="auto">{text}</span>
        </span>
    }
}
