//! What came of a file: the counts, and the lines that were left out.

use crate::dashboard::ui::{Note, PlainTable, Tone, format, save_text};
use crate::dashboard::views::settings::small_table::SmallTable;
use call_ribbon_shared::wire::{BadLine, SuppressionImport};
use leptos::prelude::*;

/// The lines that a report shows; the file has all that the server names.
const SHOWN: usize = 20;

/// The report of an import that has just ended.
#[component]
pub fn Report(
    /// The import.
    of: SuppressionImport,
) -> impl IntoView {
    let tone = if of.bad_lines > 0 { Tone::Amber } else { Tone::Green };
    let added = of.added_entries.and_then(|added| i64::try_from(added).ok()).unwrap_or(of.entries);
    let counts = [
        ("Lines read", Some(of.lines)),
        ("Added to the list", Some(added)),
        ("On the list before, or twice in the file", Some(of.entries - added)),
        ("Left out", Some(of.bad_lines)),
        (
            "Not in force yet, as “since” is a later time",
            of.later_entries.and_then(|later| i64::try_from(later).ok()).filter(|later| *later > 0),
        ),
        (
            "Removed, as this file lacks them",
            of.removed_entries.and_then(|gone| i64::try_from(gone).ok()),
        ),
    ];
    let counts = counts
        .into_iter()
        .filter_map(|(name, count)| Some((name, count?)))
        .map(|(name, count)| view! { <dt>{name}</dt><dd>{format::number(count)}</dd> })
        .collect_view();
    let nothing = (of.lines > 0 && of.entries == 0)
        .then_some("No line had a number that can be read. Is the number in the first column, or in one named “number”?");
    let incomplete = (of.source.starts_with("registry:") && !of.is_copy())
        .then_some("It does not count as a copy of its register, as more than one line of a hundred was left out.");
    let said = if of.bad_lines > 0 {
        "The file was read, except for some lines."
    } else {
        "The file was read."
    };
    view! {
        <div class="stack" role="status">
            <Note tone=tone><b>{said}</b>{[nothing, incomplete].map(|text| text.map(|text| view! { " "<span>{text}</span> }))}</Note>
            <dl class="facts">{counts}</dl>
        </div>
        {(of.bad_lines > 0).then(|| view! { <BadLines of=of /> })}
    }
}

/// The lines that were left out.
#[component]
fn BadLines(of: SuppressionImport) -> impl IntoView {
    let named = of.first_bad_lines.len();
    let rows = of.first_bad_lines.iter().take(SHOWN).map(bad_line_row).collect_view();
    let more = named.saturating_sub(SHOWN);
    let unnamed = of.bad_lines - i64::try_from(named).unwrap_or(i64::MAX);
    let more = (more > 0 || unnamed > 0).then(|| {
        let file = if unnamed > 0 {
            format!("The CSV has the first {}.", format::number(i64::try_from(named).unwrap_or_default()))
        } else {
            "The CSV has all.".to_owned()
        };
        view! { <p class="soft">{format!("These are the first {SHOWN} of {}. {file}", format::number(of.bad_lines))}</p> }
    });
    view! {
        <SmallTable caption="Lines that were left out" heads=vec!["Line", "What is wrong"]>{rows}</SmallTable>
        <div class="row">{more}<BadLinesButton of=of /></div>
    }
}

fn bad_line_row(bad: &BadLine) -> impl IntoView + use<> {
    let line = format::number(i64::try_from(bad.line).unwrap_or(i64::MAX));
    view! { <tr><td>{line}</td><td class="wrap" dir="auto">{bad.error.clone()}</td></tr> }
}

/// A button that saves the lines that were left out; nothing if there are none.
#[component]
pub fn BadLinesButton(
    /// The import.
    of: SuppressionImport,
) -> impl IntoView {
    let failed = RwSignal::new("");
    let label = format!("Save bad lines as CSV: {}", of.source);
    let count = of.bad_lines;
    let lines = StoredValue::new(of.first_bad_lines);
    let press = move |_| {
        let table = lines.with_value(|lines| bad_lines_table(lines));
        let saved = save_text(&table.to_csv(), "bad-lines.csv");
        failed.set(if saved.is_ok() { "" } else { "The browser could not save the file." });
    };
    (count > 0).then(|| {
        view! {
            <button type="button" class="button small" aria-label=label on:click=press>"Save bad lines as CSV"</button>
            <span role="status">{failed}</span>
        }
    })
}

/// Returns bad lines as a table.
fn bad_lines_table(lines: &[BadLine]) -> PlainTable {
    PlainTable {
        heads: vec!["line".to_owned(), "error".to_owned()],
        rows: lines.iter().map(|bad| vec![bad.line.to_string(), bad.error.clone()]).collect(),
        total: None,
    }
}
