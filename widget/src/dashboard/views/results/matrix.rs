//! Calls by two fields, such as agents and outcomes.

use super::Bar;
use super::pair_links::{calls_of, group_name};
use super::questions::{field_choices, figures_path};
use super::shaded_table::{ShadedCell, ShadedRow, ShadedTable, show_table};
use crate::dashboard::access::Access;
use crate::dashboard::address::Address;
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{Card, Choice, Empty, Hue, Select, format};
use crate::dashboard::views::answer::render_answer;
use crate::dashboard::views::counted_from::counted_from_note;
use crate::dashboard::views::field::field_title;
use call_ribbon_shared::share::share_of;
use call_ribbon_shared::wire::{Fields, Figures, GroupKind, Pivot, PivotCell};
use leptos::prelude::*;

const ROWS: &str = "agentId";
const COLUMNS: &str = "disposition";

/// The number that the cells show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Calls,
    ShareOfRow,
    ConnectRate,
    TalkTime,
}

const SHOWN: [(&str, &str, Shown); 4] = [
    ("", "Calls", Shown::Calls),
    ("share", "Share of the row", Shown::ShareOfRow),
    ("rate", "Connect rate", Shown::ConnectRate),
    ("talk", "Talk time", Shown::TalkTime),
];

/// The calls of a cell, a row, a column or the whole table.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    calls: i64,
    connected: i64,
    seconds: i64,
}

impl From<&Figures> for Counts {
    fn from(of: &Figures) -> Self {
        Self { calls: of.calls, connected: of.connected, seconds: of.total_duration }
    }
}

impl From<&PivotCell> for Counts {
    fn from(of: &PivotCell) -> Self {
        Self { calls: of.calls, connected: of.connected, seconds: of.total_duration }
    }
}

/// The tab.
#[component]
pub fn Matrix() -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let fields: Loaded<Fields> =
        load_json(move || Some(figures_path(access, address, "analytics/fields", &[])));
    let pivot: Loaded<Pivot> = load_json(move || {
        let more = [
            ("by", address.filter_or("by", ROWS)),
            ("across", address.filter_or("across", COLUMNS)),
            ("edges", address.filter_or("edges", "")),
            ("acrossEdges", address.filter_or("acrossEdges", "")),
        ];
        Some(figures_path(access, address, "analytics/pivot", &more))
    });
    let by = Signal::derive(move || address.filter_or("by", ROWS));
    let across = Signal::derive(move || address.filter_or("across", COLUMNS));
    let shown: Vec<Choice> = SHOWN.iter().map(|(key, name, _)| Choice::new(*key, *name)).collect();
    // The same field on both sides would be refused: the two change places.
    let pick_rows = move |field: String| {
        let other = if field == across.get_untracked() {
            by.get_untracked()
        } else {
            across.get_untracked()
        };
        address.set_filters(&[
            ("by", &field),
            ("across", &other),
            ("edges", ""),
            ("acrossEdges", ""),
        ]);
    };
    let pick_columns = move |field: String| {
        let other =
            if field == by.get_untracked() { across.get_untracked() } else { by.get_untracked() };
        address.set_filters(&[
            ("by", &other),
            ("across", &field),
            ("edges", ""),
            ("acrossEdges", ""),
        ]);
    };
    view! {
        <Bar>
            <Select bare=true label="Rows" choices=Signal::derive(move || field_choices(fields, &by.get())) value=by on_pick=pick_rows />
            <Select bare=true label="Columns" choices=Signal::derive(move || field_choices(fields, &across.get())) value=across on_pick=pick_columns />
            <Select bare=true label="What the cells show" choices=shown value=Signal::derive(move || address.filter_or("show", "")) on_pick=move |value: String| address.set_filters(&[("show", &value)]) />
        </Bar>
        {render_answer(pivot, move |pivot| render_pivot(&pivot, address))}
    }
}

fn render_pivot(pivot: &Pivot, address: Address) -> AnyView {
    if pivot.summary.calls == 0 {
        return view! {
            <div class="card"><Empty title="No calls in these days"><p>"Choose other days, or both directions."</p></Empty></div>
        }
        .into_any();
    }
    let key = address.filter_or("show", "");
    let shown = SHOWN.iter().find(|(of, ..)| *of == key).unwrap_or(&SHOWN[0]);
    let (rows, columns) =
        (field_title(&pivot.rows.field), field_title(&pivot.columns.field).to_lowercase());
    let title = format!("{}: {} by {columns}", shown.1, rows.to_lowercase());
    let table = shaded_table(pivot, shown.2, address);
    let calls = format::count(pivot.summary.calls, "call", "calls");
    let answer = format!("{calls}. Press a number to see its calls.");
    view! {
        {counted_from_note(pivot.counted_from.as_deref())}
        <Card title=title.clone() numbers=table.plain() answer=answer flush=true>
            {show_table(table, title)}
        </Card>
    }
    .into_any()
}

fn shaded_table(pivot: &Pivot, shown: Shown, address: Address) -> ShadedTable {
    let (rows, columns) = (&pivot.rows, &pivot.columns);
    let cell_at = |row: usize, column: usize| {
        pivot.cells.iter().find(|cell| cell.row == row && cell.column == column)
    };
    // What has no value is often the most by far, and would make all others pale.
    let has_value = |cell: &&PivotCell| {
        let groups = [rows.groups.get(cell.row), columns.groups.get(cell.column)];
        groups.iter().flatten().all(|of| matches!(of.kind, GroupKind::Value | GroupKind::Range))
    };
    let told = pivot.cells.iter().filter(has_value);
    let most = told.map(|cell| value_of(cell.into(), shown, 1)).fold(0.0, f64::max);
    let all: Counts = (&pivot.summary).into();
    let row = |(place, group): (usize, &call_ribbon_shared::wire::PivotGroup)| {
        let of_row: Counts = (&group.row.figures).into();
        let cells = columns.groups.iter().enumerate().map(|(column, across)| {
            let Some(cell) = cell_at(place, column) else { return ShadedCell::default() };
            let strength = match shown {
                Shown::Calls | Shown::TalkTime => value_of(cell.into(), shown, 1) / most.max(1.0),
                Shown::ShareOfRow | Shown::ConnectRate => {
                    value_of(cell.into(), shown, of_row.calls)
                }
            };
            ShadedCell {
                text: text_of(cell.into(), shown, of_row.calls),
                strength,
                href: calls_of(
                    address,
                    &[(rows.field.as_str(), group), (columns.field.as_str(), across)],
                ),
            }
        });
        ShadedRow {
            name: group_name(rows.field.as_str(), group),
            href: calls_of(address, &[(rows.field.as_str(), group)]),
            cells: cells.collect(),
            total: text_of(of_row, total_of(shown), of_row.calls),
        }
    };
    let mut totals: Vec<String> = columns
        .groups
        .iter()
        .map(|group| text_of((&group.row.figures).into(), shown, all.calls))
        .collect();
    totals.push(text_of(all, total_of(shown), all.calls));
    ShadedTable {
        of: field_title(&rows.field),
        columns: columns.groups.iter().map(|group| group_name(&columns.field, group)).collect(),
        total_name: if shown == Shown::ShareOfRow { "All calls" } else { "All" }.to_owned(),
        rows: rows.groups.iter().enumerate().map(row).collect(),
        totals,
        hue: match shown {
            Shown::Calls | Shown::ShareOfRow => Hue::Calls,
            Shown::ConnectRate => Hue::Connected,
            Shown::TalkTime => Hue::Time,
        },
    }
}

/// Returns what a row's total shows: its calls beside shares, which are all 100 %.
fn total_of(shown: Shown) -> Shown {
    if shown == Shown::ShareOfRow { Shown::Calls } else { shown }
}

#[expect(clippy::cast_precision_loss, reason = "counts and seconds stay far below 2^53")]
fn value_of(of: Counts, shown: Shown, whole: i64) -> f64 {
    match shown {
        Shown::Calls => of.calls as f64,
        Shown::ShareOfRow => share_of(of.calls, whole),
        Shown::ConnectRate => share_of(of.connected, of.calls),
        Shown::TalkTime => of.seconds as f64,
    }
}

fn text_of(of: Counts, shown: Shown, whole: i64) -> String {
    match shown {
        Shown::Calls => format::number(of.calls),
        Shown::ShareOfRow => format::percent(share_of(of.calls, whole)),
        Shown::ConnectRate => format::percent(share_of(of.connected, of.calls)),
        Shown::TalkTime => format::duration(of.seconds),
    }
}
