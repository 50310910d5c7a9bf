//! The edges between rows of numbers.

use crate::dashboard::address::Address;
use crate::dashboard::ui::{Card, TextField};
use call_ribbon_shared::wire::{Breakdown, FieldType};
use leptos::prelude::*;

/// The most edges that the server accepts.
const MOST: usize = 100;

/// Returns a field for the edges; `None` if the values are not numbers.
pub fn edges_field(breakdown: &Breakdown) -> Option<impl IntoView + use<>> {
    if breakdown.r#type != FieldType::Number {
        return None;
    }
    let address = Address::from_router();
    let own = untrack(|| address.get("edges"));
    let is_own = own.is_some();
    let text = RwSignal::new(own.unwrap_or_else(|| in_use(breakdown)));
    let trouble = RwSignal::new(None::<String>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match parse_edges(&text.get_untracked()) {
            Ok(edges) => address.set_filters(&[("edges", &edges)]),
            Err(sentence) => trouble.set(Some(sentence)),
        }
    };
    Some(view! {
        <Card title="Where does each group begin?">
            <form class="row" on:submit=submit>
                <TextField label="Edges" value=text error=trouble hint="Numbers with commas between them: 0, 30, 60 makes under 0, 0 – 30, 30 – 60, 60 and over." />
                <div class="row">
                    <button type="submit" class="button">"Use these"</button>
                    <button type="button" class="button quiet" hidden=!is_own on:click=move |_| address.set_filters(&[("edges", "")])>
                        "Choose for me"
                    </button>
                </div>
            </form>
        </Card>
    })
}

/// Returns the edges of the current rows.
fn in_use(breakdown: &Breakdown) -> String {
    let mut edges: Vec<f64> =
        breakdown.rows.iter().flat_map(|row| [row.from, row.to]).flatten().collect();
    edges.sort_by(f64::total_cmp);
    edges.dedup();
    edges.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")
}

/// Parses the edges, sorted and without duplicates, as the server expects them.
fn parse_edges(text: &str) -> Result<String, String> {
    let mut edges = Vec::new();
    for part in text.split([',', ';', ' ']).map(str::trim).filter(|part| !part.is_empty()) {
        match part.parse::<f64>().ok().filter(|edge| edge.is_finite()) {
            Some(edge) => edges.push(edge),
            None => return Err(format!("“{part}” is not a number. Write edges like 0, 30, 60.")),
        }
    }
    edges.sort_by(f64::total_cmp);
    edges.dedup();
    match edges.len() {
        0 => Err("Write at least one number.".to_owned()),
        1..=MOST => Ok(edges.iter().map(f64::to_string).collect::<Vec<_>>().join(",")),
        _ => Err(format!("Write at most {MOST} numbers.")),
    }
}

#[cfg(test)]
mod tests {
    use super::parse_edges;

    #[test]
    fn edges_are_put_in_order_or_refused_in_words() {
        assert_eq!(parse_edges("60, 0 30;30").as_deref(), Ok("0,30,60"));
        assert_eq!(parse_edges("-5,2.5").as_deref(), Ok("-5,2.5"));
        assert!(parse_edges("0, many").is_err_and(|sentence| sentence.contains("many")));
        assert!(parse_edges(" , ").is_err());
        assert!(parse_edges("inf").is_err());
    }
}
