//! The column titles of a table, which sort the rows.

use super::super::icon::Icon;
use super::column::{Align, Column, Sort, VisibleColumns};
use icondata_lu::{LuArrowDown, LuArrowUp};
use leptos::prelude::*;

/// The head of a table.
#[component]
pub(super) fn Head<T: Send + Sync + 'static>(
    columns: StoredValue<Vec<Column<T>>>,
    shown: VisibleColumns,
    sort: MaybeProp<Sort>,
    on_sort: Option<Callback<Sort>>,
) -> impl IntoView {
    let titles = columns.with_value(|columns| {
        columns
            .iter()
            .map(|column| {
                let (key, end) = (column.key, column.align == Align::End);
                let title = column.title.clone();
                let by = column.sort;
                let sorted = move || sort.get().filter(|sort| Some(sort.by.as_str()) == by);
                let said = move || sorted().map(|sort| if sort.descending { "descending" } else { "ascending" });
                let inside = match (by, on_sort) {
                    (Some(by), Some(on_sort)) => view! { <SortButton title=title by=by end=end sorted=Signal::derive(sorted) on_sort=on_sort /> }.into_any(),
                    _ => title.into_any(),
                };
                view! { <th scope="col" class:end=end aria-sort=said hidden=move || !shown.is_shown(key)>{inside}</th> }
            })
            .collect_view()
    });
    view! { <thead><tr>{titles}</tr></thead> }
}

/// A title that sorts the rows: numbers with the largest first, words from A on; a second press
/// reverses.
#[component]
fn SortButton(
    title: String,
    by: &'static str,
    end: bool,
    sorted: Signal<Option<Sort>>,
    on_sort: Callback<Sort>,
) -> impl IntoView {
    let icon = move || {
        let descending = sorted.get().map_or(end, |sort| sort.descending);
        view! { <Icon of=if descending { LuArrowDown } else { LuArrowUp } /> }
    };
    let press = move |_| {
        let descending = sorted.get_untracked().map_or(end, |sort| !sort.descending);
        on_sort.run(Sort { by: by.to_owned(), descending });
    };
    view! { <button type="button" class="sort" on:click=press>{title}{icon}</button> }
}
