//! A menu that filters the calls by any field that pages send.

use super::conditions::{apply, set_condition};
use crate::dashboard::access::Access;
use crate::dashboard::address::Address;
use crate::dashboard::address::range::range_query;
use crate::dashboard::load::{Loaded, load_json};
use crate::dashboard::ui::{Choice, Icon, Menu, Select, format};
use crate::dashboard::views::field;
use call_ribbon_shared::wire::{Breakdown, BreakdownRow, Fields};
use icondata_lu::LuPlus;
use leptos::prelude::*;

/// The menu.
#[component]
pub fn FieldFilter() -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <Menu open=open label=|| view! { <Icon of=LuPlus />"Filter by field" }>
            <ChooseValue open=open />
        </Menu>
    }
}

/// A field to choose, and its values with their numbers of calls.
#[component]
fn ChooseValue(open: RwSignal<bool>) -> impl IntoView {
    let access = Access::from_context();
    let address = Address::from_router();
    let by = RwSignal::new(String::new());
    let fields: Loaded<Fields> = load_json(move || {
        Some(range_query(&access.records_path("analytics/fields"), address, &[]))
    });
    let found: Loaded<Breakdown> = load_json(move || {
        let by = by.get();
        let path = access.records_path("analytics/breakdown");
        (!by.is_empty()).then(|| range_query(&path, address, &[("by", &by), ("limit", "50")]))
    });
    let choices = move || {
        let fields = fields.answer().map(|answer| answer.fields).unwrap_or_default();
        let sent = fields.into_iter().filter(|one| one.field.contains('.'));
        let mut choices = vec![Choice::new("", "Choose a field …")];
        choices.extend(sent.map(|one| Choice::new(&one.field, field::field_title(&one.field))));
        choices
    };
    let pick = move |row: &BreakdownRow| {
        open.set(false);
        let by = by.get_untracked();
        apply(address, &set_condition(address, &by, &field::row_filters(&by, row)));
    };
    let values = move || {
        let found = found.answer().filter(|found| found.field == by.get())?;
        let row = |row: BreakdownRow| {
            let text = format!("{} · {}", field::row_name(&row), format::number(row.figures.calls));
            view! {
                <button type="button" class="choice" dir="auto" on:click=move |_| pick(&row)>{text}</button>
            }
        };
        Some(found.rows.into_iter().map(row).collect_view())
    };
    view! {
        <Select label="Field" choices=Signal::derive(choices) value=by on_pick=move |field: String| by.set(field) />
        <div class="choices">{values}</div>
    }
}
