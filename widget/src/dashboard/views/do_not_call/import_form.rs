//! Imports a file: chooses it, says what it is, sends it, and shows what came of it.

use super::register_age::Register;
use super::report::Report;
use super::words::{REGISTER, source_text};
use crate::dashboard::access::Access;
use crate::dashboard::address::api_query;
use crate::dashboard::address::range::client_today;
use crate::dashboard::api::{self, ApiError};
use crate::dashboard::load::Loaded;
use crate::dashboard::ui::{
    Card, Choice, Icon, Note, Select, TextField, Toggle, Tone, focus_soon, format,
};
use call_ribbon_shared::wire::{SuppressionImport, SuppressionImports};
use icondata_lu::LuUpload;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use web_sys::File;

/// How often the progress is requested.
const PAUSE: Duration = Duration::from_secs(1);
/// The choice of a register that no pack names.
const OTHER: &str = "other";

/// The state of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Going {
    Nowhere,
    /// Lines that the server has read so far; `None`: not known yet.
    Reading(Option<i64>),
    Done(SuppressionImport),
    Failed(ApiError),
}

/// The card.
#[component]
pub fn ImportForm(
    /// The registers that packs look into.
    registers: Memo<Vec<Register>>,
    /// The latest imports.
    imports: Loaded<SuppressionImports>,
) -> impl IntoView {
    let access = Access::from_context();
    let file = RwSignal::new_local(None::<File>);
    let source = RwSignal::new("import".to_owned());
    let register = RwSignal::new(String::new());
    let today = untrack(client_today).to_iso();
    let as_of = RwSignal::new(today);
    let replace = RwSignal::new(false);
    let going = RwSignal::new(Going::Nowhere);
    let missing = RwSignal::new(false);
    let is_going = Memo::new(move |_| matches!(*going.read(), Going::Reading(_)));
    let error_of = move |field: &'static str| {
        Signal::derive(move || match &*going.read() {
            Going::Failed(trouble) if trouble.field.as_deref() == Some(field) => {
                Some(trouble.after_name.clone())
            }
            _ => None,
        })
    };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if is_going.get_untracked() {
            return;
        }
        let Some(chosen) = file.get_untracked() else {
            missing.set(true);
            focus_soon("main input[type='file']".to_owned());
            return;
        };
        let source = match source.get_untracked().as_str() {
            OTHER => format!("{REGISTER}{}", register.read_untracked().trim()),
            known => known.to_owned(),
        };
        let before = untrack(|| imports.answer()).and_then(|list| list.imports.into_iter().next());
        let before = before.map(|latest| latest.import_id).unwrap_or_default();
        going.set(Going::Reading(None));
        follow_progress(access, going, (source.clone(), before));
        let as_of = as_of.get_untracked();
        let replace = if replace.get_untracked() { "true" } else { "" };
        let fields = [("source", source.as_str()), ("asOf", &as_of), ("replace", replace)];
        let path = api_query(&access.settings_path("suppressions/import"), &fields);
        spawn_local(async move {
            let answer = api::send_file::<SuppressionImport>(access, &path, &chosen).await;
            // The view may have been left; the list of imports says then what came of the file.
            going.try_set(match answer {
                Ok(report) => {
                    file.try_set(None);
                    Going::Done(report)
                }
                Err(trouble) => Going::Failed(trouble),
            });
            imports.reload();
        });
    };
    let sources = Memo::new(move |_| file_sources(&registers.read()));
    let source_error = error_of("source");
    let other = move || {
        (*source.read() == OTHER).then(|| {
            view! {
                <TextField label="Name of the register" value=register required=true placeholder="state-list" hint="Letters, digits, dots, - and _. Only a pack of your own that names it looks into it." error=source_error />
            }
        })
    };
    view! {
        <Card title="Import a file">
            <form class="stack" novalidate on:submit=send>
                <p class="soft">
                    "CSV in UTF-8, of any size. The heading names "<code>"number"</code>" and, if there are any, "<code>"scope"</code>", "<code>"scopeValue"</code>", "<code>"reason"</code>", "<code>"since"</code>" and "<code>"until"</code>
                    "; without a heading the numbers are in the first column. A bad line is left out, and importing a file twice changes nothing."
                </p>
                <Drop file=file missing=missing />
                <div class="fields">
                    <Select label="What is it?" choices=sources value=source on_pick=move |picked| source.set(picked) error=Signal::derive(move || if *source.read() == OTHER { None } else { source_error.get() }) />
                    {other}
                    <TextField label="Date of the file" value=as_of kind="date" hint="When the numbers were current." error=error_of("asOf") />
                </div>
                <Toggle label="Replace earlier files of this source." value=replace on_change=move |on| replace.set(on) hint=Signal::derive(move || Some(replace_hint(replace.get()))) />
                <div class="row">
                    <button type="submit" class="button main" aria-disabled=move || is_going.get().to_string()>"Import the file"</button>
                    <span role="status">{move || progress_text(&going.read())}</span>
                </div>
                {move || render_outcome(going.get())}
            </form>
        </Card>
    }
}

/// Shows what came of a file.
fn render_outcome(going: Going) -> AnyView {
    match going {
        // The errors of these fields are beside them.
        Going::Failed(trouble) if !matches!(trouble.field.as_deref(), Some("source" | "asOf")) => {
            view! { <div role="alert"><Note tone=Tone::Red>{trouble.sentence}</Note></div> }
                .into_any()
        }
        Going::Done(report) => view! { <Report of=report /> }.into_any(),
        _ => ().into_any(),
    }
}

/// Returns what a file can be.
fn file_sources(registers: &[Register]) -> Vec<Choice> {
    let mut choices = vec![
        Choice::new("import", "A list of our own"),
        Choice::new("customer", "Requests of customers"),
    ];
    for one in registers {
        let value = format!("{REGISTER}{}", one.name);
        if choices.iter().all(|choice| choice.value != value) {
            choices.push(Choice::new(&value, format!("{} ({})", source_text(&value), one.pack)));
        }
    }
    choices.push(Choice::new(OTHER, "Another register"));
    choices
}

/// Returns what replacing does.
fn replace_hint(is_on: bool) -> String {
    let what = "Numbers of earlier files of this source that this file lacks are removed from the list. \
                What a person entered stays, and a file with bad lines removes nothing.";
    if is_on {
        format!("{what} Use only a complete file: a part of one removes the rest.")
    } else {
        what.to_owned()
    }
}

fn progress_text(going: &Going) -> Option<String> {
    match going {
        Going::Reading(Some(lines)) => Some(format!(
            "{} read so far. Keep this page open.",
            format::count(*lines, "line", "lines")
        )),
        Going::Reading(None) => Some("Sending … Keep this page open.".to_owned()),
        _ => None,
    }
}

/// Requests how many lines the server has read, until the import ends. `(source, before)`: the source
/// of the import, and the id of the latest import before it.
fn follow_progress(access: Access, going: RwSignal<Going>, of: (String, String)) {
    let later = move || {
        spawn_local(async move {
            let path = access.settings_path("suppressions/imports");
            let answer = api::get_json::<SuppressionImports>(access, &path).await;
            if !going
                .try_with_untracked(|going| matches!(going, Going::Reading(_)))
                .unwrap_or(false)
            {
                return;
            }
            // A missing answer only delays what is said.
            if let Ok(list) = answer {
                let mine =
                    list.imports.into_iter().find(|one| one.source == of.0 && one.import_id > of.1);
                if let Some(mine) = mine.filter(|mine| mine.lines > 0) {
                    going.set(Going::Reading(Some(mine.lines)));
                }
            }
            follow_progress(access, going, of);
        });
    };
    set_timeout(later, PAUSE);
}

/// The field for the file, onto which a file can also be dropped.
#[component]
fn Drop(file: RwSignal<Option<File>, LocalStorage>, missing: RwSignal<bool>) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let is_over = RwSignal::new(false);
    let take = move |chosen: Option<File>| {
        missing.set(false);
        file.set(chosen);
    };
    let on_drop = move |event: web_sys::DragEvent| {
        event.prevent_default();
        is_over.set(false);
        let dropped =
            event.data_transfer().and_then(|data| data.files()).and_then(|files| files.item(0));
        if dropped.is_some() {
            take(dropped);
        }
    };
    // After an import the field is empty, so that the same file can be chosen again.
    Effect::new(move |_| {
        if file.read().is_none()
            && let Some(input) = input.get()
        {
            input.set_value("");
        }
    });
    let chosen = move || {
        let file = file.read();
        file.as_ref().map(|file| {
            let size = format::decimal((file.size() / 1000.0).ceil());
            view! { <p><b class="name" dir="auto">{file.name()}</b>" "<span class="soft">{format!("{size} kB")}</span></p> }
        })
    };
    view! {
        <div class="field">
            <label
                class="drop"
                class:over=is_over
                on:dragover=move |event| {
                    event.prevent_default();
                    is_over.set(true);
                }
                on:dragleave=move |_| is_over.set(false)
                on:drop=on_drop
            >
                <Icon of=LuUpload />
                <span>"Choose a CSV file, or drop it here"</span>
                <input
                    type="file"
                    accept=".csv,.txt,text/csv,text/plain"
                    node_ref=input
                    aria-describedby="import-file-about"
                    aria-invalid=move || missing.get().then_some("true")
                    on:change:target=move |event| take(event.target().files().and_then(|files| files.item(0)))
                />
            </label>
            <div id="import-file-about">
                {chosen}
                <p class="error" role="alert">{move || missing.get().then_some("Choose a file first.")}</p>
            </div>
        </div>
    }
}
