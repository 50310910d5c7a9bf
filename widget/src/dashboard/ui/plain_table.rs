//! A table of a chart's numbers, so that what a chart shows can also be read.

use leptos::prelude::*;

/// A table of texts. The first column names the rows; the others hold numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlainTable {
    /// The column titles, starting with the column of names.
    pub heads: Vec<String>,
    /// The rows, each as long as `heads`.
    pub rows: Vec<Vec<String>>,
    /// A last row with the totals.
    pub total: Option<Vec<String>>,
}

/// Shows a plain table.
#[component]
pub fn PlainTableView(
    /// What the table is about, for screen readers.
    #[prop(into)]
    caption: Signal<String>,
    /// The table.
    #[prop(into)]
    table: Signal<PlainTable>,
) -> impl IntoView {
    let heads = move || {
        let heads = table.read().heads.clone();
        heads
            .into_iter()
            .enumerate()
            .map(|(place, head)| view! { <th scope="col" class:end=place != 0>{head}</th> })
            .collect_view()
    };
    let rows = move || {
        let rows = table.read().rows.clone();
        rows.into_iter().map(|row| view! { <tr>{row_cells(row)}</tr> }).collect_view()
    };
    let total = move || {
        let total = table.read().total.clone();
        total.map(|row| view! { <tfoot><tr>{row_cells(row)}</tr></tfoot> })
    };
    view! {
        <div class="table-box plain-box" tabindex="0" role="region" aria-label=caption>
            <table class="table plain">
                <caption class="unseen">{caption}</caption>
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
                {total}
            </table>
        </div>
    }
}

fn row_cells(row: Vec<String>) -> impl IntoView {
    row.into_iter()
        .enumerate()
        .map(|(place, text)| {
            if place == 0 {
                let whole = text.clone();
                view! { <th scope="row" class="name" title=whole><bdi>{text}</bdi></th> }.into_any()
            } else {
                view! { <td class="end">{text}</td> }.into_any()
            }
        })
        .collect_view()
}
