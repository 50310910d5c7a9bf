//! The page's data of a call: context and metadata, each value linked to similar calls.

use crate::dashboard::address::view_link;
use crate::dashboard::ui::{Card, Empty};
use leptos::prelude::*;
use serde_json::Value;

/// A field with its value, named as in the analytics.
struct Fact {
    field: String,
    value: String,
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
    let rows = facts
        .iter()
        .map(|Fact { field, value }| {
            let href = view_link("/dashboard/ask", &[("by", field)]);
            view! {
                <dt><a href=href title="Compare all calls by this field" dir="auto">{field.clone()}</a></dt>
                <dd dir="auto">{value.clone()}</dd>
            }
        })
        .collect_view();
    view! {
        <Card title="What did the page know?">
            {if facts.is_empty() {
                view! {
                    <Empty title="The page sent no context or metadata">
                        <p>"The context and metadata that a page passes to setCustomer appear here and under Ask."</p>
                    </Empty>
                }.into_any()
            } else {
                view! { <dl class="facts">{rows}</dl> }.into_any()
            }}
        </Card>
    }
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
        Value::String(text) => facts.push(Fact { field: path.to_owned(), value: text.clone() }),
        other => facts.push(Fact { field: path.to_owned(), value: other.to_string() }),
    }
}
