//! The page's data of a call: context and metadata, each value linked to similar calls.

use crate::dashboard::access::Access;
use crate::dashboard::address::view_link;
use crate::dashboard::ui::{Card, Empty};
use crate::dashboard::views::field::{field_title, find_label, number_with_unit};
use leptos::prelude::*;
use serde_json::Value;

/// A field with its value, named as in the analytics.
struct Fact {
    field: String,
    value: Value,
}

/// The card.
#[component]
pub fn PageData(
    /// The page's data, as JSON.
    #[prop(into)]
    customer_data: Signal<String>,
) -> impl IntoView {
    let value: Value = serde_json::from_str(&customer_data.read()).unwrap_or_default();
    let mut facts = Vec::new();
    for part in ["context", "metadata"] {
        if let Some(inside) = value.get(part) {
            collect_facts(part, inside, &mut facts);
        }
    }
    sort_by_labels(&mut facts);
    let rows = facts
        .iter()
        .map(|Fact { field, value }| {
            let href = view_link("/dashboard/ask", &[("by", field)]);
            view! {
                <dt><a href=href title=format!("Break calls down by {field}") dir="auto">{field_title(field)}</a></dt>
                <dd dir="auto">{shown_value(field, value)}</dd>
            }
        })
        .collect_view();
    view! {
        <Card title="CRM data at the time of the call">
            {if facts.is_empty() {
                view! {
                    <Empty title="The CRM sent no data with this call">
                        <p>"The context and metadata that a page passes to setCustomer appear here and under Breakdown."</p>
                    </Empty>
                }.into_any()
            } else {
                view! { <dl class="facts">{rows}</dl> }.into_any()
            }}
        </Card>
    }
}

/// Returns a value with its field's unit.
fn shown_value(field: &str, value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        Value::Number(number) => {
            let unit = find_label(field).and_then(|label| label.unit);
            let shown = number.as_f64().map(|number| number_with_unit(number, unit.as_deref()));
            shown.unwrap_or_else(|| number.to_string())
        }
        other => other.to_string(),
    }
}

/// Puts the fields that the client has named first, in its order.
fn sort_by_labels(facts: &mut [Fact]) {
    let client = Access::from_context().client();
    let labels = client.map(|client| client.field_labels).unwrap_or_default();
    let place = |fact: &Fact| labels.iter().position(|label| label.field == fact.field);
    facts.sort_by_key(|fact| place(fact).unwrap_or(usize::MAX));
}

/// Collects the values below a path.
fn collect_facts(path: &str, value: &Value, facts: &mut Vec<Fact>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                collect_facts(&format!("{path}.{name}"), value, facts);
            }
        }
        Value::Null => {}
        other => facts.push(Fact { field: path.to_owned(), value: other.clone() }),
    }
}
