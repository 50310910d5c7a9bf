//! What a line asks for, and the line under which it is offered; what it does is in `effects`.

use super::effects::{EffectsOfLine, acts_text};
use super::line::{DispositionLine, LinePosition};
use crate::dashboard::ui::{Icon, format};
use call_ribbon_shared::wire::{OutcomeField, OutcomeFieldKind};
use icondata_lu::{LuPlus, LuX};
use leptos::prelude::*;

/// The kinds of fields, and their labels.
const KINDS: [(OutcomeFieldKind, &str); 4] = [
    (OutcomeFieldKind::Date, "Date"),
    (OutcomeFieldKind::Amount, "Amount"),
    (OutcomeFieldKind::Choice, "Choice"),
    (OutcomeFieldKind::Text, "Text"),
];

/// A field of a line, as it is typed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FieldLine {
    id: usize,
    name: RwSignal<String>,
    label: RwSignal<String>,
    kind: RwSignal<OutcomeFieldKind>,
    /// The choices, one in each line.
    choices: RwSignal<String>,
    optional: RwSignal<bool>,
}

impl FieldLine {
    /// Creates a field from a saved one. Its id is unique in its line.
    pub fn new(id: usize, field: &OutcomeField) -> Self {
        Self {
            id,
            name: RwSignal::new(field.name.clone()),
            label: RwSignal::new(field.label.clone()),
            kind: RwSignal::new(field.kind),
            choices: RwSignal::new(field.choices.join("\n")),
            optional: RwSignal::new(field.optional),
        }
    }

    /// Returns the field to send.
    pub fn to_field(self) -> OutcomeField {
        let kind = self.kind.get();
        let choices = self.choices.read();
        let choices = choices.lines().map(str::trim).filter(|choice| !choice.is_empty());
        let choices = choices.map(str::to_owned).filter(|_| kind == OutcomeFieldKind::Choice);
        OutcomeField {
            name: self.name.read().trim().to_owned(),
            label: self.label.read().trim().to_owned(),
            kind,
            choices: choices.collect(),
            optional: self.optional.get(),
        }
    }
}

/// What a line asks for and does, and its heading, folded away.
#[expect(clippy::large_types_passed_by_value, reason = "a component owns its properties")]
#[component]
pub fn LineDetails(place: LinePosition) -> impl IntoView {
    let line = place.line;
    let summary = move || {
        let fields = line.fields.read().len();
        let asks = match fields {
            0 => "Asks for nothing".to_owned(),
            count => {
                let count = i64::try_from(count).unwrap_or_default();
                format!("Asks for {}", format::count(count, "field", "fields"))
            }
        };
        let mut parts = vec![asks];
        parts.extend(acts_text(&line.does.read(), &line.code()).into_iter().map(str::to_owned));
        let parent = line.parent.get();
        if !parent.is_empty() {
            parts.push(format!("under {parent}"));
        }
        parts.join(", ")
    };
    let named = move || place.accessible_name("Details of line");
    let add = move |_| {
        let id =
            line.fields.read_untracked().iter().map(|field| field.id).max().unwrap_or_default() + 1;
        let field = OutcomeField {
            name: String::new(),
            label: String::new(),
            kind: OutcomeFieldKind::Text,
            choices: Vec::new(),
            optional: false,
        };
        line.fields.update(|fields| fields.push(FieldLine::new(id, &field)));
    };
    view! {
        <details class="line-details">
            <summary><span>{summary}</span><span class="unseen">" – "{named}</span></summary>
            <div class="stack">
                <HeadingOfLine place=place />
                <div class="field" role="group" aria-label=move || place.accessible_name("Fields of line")>
                    <span class="label">"What the agent fills in"</span>
                    <div class="line field-line line-heads" aria-hidden="true" hidden=move || line.fields.read().is_empty()>
                        <span>"Label"</span><span>"Name in the data"</span><span>"Kind"</span>
                    </div>
                    <ol class="lines numbered">
                        <For each=move || line.fields.get() key=|field| field.id children=move |field| {
                            view! { <FieldOfLine field=field place=place /> }
                        } />
                    </ol>
                    <div><button type="button" class="button small" on:click=add><Icon of=LuPlus />"Ask for a field"</button></div>
                </div>
                <EffectsOfLine place=place />
            </div>
        </details>
    }
}

/// The line under which this one is offered.
#[component]
fn HeadingOfLine(place: LinePosition) -> impl IntoView {
    let line = place.line;
    let options = move || {
        let lines = place.lines.read();
        let others =
            lines.iter().filter(|other| other.id != line.id && other.parent.read().is_empty());
        let mut choices: Vec<(String, String)> =
            others.map(|other| (other.code(), other.label())).collect();
        choices.retain(|(code, _)| !code.is_empty());
        let chosen = line.parent.get();
        if !chosen.is_empty() && choices.iter().all(|(code, _)| *code != chosen) {
            choices.push((chosen.clone(), chosen));
        }
        choices
            .into_iter()
            .map(|(code, label)| {
                let own = code.clone();
                view! { <option value=code selected=move || line.parent.get() == own>{label}</option> }
            })
            .collect_view()
    };
    let wrong = place.error_of("parent");
    view! {
        <label class="field">
            <span class="label">"Offered under"</span>
            <select
                class="input"
                aria-label=move || place.accessible_name("Heading of line")
                aria-invalid=move || wrong.read().is_some().then_some("true")
                on:change:target=move |event| line.parent.set(event.target().value())
            >
                <option value="" selected=move || line.parent.read().is_empty()>"No heading"</option>
                {options}
            </select>
        </label>
    }
}

/// A field of a line.
#[component]
fn FieldOfLine(field: FieldLine, place: LinePosition) -> impl IntoView {
    let line: DispositionLine = place.line;
    let at = Memo::new(move |_| {
        line.fields.read().iter().position(|other| other.id == field.id).unwrap_or_default()
    });
    let named = move |what: &str| format!("{what} {} of line {}", at.get() + 1, place.number());
    let error_of = move |part: &str| place.error_of_field(at.get(), part);
    let wrong = move |part: &'static str| move || error_of(part).is_some().then_some("true");
    let remove = move |_| {
        // An error belongs to an index, which now has another field.
        place.saving.clear_result();
        line.fields.update(|fields| fields.retain(|other| other.id != field.id));
    };
    let kinds = KINDS.map(|(kind, name)| {
        view! { <option value=kind.as_str() selected=move || field.kind.get() == kind>{name}</option> }
    });
    let pick = move |event: web_sys::Event| {
        let value = event_target_value(&event);
        if let Some((kind, _)) = KINDS.iter().find(|(kind, _)| kind.as_str() == value) {
            field.kind.set(*kind);
        }
    };
    let about = format!("line-{}-field-{}", line.id, field.id);
    let choices = {
        let about = about.clone();
        move || {
            let about = about.clone();
            (field.kind.get() == OutcomeFieldKind::Choice).then(|| {
                view! {
                    <textarea class="input" dir="auto" rows="3" placeholder="One choice in each line" aria-label=move || named("Choices of field") aria-describedby=about aria-invalid=wrong("choices") bind:value=field.choices></textarea>
                }
            })
        }
    };
    view! {
        <li>
            <div class="line field-line">
                <input class="input" dir="auto" maxlength="60" placeholder="Amount" aria-label=move || named("Label of field") aria-describedby=about.clone() aria-invalid=wrong("label") bind:value=field.label />
                <input class="input code" maxlength="64" placeholder="amount" autocapitalize="none" spellcheck="false" aria-label=move || named("Name of field") aria-describedby=about.clone() aria-invalid=wrong("name") bind:value=field.name />
                <select class="input kind" aria-label=move || named("Kind of field") on:change=pick>{kinds.into_iter().collect_view()}</select>
                <label class="check"><input type="checkbox" aria-label=move || format!("Optional: {}", named("field")) bind:checked=field.optional />"optional"</label>
                <button type="button" class="button quiet only" title=move || named("Remove field") on:click=remove>
                    <Icon of=LuX /><span class="unseen">{move || named("Remove field")}</span>
                </button>
            </div>
            {choices}
            <div class="field" id=about>
                <p class="error" role="alert">{move || ["name", "label", "choices"].into_iter().find_map(error_of)}</p>
            </div>
        </li>
    }
}
