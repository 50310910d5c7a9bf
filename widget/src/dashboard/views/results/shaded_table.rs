//! A table of two dimensions whose cells are shaded by their numbers.

use crate::dashboard::ui::{Hue, PlainTable};
use leptos::prelude::*;

/// Colour steps; more could not be told apart.
const STEPS: f64 = 5.0;

/// A cell.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ShadedCell {
    /// Its text; empty without a call.
    pub text: String,
    /// What decides its shade, from 0 to 1.
    pub strength: f64,
    /// The address of its calls.
    pub href: Option<String>,
}

/// A row: its name and address, its cells and its total.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ShadedRow {
    /// What it stands for.
    pub name: String,
    /// The address of its calls.
    pub href: Option<String>,
    /// A cell for each column.
    pub cells: Vec<ShadedCell>,
    /// The number of the whole row.
    pub total: String,
}

/// The table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ShadedTable {
    /// What the rows are, such as "Agent".
    pub of: String,
    /// The columns.
    pub columns: Vec<String>,
    /// The title of the column of totals.
    pub total_name: String,
    /// The rows.
    pub rows: Vec<ShadedRow>,
    /// The totals of the columns, and of everything.
    pub totals: Vec<String>,
    /// The colour of what is counted.
    pub hue: Hue,
}

impl ShadedTable {
    /// Returns the same numbers as a plain table.
    pub fn plain(&self) -> PlainTable {
        let mut heads = vec![self.of.clone()];
        heads.extend(self.columns.iter().cloned());
        heads.push(self.total_name.clone());
        let row = |row: &ShadedRow| {
            let mut texts = vec![row.name.clone()];
            texts.extend(row.cells.iter().map(|cell| cell.text.clone()));
            texts.push(row.total.clone());
            texts
        };
        let mut total = vec![self.total_name.clone()];
        total.extend(self.totals.iter().cloned());
        PlainTable { heads, rows: self.rows.iter().map(row).collect(), total: Some(total) }
    }
}

/// Shows the table. Each cell with calls is a link to them.
pub fn show_table(table: ShadedTable, caption: String) -> impl IntoView {
    let ShadedTable { of, columns, total_name, rows, totals, hue } = table;
    let heads = columns
        .into_iter()
        .map(|name| {
            let whole = name.clone();
            view! { <th scope="col" class="end name" title=whole><bdi>{name}</bdi></th> }
        })
        .collect_view();
    let linked = |text: String, href: Option<String>, class: &'static str| match href {
        Some(href) => view! { <a class=class href=href>{text}</a> }.into_any(),
        None => text.into_any(),
    };
    let rows = rows
        .into_iter()
        .map(|row| {
            let cells = row
                .cells
                .into_iter()
                .map(|ShadedCell { text, strength, href }| {
                    let step = (!text.is_empty() && strength > 0.0)
                        .then(|| (strength * STEPS).ceil().clamp(1.0, STEPS).to_string());
                    let marked = step.as_ref().map(|_| "");
                    view! {
                        <td class="end" data-step=marked style:--step=step.unwrap_or_default()>
                            {linked(text, href, "cell-link")}
                        </td>
                    }
                })
                .collect_view();
            let name = row.name.clone();
            view! {
                <tr>
                    <th scope="row" class="name" title=name><bdi>{linked(row.name, row.href, "row-link")}</bdi></th>
                    {cells}
                    <td class="end total">{row.total}</td>
                </tr>
            }
        })
        .collect_view();
    // The card around it may have the caption as its name.
    let (label, foot_name) = (format!("Numbers: {caption}"), total_name.clone());
    let totals =
        totals.into_iter().map(|text| view! { <td class="end total">{text}</td> }).collect_view();
    view! {
        <div class="table-box tall" tabindex="0" role="region" aria-label=label>
            <table class="table shaded" data-hue=hue.class_name()>
                <caption class="unseen">{caption}</caption>
                <thead><tr><th scope="col">{of}</th>{heads}<th scope="col" class="end">{total_name}</th></tr></thead>
                <tbody>{rows}</tbody>
                <tfoot><tr><th scope="row">{foot_name}</th>{totals}</tr></tfoot>
            </table>
        </div>
    }
}
