//! The table of fields by which calls can be broken down.

use crate::dashboard::address::{Address, on_site};
use crate::dashboard::ui::{Card, Column, DataTable, Empty, format};
use crate::dashboard::views::field::field_title;
use call_ribbon_shared::wire::{Field, FieldType, Fields};
use leptos::prelude::*;

/// All fields of the calls of these days, each linked to its breakdown.
#[component]
pub fn FieldsTable(fields: Fields) -> impl IntoView {
    let address = Address::from_router();
    let total = fields.total_calls;
    let cut = fields.truncated;
    let summary = move || {
        let more = if cut { "; further fields are not stored" } else { "" };
        format!("Fields of {}{more}", format::count(total, "call", "calls"))
    };
    view! {
        <Card title="By which fields can I break calls down?" flush=true>
            <DataTable
                name="fields"
                caption="Fields"
                columns=field_columns()
                rows=Signal::stored(fields.fields)
                key=|field: &Field| format!("{}·{}", field.field, field.calls)
                href=Callback::new(move |field: Field| Some(address.with_filters(&[("by", &field.field), ("edges", "")])))
                summary=summary
                empty=|| view! {
                    <Empty title="No calls in these days">
                        <p>"The context and metadata that a page sends with a call appear here automatically."</p>
                        <div class="row"><a class="button" href=on_site("/examples/") rel="external">"See an example page"</a></div>
                    </Empty>
                }
            />
        </Card>
    }
}

fn field_columns() -> Vec<Column<Field>> {
    vec![
        Column::new("field", "Field", |field: &Field| {
            view! { <span dir="auto">{field_title(&field.field)}</span> }
        }),
        Column::new("sent", "Sent as", |field: &Field| {
            let name = field.field.clone();
            view! { <code title=name.clone()>{name.clone()}</code> }
        }),
        Column::new("type", "Type", |field: &Field| match field.r#type {
            FieldType::Number => "Number",
            FieldType::Text => "Text",
            FieldType::Boolean => "Yes or no",
        }),
        Column::new("coverage", "Calls with it", |field: &Field| format::percent(field.coverage))
            .numeric(),
        Column::new("values", "Distinct values", |field: &Field| {
            let more = if field.truncated { "more than " } else { "" };
            format!("{more}{}", format::number(field.distinct_values))
        })
        .numeric(),
        Column::new("spelled", "Similar fields", |field: &Field| {
            view! { <code>{field.spelled_like.join(", ")}</code> }
        }),
    ]
}
