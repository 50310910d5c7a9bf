//! One line of the list: code, label, position, and what it asks for.

use super::super::form::SaveState;
use super::FIELD;
use super::fields::{FieldLine, LineDetails};
use crate::dashboard::ui::Icon;
use call_ribbon_shared::wire::{Disposition, OutcomeAct, OutcomeKind, OutcomeResult};
use icondata_lu::{LuArrowDown, LuArrowUp, LuCircleAlert, LuX};
use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// A line with a stable id, so that typing continues when the line moves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DispositionLine {
    /// The line's id.
    pub id: usize,
    code: RwSignal<String>,
    label: RwSignal<String>,
    /// The call types, separated by commas.
    call_types: RwSignal<String>,
    /// The name of its kind; empty for none.
    kind: RwSignal<String>,
    /// The code of the line under which it is offered; empty for none.
    pub parent: RwSignal<String>,
    /// What it asks for.
    pub fields: RwSignal<Vec<FieldLine>>,
    /// What it does.
    pub does: RwSignal<Vec<OutcomeAct>>,
    /// The name of how the call went; empty if that is not said.
    pub outcome: RwSignal<String>,
    /// The minutes until its follow-up, as they are typed.
    pub minutes: RwSignal<String>,
    /// Whether its code was saved before, so that figures may be grouped by it.
    is_kept: bool,
}

impl DispositionLine {
    /// Creates a line from a saved disposition.
    pub fn new(id: usize, one: &Disposition) -> Self {
        let (code, label) = (RwSignal::new(one.code.clone()), RwSignal::new(one.label.clone()));
        let call_types = RwSignal::new(one.call_types.join(", "));
        let kind = RwSignal::new(one.kind.map(OutcomeKind::as_str).unwrap_or_default().to_owned());
        Self {
            id,
            code,
            label,
            call_types,
            kind,
            parent: RwSignal::new(one.parent.clone().unwrap_or_default()),
            fields: RwSignal::new(
                one.requires
                    .iter()
                    .enumerate()
                    .map(|(id, field)| FieldLine::new(id, field))
                    .collect(),
            ),
            does: RwSignal::new(one.does.clone()),
            outcome: RwSignal::new(
                one.outcome.map(OutcomeResult::as_str).unwrap_or_default().to_owned(),
            ),
            minutes: RwSignal::new(
                one.follow_up_after_minutes.map(|minutes| minutes.to_string()).unwrap_or_default(),
            ),
            is_kept: !one.code.is_empty(),
        }
    }

    /// Returns its code as it is typed.
    pub fn code(self) -> String {
        self.code.read().trim().to_owned()
    }

    /// Returns its label as it is typed.
    pub fn label(self) -> String {
        self.label.read().trim().to_owned()
    }

    /// Returns the disposition to send.
    pub fn to_disposition(self) -> Disposition {
        let parent = self.parent.get();
        let call_types = self.call_types.read();
        let call_types = call_types.split(',').map(str::trim).filter(|fit| !fit.is_empty());
        let call_types = call_types.map(str::to_owned).collect();
        let does = self.does.get();
        let follows = does.contains(&OutcomeAct::FollowUp) || does.contains(&OutcomeAct::Retry);
        let minutes = self.minutes.read();
        // What is no number is sent as 0, which the server refuses.
        let minutes = Some(minutes.trim()).filter(|text| follows && !text.is_empty());
        Disposition {
            code: self.code(),
            label: self.label(),
            call_types,
            kind: OutcomeKind::parse(&self.kind.read()),
            parent: (!parent.is_empty()).then_some(parent),
            requires: self.fields.read().iter().map(|field| field.to_field()).collect(),
            does,
            outcome: OutcomeResult::parse(&self.outcome.read()),
            follow_up_after_minutes: minutes.map(|text| text.parse().unwrap_or_default()),
        }
    }
}

/// Makes a code from a label, for a line without one: `Will pay in part` becomes
/// `will_pay_in_part`.
fn code_of(label: &str) -> String {
    let plain = label.to_lowercase();
    let words = plain.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join("_").chars().take(64).collect()
}

/// Returns the label of a part of a line, or of one of its fields.
fn part_label(part: &str) -> &'static str {
    match part {
        "code" => "Code",
        "label" => "Label",
        "callTypes" => "Call types",
        "parent" => "Offered under",
        "requires" => "What it asks for",
        "does" => "What happens",
        "outcome" => "How the call went",
        "followUpAfterMinutes" => "Follow-up after minutes",
        "name" => "Name",
        "choices" => "Choices",
        _ => "",
    }
}

/// A line and its position in the list.
#[derive(Clone, Copy)]
pub struct LinePosition {
    /// The line.
    pub line: DispositionLine,
    /// All lines.
    pub lines: RwSignal<Vec<DispositionLine>>,
    /// The state of the change.
    pub saving: SaveState,
    /// The index.
    at: Memo<usize>,
}

impl LinePosition {
    /// Returns a name for screen readers, such as "Label 3".
    pub fn accessible_name(self, what: &str) -> String {
        format!("{what} {}", self.number())
    }

    /// Returns its number, from 1.
    pub fn number(self) -> usize {
        self.at.get() + 1
    }

    /// Returns the error of a part of one of its fields.
    pub fn error_of_field(self, field: usize, part: &str) -> Option<String> {
        let name = format!("{FIELD}{}].requires[{field}].{part}", self.at.get());
        self.saving.labeled_error(&name, part_label(part))
    }

    fn is_last(self) -> bool {
        self.at.get() + 1 == self.lines.read().len()
    }

    /// Returns the error of a part of the line.
    pub fn error_of(self, part: &'static str) -> Memo<Option<String>> {
        Memo::new(move |_| {
            let name = format!("{FIELD}{}].{part}", self.at.get());
            self.saving.labeled_error(&name, part_label(part))
        })
    }

    /// Moves the line by one position; `element` keeps the focus although it is inserted again.
    fn move_line(self, down: bool, element: Option<web_sys::EventTarget>) {
        let from = self.at.get_untracked();
        let to = if down { from + 1 } else { from.wrapping_sub(1) };
        if to < self.lines.read_untracked().len() {
            // An error belongs to an index, which now has another line.
            self.saving.clear_result();
            self.lines.update(|lines| lines.swap(from, to));
        }
        if let Some(element) = element.and_then(|element| element.dyn_into::<Element>().ok()) {
            restore_focus(element);
        }
    }

    fn remove_line(self) {
        self.saving.clear_result();
        self.lines.update(|lines| lines.retain(|other| other.id != self.line.id));
    }
}

#[component]
pub fn OneLine(
    line: DispositionLine,
    lines: RwSignal<Vec<DispositionLine>>,
    saving: SaveState,
) -> impl IntoView {
    let at = Memo::new(move |_| {
        lines.read().iter().position(|other| other.id == line.id).unwrap_or_default()
    });
    let place = LinePosition { line, lines, saving, at };
    let (wrong_code, wrong_label) = (place.error_of("code"), place.error_of("label"));
    let wrong_types = place.error_of("callTypes");
    // What the form does not show: the line above was removed, or has another code.
    let wrong_rest = ["parent", "requires", "does", "outcome", "followUpAfterMinutes"]
        .map(|part| place.error_of(part));
    let error = move || {
        let shown = [wrong_code, wrong_label, wrong_types];
        shown.into_iter().chain(wrong_rest).find_map(|wrong| wrong.get())
    };
    // The code of a new line follows its label until the user edits it.
    let follows = StoredValue::new(!line.is_kept);
    let about = format!("disposition-{}-about", line.id);
    let on_key = move |event: KeyboardEvent| {
        let down = event.key() == "ArrowDown";
        if event.alt_key() && (down || event.key() == "ArrowUp") {
            event.prevent_default();
            place.move_line(down, event.target());
        }
    };
    view! {
        <li on:keydown=on_key>
            <div class="line outcome-line">
                <input
                    class="input"
                    id=format!("disposition-{}-label", line.id)
                    dir="auto"
                    maxlength="60"
                    placeholder="Promise to pay"
                    aria-label=move || place.accessible_name("Label")
                    aria-describedby=about.clone()
                    aria-invalid=move || wrong_label.read().is_some().then_some("true")
                    prop:value=line.label
                    on:input:target=move |event| {
                        let label = event.target().value();
                        if follows.get_value() {
                            line.code.set(code_of(&label));
                        }
                        line.label.set(label);
                    }
                />
                <input
                    class="input code"
                    maxlength="64"
                    placeholder="promise_to_pay"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-label=move || place.accessible_name("Code")
                    aria-describedby=about.clone()
                    aria-invalid=move || wrong_code.read().is_some().then_some("true")
                    prop:value=line.code
                    on:input:target=move |event| {
                        follows.set_value(false);
                        line.code.set(event.target().value());
                    }
                />
                <input
                    class="input code"
                    placeholder="all call types"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-label=move || place.accessible_name("Call types")
                    aria-describedby=about.clone()
                    aria-invalid=move || wrong_types.read().is_some().then_some("true")
                    prop:value=line.call_types
                    on:input:target=move |event| line.call_types.set(event.target().value())
                />
                <KindOfLine place=place />
                <LineButtons place=place />
            </div>
            <LineDetails place=place />
            <div class="field" id=about>
                <p class="error" role="alert">
                    {move || error().map(|error| view! { <Icon of=LuCircleAlert /><span dir="auto">{error}</span> })}
                </p>
            </div>
        </li>
    }
}

/// The kinds: name in the API and label.
const KINDS: [(&str, &str); 4] = [
    ("", "No special meaning"),
    ("contact", "Right person reached"),
    ("promise", "Promise"),
    ("payment", "Payment"),
];

/// What the outcome of a line means.
#[component]
fn KindOfLine(place: LinePosition) -> impl IntoView {
    let kind = place.line.kind;
    let options = KINDS.map(|(value, name)| {
        view! { <option value=value selected=move || kind.get() == value>{name}</option> }
    });
    view! {
        <select
            class="input kind"
            aria-label=move || place.accessible_name("Meaning")
            on:change:target=move |event| kind.set(event.target().value())
        >
            {options.into_iter().collect_view()}
        </select>
    }
}

/// The buttons of a line.
#[component]
fn LineButtons(place: LinePosition) -> impl IntoView {
    let button = move |what: &'static str, icon, off: Signal<bool>, down: bool| {
        let press = move |event: MouseEvent| {
            if !off.get_untracked() {
                place.move_line(down, event.current_target());
            }
        };
        view! {
            <button
                type="button"
                class="button quiet only"
                title=move || place.accessible_name(what)
                aria-disabled=move || off.get().to_string()
                on:click=press
            >
                <Icon of=icon /><span class="unseen">{move || place.accessible_name(what)}</span>
            </button>
        }
    };
    let is_first = Signal::derive(move || place.at.get() == 0);
    let is_last = Signal::derive(move || place.is_last());
    let remove = move || place.accessible_name("Remove line");
    view! {
        <span class="acts">
            {button("Move up line", LuArrowUp, is_first, false)}
            {button("Move down line", LuArrowDown, is_last, true)}
            <button type="button" class="button quiet only" title=remove on:click=move |_| place.remove_line()>
                <Icon of=LuX /><span class="unseen">{remove}</span>
            </button>
        </span>
    }
}

/// Focuses a part of a line once it is in the page.
pub fn focus_part(id: usize, part: &'static str) {
    request_animation_frame(move || {
        let field = document().get_element_by_id(&format!("disposition-{id}-{part}"));
        if let Some(field) = field {
            restore_focus(field);
        }
    });
}

/// Focuses an element after the page was updated: an element that moves loses the focus.
fn restore_focus(element: Element) {
    request_animation_frame(move || {
        if let Ok(element) = element.dyn_into::<web_sys::HtmlElement>() {
            // Focusing an element of the page cannot fail.
            let _ = element.focus();
        }
    });
}
