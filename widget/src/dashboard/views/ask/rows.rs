//! The answer as a table with all figures; each row links to its calls.

use super::answer_chart::calls_behind;
use crate::dashboard::address::Address;
use crate::dashboard::ui::{Card, Column, DataTable, Sort, format};
use crate::dashboard::views::field::{field_title, missing_name, row_filters, row_name};
use crate::dashboard::views::figure_columns::{figure_by_column, figure_columns, rate};
use call_ribbon_shared::wire::{Breakdown, Figures};
use leptos::prelude::*;

/// A row, ready to be shown.
#[derive(Debug, Clone)]
struct Row {
    name: String,
    figures: Figures,
    share: f64,
    href: Option<String>,
    /// "Other" and "not sent" stay at the end in every order.
    rest: bool,
}

/// The table.
pub fn figures_table(breakdown: &Breakdown) -> impl IntoView + use<> {
    let address = Address::from_router();
    let called = field_title(&breakdown.field);
    let rows = breakdown_rows(breakdown, address);
    let summary = {
        let all = breakdown.summary;
        format!(
            "{}, {} connected, {} talk time",
            format::count(all.calls, "call", "calls"),
            format::percent(rate(&all)),
            format::duration(all.total_duration)
        )
    };
    let sort = Memo::new(move |_| address.get("sort").map(|word| Sort::of_word(&word)));
    let sorted = move || {
        let mut rows = rows.clone();
        if let Some(sort) = sort.get() {
            rows.sort_by(|one, two| {
                let order = figure_by_column(&one.figures, &sort.by)
                    .total_cmp(&figure_by_column(&two.figures, &sort.by));
                let order = if sort.descending { order.reverse() } else { order };
                one.rest.cmp(&two.rest).then(order)
            });
        }
        rows
    };
    view! {
        <Card title="What are the exact figures?" flush=true>
            <DataTable
                name="breakdown"
                caption="Figures by the field"
                columns=breakdown_columns(called)
                rows=Signal::derive(sorted)
                key=|row: &Row| format!("{}·{:?}", row.name, row.figures)
                href=Callback::new(|row: Row| row.href)
                sort=sort
                on_sort=move |sort: Sort| address.set_filters(&[("sort", &sort.as_param())])
                summary=move || summary.clone()
            />
        </Card>
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
fn breakdown_rows(breakdown: &Breakdown, address: Address) -> Vec<Row> {
    let all = breakdown.summary.calls.max(1) as f64;
    let made = |name: String, figures: Figures, href: Option<String>, rest: bool| Row {
        name,
        share: figures.calls as f64 / all,
        figures,
        href,
        rest,
    };
    let missing = [("field", breakdown.field.clone()), ("missing", "true".to_owned())];
    let told = breakdown.rows.iter().map(|row| {
        let href = calls_behind(address, &row_filters(&breakdown.field, row));
        made(row_name(row), row.figures, Some(href), false)
    });
    let other = breakdown.other.map(|sums| made("Other".to_owned(), sums, None, true));
    let none = breakdown.missing.map(|sums| {
        made(
            missing_name(&breakdown.field).to_owned(),
            sums,
            Some(calls_behind(address, &missing)),
            true,
        )
    });
    told.chain(other).chain(none).collect()
}

fn breakdown_columns(called: String) -> Vec<Column<Row>> {
    let mut columns = vec![
        Column::new("name", called, |row: &Row| {
            view! { <span dir="auto" title=row.name.clone()>{row.name.clone()}</span> }
        }),
        Column::new("share", "Share of calls", |row: &Row| format::percent(row.share)).numeric(),
    ];
    columns.extend(figure_columns(|row: &Row| row.figures));
    columns
}
