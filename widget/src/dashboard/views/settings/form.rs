//! Forms that save something, and say how that went.

use super::guard::Guard;
use crate::dashboard::access::Access;
use crate::dashboard::api::{self, Trouble};
use crate::dashboard::ui::Icon;
use gloo_net::http::Method;
use icondata_lu::{LuCircleAlert, LuCircleCheck};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wasm_bindgen::JsCast;

/// How a change stands with the server.
#[derive(Clone, Copy)]
pub struct Saving {
    access: Access,
    /// Whether an answer is awaited.
    pub busy: RwSignal<bool>,
    said: RwSignal<String>,
    trouble: RwSignal<Option<Trouble>>,
    /// The fields whose errors stand beside them.
    shown: StoredValue<Vec<&'static str>>,
}

impl Saving {
    /// Nothing was sent yet.
    pub fn new() -> Self {
        Self {
            access: Access::here(),
            busy: RwSignal::new(false),
            said: RwSignal::new(String::new()),
            trouble: RwSignal::new(None),
            shown: StoredValue::new(Vec::new()),
        }
    }

    /// What is wrong with a field, to be shown beside it.
    pub fn error(self, field: &'static str) -> Signal<Option<String>> {
        self.shows(field);
        Signal::derive(move || self.wrong(field))
    }

    /// Says that the errors of a field stand beside it; of all lines of a list, where the name
    /// ends in `[`.
    pub fn shows(self, field: &'static str) {
        self.shown.update_value(|shown| shown.push(field));
    }

    /// What is wrong with a field.
    pub fn wrong(self, field: &str) -> Option<String> {
        let trouble = self.trouble.read();
        let mine = trouble.as_ref().filter(|trouble| trouble.field.as_deref() == Some(field));
        mine.map(|trouble| trouble.sentence.clone())
    }

    /// What is wrong and belongs to no field that is shown.
    pub fn elsewhere(self) -> Option<String> {
        let trouble = self.trouble.read();
        let trouble = trouble.as_ref()?;
        let field = trouble.field.as_deref().unwrap_or_default();
        let is_shown = |own: &&str| *own == field || (own.ends_with('[') && field.starts_with(own));
        let beside = self.shown.with_value(|shown| shown.iter().any(is_shown));
        (!beside).then(|| trouble.sentence.clone())
    }

    /// What is said of the change that was last saved.
    pub fn said(self) -> String {
        self.said.get()
    }

    /// Says of a field what is wrong, before the server is asked.
    pub fn refuse(self, field: &str, sentence: &str) {
        self.said.set(String::new());
        self.trouble.set(Some(Trouble {
            status: 0,
            code: String::new(),
            sentence: sentence.to_owned(),
            field: Some(field.to_owned()),
        }));
        focus_wrong();
    }

    /// Says that something was done.
    pub fn tell(self, said: String) {
        self.trouble.set(None);
        self.said.set(said);
    }

    /// Forgets how the change before went.
    pub fn clear(self) {
        self.said.set(String::new());
        self.trouble.set(None);
    }

    /// Sends a change; `done` takes the answer and says what was done. While one is under way,
    /// another one is not sent.
    pub fn send<T: DeserializeOwned + 'static>(
        self,
        method: Method,
        path: String,
        body: Option<Value>,
        done: impl FnOnce(T) -> String + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.clear();
        self.busy.set(true);
        spawn_local(async move {
            let answer = match &body {
                Some(body) => api::send::<T>(self.access, method, &path, body).await,
                None => api::act::<T>(self.access, method, &path).await,
            };
            // The tab may have been left meanwhile.
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

/// Puts the focus on the first field that is wrong, once it is marked.
fn focus_wrong() {
    focus_soon("main [aria-invalid='true']".to_owned());
}

/// Puts the focus on the first field within an element, once it is there.
pub fn focus_first(id: &str) {
    focus_soon(format!("#{id} :is(input, select, textarea)"));
}

fn focus_soon(selector: String) {
    request_animation_frame(move || {
        let wrong = document().query_selector(&selector).ok().flatten();
        if let Some(field) = wrong.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
            // An element of the page takes the focus.
            let _ = field.focus();
        }
    });
}

/// A form with its button. Those who may not change anything see it without.
#[component]
pub fn Form(
    /// How its change stands.
    saving: Saving,
    /// Whether it holds something that is not saved.
    #[prop(into)]
    changed: Signal<bool>,
    /// Told when it shall be saved.
    on_save: Callback<()>,
    /// What the button says.
    #[prop(default = "Save")]
    act: &'static str,
    /// Whether this reader may change it, where that is not the same as for all settings.
    #[prop(optional, into)]
    may: Option<Signal<bool>>,
    /// Further buttons.
    #[prop(optional, into)]
    more: ViewFn,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let access = Access::here();
    let may = may.unwrap_or_else(|| Signal::derive(move || access.may_change()));
    Guard::here().watch(changed);
    // What was said of the change before does not hold for the next one.
    Effect::new(move |before: Option<bool>| {
        let now = changed.get();
        if now && before == Some(false) {
            saving.said.set(String::new());
        }
        now
    });
    let said = move || {
        let said = saving.said();
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
            <Wrong saving=saving />
            <div class="row" hidden=move || !may.get()>
                <button type="submit" class="button main" aria-disabled=move || saving.busy.get().to_string()>{act}</button>
                {move || more.run()}
                <Said text=Signal::derive(said) good=Signal::derive(move || !saving.said().is_empty()) />
            </div>
        </form>
    }
}

/// What is wrong and belongs to no field.
#[component]
pub fn Wrong(
    /// How the change stands.
    saving: Saving,
) -> impl IntoView {
    // While there is nothing, it takes no room.
    view! {
        <div class="field" class:unseen=move || saving.elsewhere().is_none()>
            <p class="error" role="alert">
                {move || saving.elsewhere().map(|what| view! { <Icon of=LuCircleAlert /><span dir="auto">{what}</span> })}
            </p>
        </div>
    }
}

/// What was done, told to those who listen as well.
#[component]
pub fn Said(
    /// The words; empty where nothing was done.
    #[prop(into)]
    text: Signal<String>,
    /// Whether it went well, rather than only stands so.
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
