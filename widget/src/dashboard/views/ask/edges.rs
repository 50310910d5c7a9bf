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
        <Card title="How should values be grouped?">
            <form class="row" on:submit=submit>
                <TextField label="Group boundaries" value=text error=trouble hint="Numbers with commas and spaces between them: 0, 30, 60 makes under 0, 0 – 30, 30 – 60, 60 and over. 50k, 1L and 1Cr work, too." />
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

/// Splits numbers at commas, and removes commas that group the digits of one number, as in
/// `1,00,000`; `None` if either is possible.
fn split_at_commas(text: &str) -> Option<Vec<String>> {
    let parts: Vec<&str> = text.split(',').collect();
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let (first, rest) = (parts[0].trim_start_matches('-'), &parts[1..]);
    let (last, middle) = match rest.split_last() {
        Some((last, middle)) => (last.split('.').next().unwrap_or_default(), middle),
        None => return Some(vec![text.to_owned()]),
    };
    let is_grouped = is_digits(first)
        && first.len() <= 3
        && is_digits(last)
        && last.len() == 3
        && middle.iter().all(|part| is_digits(part) && [2, 3].contains(&part.len()));
    if !is_grouped {
        return Some(parts.into_iter().map(str::to_owned).collect());
    }
    // Nobody writes a number as 00 or 050, so such digits belong to the number before them.
    let goes_on = last.starts_with('0') || middle.iter().any(|part| part.starts_with('0'));
    goes_on.then(|| vec![parts.concat()])
}

/// Parses a number, such as `30`, `2.5`, `50k`, `1L` (a lakh) or `1Cr`.
fn parse_number(text: &str) -> Option<f64> {
    const UNITS: [(&str, f64); 5] =
        [("cr", 1e7), ("lakh", 1e5), ("k", 1e3), ("l", 1e5), ("m", 1e6)];
    let text = text.to_lowercase();
    let unit = UNITS.iter().find_map(|(name, times)| Some((text.strip_suffix(name)?, times)));
    let (digits, times) = unit.unwrap_or((&text, &1.0));
    let is_plain = digits.bytes().all(|b| b.is_ascii_digit() || b"+-.".contains(&b));
    digits.parse::<f64>().ok().filter(|_| is_plain).map(|number| number * times)
}

/// Parses the edges, sorted and without duplicates, as the server expects them.
fn parse_edges(text: &str) -> Result<String, String> {
    let mut edges = Vec::new();
    for part in text.split([';', ' ', '\n']).map(|part| part.trim().trim_matches(',')) {
        match split_at_commas(part) {
            Some(numbers) => {
                for number in numbers.iter().filter(|number| !number.is_empty()) {
                    match parse_number(number) {
                        Some(edge) => edges.push(edge),
                        None => {
                            return Err(format!(
                                "“{number}” is not a number. Write boundaries like 0, 30, 60."
                            ));
                        }
                    }
                }
            }
            None => {
                return Err(format!(
                    "“{part}” may be one number or several. Put a space after each comma between \
                     numbers."
                ));
            }
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
        assert_eq!(parse_edges("0, 1,00,000").as_deref(), Ok("0,100000"));
        assert_eq!(parse_edges("0; 1,000 12,34,056.5").as_deref(), Ok("0,1000,1234056.5"));
        assert_eq!(
            parse_edges("50k, 1L 1.5lakh, 1Cr").as_deref(),
            Ok("50000,100000,150000,10000000")
        );
        assert_eq!(parse_edges("0,30,60,90").as_deref(), Ok("0,30,60,90"));
        assert!(parse_edges("0, 100,200").is_err_and(|sentence| sentence.contains("space")));
        assert!(parse_edges("0, many").is_err_and(|sentence| sentence.contains("many")));
        assert!(parse_edges(" , ").is_err());
        assert!(parse_edges("inf").is_err());
    }
}
