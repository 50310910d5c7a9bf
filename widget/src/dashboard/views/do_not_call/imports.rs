//! The latest imports of files.

use super::report::BadLinesButton;
use super::words::source_text;
use crate::dashboard::load::Loaded;
use crate::dashboard::ui::{Card, Empty, Tag, Tone, format};
use crate::dashboard::views::answer::render_answer;
use crate::dashboard::views::settings::small_table::{Moment, SmallTable};
use call_ribbon_shared::wire::{SuppressionImport, SuppressionImports};
use leptos::prelude::*;

/// The card.
#[component]
pub fn ImportList(
    /// The imports.
    imports: Loaded<SuppressionImports>,
) -> impl IntoView {
    let render = move |list: SuppressionImports| {
        if list.imports.is_empty() {
            return view! {
                <Empty title="No file was imported yet"><p>"An admin imports files here, or the operator with “call-ribbon suppressions import”."</p></Empty>
            }
            .into_any();
        }
        let heads = vec![
            "Source",
            "Date of the file",
            "Imported, by",
            "Lines",
            "On the list",
            "Left out",
            "State",
        ];
        let rows = list.imports.into_iter().map(import_row).collect_view();
        view! { <SmallTable caption="Imports" heads=heads>{rows}</SmallTable> }.into_any()
    };
    view! { <Card title="Which files were imported?" flush=true>{render_answer(imports, render)}</Card> }
}

fn import_row(one: SuppressionImport) -> impl IntoView {
    let age = format::relative_time(&one.as_of, format::now_millis());
    let (text, tone) = match &one.finished_at {
        Some(_) => ("Finished", Tone::Green),
        None => ("Not finished", Tone::Amber),
    };
    let about = one.finished_at.is_none().then_some(
        "It is in progress, or was interrupted. Import the file again if it does not end.",
    );
    view! {
        <tr>
            <th scope="row" class="name" dir="auto" title=one.source.clone()>{source_text(&one.source)}</th>
            <td><Moment at=Some(one.as_of.clone()) /><span class="under">{age}</span></td>
            <td><Moment at=Some(one.started_at.clone()) /><span class="under name" dir="auto">{one.by.clone()}</span></td>
            <td class="end">{format::number(one.lines)}</td>
            <td class="end">{format::number(one.entries)}</td>
            <td><span class="row"><span>{format::number(one.bad_lines)}</span><BadLinesButton of=one /></span></td>
            <td title=about><Tag text=text tone=tone /></td>
        </tr>
    }
}
