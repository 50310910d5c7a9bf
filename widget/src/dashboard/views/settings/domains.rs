//! The domains whose pages may use this client's keys.

use super::client::Shown;
use super::form::{Form, SaveState};
use crate::dashboard::access::Access;
use crate::dashboard::load::load_json;
use crate::dashboard::ui::{Card, Icon, Note, Tone};
use crate::dashboard::views::answer::render_answer;
use gloo_net::http::Method;
use icondata_lu::{LuCircleAlert, LuPlus, LuX};
use leptos::prelude::*;
use serde_json::json;
use wasm_bindgen::JsCast;

/// The server's name of a line, without its index.
const FIELD: &str = "allowedDomains[";

/// A line with a stable id, so that typing continues when lines before it are removed.
#[derive(Clone, Copy, PartialEq, Eq)]
struct DomainLine {
    id: usize,
    text: RwSignal<String>,
}

/// The tab.
#[component]
pub fn Domains() -> impl IntoView {
    let access = Access::from_context();
    let loaded = load_json::<Shown>(move || Some(access.settings_path("")));
    view! {
        <Card title="Which pages may use this client's keys?">
            {render_answer(loaded, |client| view! { <Lines kept=client.allowed_domains /> }.into_any())}
        </Card>
    }
}

#[component]
fn Lines(kept: Vec<String>) -> impl IntoView {
    let access = Access::from_context();
    let saving = SaveState::new();
    saving.show_beside(FIELD);
    let last = StoredValue::new(0);
    let line = move |text: String| {
        last.update_value(|last| *last += 1);
        DomainLine { id: last.get_value(), text: RwSignal::new(text) }
    };
    let lines = RwSignal::new(kept.iter().cloned().map(line).collect::<Vec<_>>());
    let kept = RwSignal::new(kept);
    let texts = move || -> Vec<String> {
        let lines = lines.read();
        let texts = lines.iter().map(|line| line.text.read().trim().to_owned());
        texts.filter(|text| !text.is_empty()).collect()
    };
    let changed = Memo::new(move |_| texts() != *kept.read());
    let add = move |_| {
        let fresh = line(String::new());
        lines.update(|lines| lines.push(fresh));
        focus_line(fresh.id);
    };
    let save = Callback::new(move |()| {
        // Empty lines are removed, so that an index in the server's answer is that of a shown line.
        lines.update(|lines| lines.retain(|line| !line.text.read_untracked().trim().is_empty()));
        let body = json!({"allowedDomains": untrack(texts)});
        saving.send_change(
            Method::PATCH,
            access.settings_path(""),
            Some(body),
            move |client: Shown| {
                kept.set(client.allowed_domains);
                "Saved. It applies from the next request.".to_owned()
            },
        );
    });
    let open_to_all = Memo::new(move |_| lines.read().is_empty());
    view! {
        <Form saving=saving changed=changed on_save=save>
            <p class="soft">
                "One host per line, as the browser shows it: "<code>"crm.example.com"</code>", "<code>"*.example.com"</code>
                " for all its subdomains, or "<code>"localhost:3000"</code>" with a port."
            </p>
            <Show when=move || open_to_all.get()>
                <Note tone=Tone::Amber>"The list is empty, so any page may use the keys. Add the domain of your CRM."</Note>
            </Show>
            <ul class="lines">
                <For each=move || lines.get() key=|line| line.id children=move |line| {
                    view! { <OneLine line=line lines=lines saving=saving /> }
                } />
            </ul>
            <div><button type="button" class="button small" on:click=add><Icon of=LuPlus />"Add a domain"</button></div>
        </Form>
    }
}

#[component]
fn OneLine(line: DomainLine, lines: RwSignal<Vec<DomainLine>>, saving: SaveState) -> impl IntoView {
    let place = Memo::new(move |_| {
        lines.read().iter().position(|other| other.id == line.id).unwrap_or_default()
    });
    let error = Memo::new(move |_| saving.error_of(&format!("{FIELD}{}]", place.get())));
    let about = format!("domain-{}-about", line.id);
    let remove = move |_| {
        // An error belongs to an index, which now has another line.
        saving.clear_result();
        lines.update(|lines| lines.retain(|other| other.id != line.id));
    };
    view! {
        <li>
            <div class="line">
                <input
                    class="input"
                    id=format!("domain-{}", line.id)
                    aria-label=move || format!("Domain {}", place.get() + 1)
                    aria-describedby=about.clone()
                    aria-invalid=move || error.read().is_some().then_some("true")
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    placeholder="crm.example.com"
                    bind:value=line.text
                />
                <button type="button" class="button quiet only" title=move || format!("Remove domain {}", place.get() + 1) on:click=remove>
                    <Icon of=LuX /><span class="unseen">{move || format!("Remove domain {}", place.get() + 1)}</span>
                </button>
            </div>
            <div class="field" id=about>
                <p class="error" role="alert">
                    {move || error.get().map(|error| view! { <Icon of=LuCircleAlert /><span dir="auto">{error}</span> })}
                </p>
            </div>
        </li>
    }
}

fn focus_line(id: usize) {
    request_animation_frame(move || {
        let field = document().get_element_by_id(&format!("domain-{id}"));
        if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
            // Focusing an element of the page cannot fail.
            let _ = field.focus();
        }
    });
}
