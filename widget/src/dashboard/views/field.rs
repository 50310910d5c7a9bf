//! Names fields and their values for people.

use crate::dashboard::access::Access;
use crate::dashboard::ui::format;
use call_ribbon_shared::wire::{BreakdownRow, FieldLabel};
use leptos::prelude::*;
use serde_json::Value;

/// The product's own fields of a call.
const OWN: [(&str, &str); 5] = [
    ("callType", "Type of call"),
    ("agentId", "Agent"),
    ("status", "Status"),
    ("disposition", "Outcome"),
    ("callDirection", "Direction"),
];

/// Returns a field's name for people: as the client has named it; otherwise `context.daysOverdue` is
/// "Days overdue".
pub fn field_title(field: &str) -> String {
    find_label(field).map_or_else(|| title_of_words(field), |label| label.name)
}

/// Returns what stands in place of a field's value for calls without one.
pub fn missing_name(field: &str) -> &'static str {
    if field == "disposition" { "No outcome" } else { "No value" }
}

/// Returns how the client names a field.
pub fn find_label(field: &str) -> Option<FieldLabel> {
    let client = use_context::<Access>()?.client.get_untracked()?;
    client.field_labels.into_iter().find(|label| label.field == field)
}

/// Formats a number of a field with the field's unit.
pub fn number_with_unit(number: f64, unit: Option<&str>) -> String {
    match unit {
        Some(code) if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) => {
            format::money(number, code)
        }
        Some(unit) => format!("{} {unit}", format::decimal(number)),
        None => format::decimal(number),
    }
}

fn title_of_words(field: &str) -> String {
    if let Some((_, title)) = OWN.iter().find(|(name, _)| *name == field) {
        return (*title).to_owned();
    }
    let path = field.strip_prefix("context.").or_else(|| field.strip_prefix("metadata."));
    path.unwrap_or(field).split('.').map(split_words).collect::<Vec<_>>().join(", ")
}

/// Splits a name into words at capitals, underscores and hyphens.
fn split_words(name: &str) -> String {
    let mut words = String::new();
    let mut before = ' ';
    for letter in name.chars() {
        if letter == '_' || letter == '-' {
            words.push(' ');
        } else if letter.is_uppercase() && before.is_lowercase() {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else {
            words.push(letter);
        }
        before = letter;
    }
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}

/// Returns the name of a breakdown's row.
pub fn row_name(row: &BreakdownRow) -> String {
    if let Some(label) = &row.label {
        return label.clone();
    }
    match (&row.value, row.from, row.to) {
        (Some(value), ..) => value_text(value),
        (None, None, Some(to)) => format!("under {}", format::decimal(to)),
        (None, Some(from), Some(to)) => {
            format!("{} – {}", format::decimal(from), format::decimal(to))
        }
        (None, Some(from), None) => format!("{} and over", format::decimal(from)),
        (None, None, None) => "All".to_owned(),
    }
}

/// Formats a value for people.
fn value_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        Value::Number(number) => {
            number.as_f64().map_or_else(|| number.to_string(), format::decimal)
        }
        other => other.to_string(),
    }
}

/// Returns the filters that find the calls of a row.
pub fn row_filters(field: &str, row: &BreakdownRow) -> Vec<(&'static str, String)> {
    let mut filters = vec![("field", field.to_owned())];
    if let Some(value) = &row.value {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        filters.push(("value", text));
    }
    filters.extend(row.from.map(|from| ("least", from.to_string())));
    filters.extend(row.to.map(|to| ("below", to.to_string())));
    filters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_called_by_its_words() {
        for (field, called) in [
            ("callType", "Type of call"),
            ("context.daysOverdue", "Days overdue"),
            ("context.loan_amt", "Loan amt"),
            ("metadata.campaign", "Campaign"),
            ("context.loan.EMI-count", "Loan, EMI count"),
            ("context.", ""),
        ] {
            assert_eq!(title_of_words(field), called, "{field}");
        }
    }
}
