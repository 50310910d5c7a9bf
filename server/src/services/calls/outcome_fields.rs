//! What agents enter with a disposition: the fields that its entry asks for.

use crate::services::ServiceError;
use crate::services::money::{format_amount, parse_amount, parse_written_amount};
use crate::time;
use call_ribbon_shared::wire::{
    Disposition, OutcomeField, OutcomeFieldKind, OutcomeKind, RawValue,
};
use chrono::NaiveDate;
use serde_json::value::to_raw_value;
use std::collections::BTreeMap;

/// The values that a request names, each as its JSON text.
pub type GivenFields = BTreeMap<String, Box<RawValue>>;

/// The most characters of a text.
pub const MAX_TEXT_CHARS: usize = 1000;

/// The fields of one outcome, checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnteredFields {
    /// A JSON object with the values in the order of the entry's fields; `None` if there are none.
    pub json: Option<String>,
    /// The first date that the entry asks for.
    pub date: Option<NaiveDate>,
    /// The first amount that it asks for, in ten-thousandths.
    pub amount: Option<i64>,
}

/// A value of the kind that its field wants.
enum Entered {
    Date(NaiveDate),
    Amount(i64),
    Text(String),
}

/// Checks the values against what the entry asks for. A value of null is none.
pub fn read_fields(
    entry: Option<&Disposition>,
    given: &GivenFields,
) -> Result<EnteredFields, ServiceError> {
    let wanted = entry.map(|entry| entry.requires.as_slice()).unwrap_or_default();
    if given.keys().any(|name| wanted.iter().all(|field| field.name != *name)) {
        return Err(unknown_field(wanted));
    }
    let mut found = EnteredFields::default();
    let mut parts = Vec::new();
    for field in wanted {
        let value = given.get(&field.name).map(|value| value.get()).filter(|text| *text != "null");
        let json = match value.map(|text| read_value(field, text)).transpose()? {
            None if field.optional => continue,
            None => return Err(wrong_value(field, "is missing")),
            Some(Entered::Date(date)) => {
                found.date = found.date.or(Some(date));
                format!("\"{date}\"")
            }
            Some(Entered::Amount(amount)) => {
                found.amount = found.amount.or(Some(amount));
                format_amount(amount)
            }
            Some(Entered::Text(text)) => json_text(&text),
        };
        parts.push(format!("{}:{json}", json_text(&field.name)));
    }
    found.json = (!parts.is_empty()).then(|| format!("{{{}}}", parts.join(",")));
    Ok(found)
}

/// Returns whether an outcome with these fields is a promise to pay: an amount by a day.
pub fn promised(entry: Option<&Disposition>, found: &EnteredFields) -> Option<(i64, NaiveDate)> {
    let meaning = entry.and_then(Disposition::meaning);
    (meaning == Some(OutcomeKind::Promise)).then_some((found.amount?, found.date?))
}

fn read_value(field: &OutcomeField, json: &str) -> Result<Entered, ServiceError> {
    let text = serde_json::from_str::<String>(json).ok();
    let found = match field.kind {
        OutcomeFieldKind::Date => text.as_deref().and_then(read_date).map(Entered::Date),
        // A number is read as it was written, so no digit of it is lost.
        OutcomeFieldKind::Amount => text
            .as_deref()
            .map_or_else(|| parse_amount(json), parse_written_amount)
            .map(Entered::Amount),
        OutcomeFieldKind::Choice => {
            text.filter(|text| field.choices.contains(text)).map(Entered::Text)
        }
        OutcomeFieldKind::Text => text
            .filter(|text| {
                text.chars().count() <= MAX_TEXT_CHARS
                    && !text.contains('\0')
                    && (field.optional || !text.trim().is_empty())
            })
            .map(Entered::Text),
    };
    found.ok_or_else(|| wrong_value(field, "is wrong"))
}

/// Reads a day as `2026-12-01`.
pub fn read_date(text: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    // No shorter spelling, and no year that a calendar of an agent would not have.
    let is_usual = time::YEARS.contains(&chrono::Datelike::year(&date));
    (is_usual && date.to_string() == text).then_some(date)
}

fn json_text(text: &str) -> String {
    // A text always serialises.
    to_raw_value(text).map(|json| json.get().to_owned()).unwrap_or_default()
}

/// Returns what an agent or a program has to write.
fn wrong_value(field: &OutcomeField, what: &str) -> ServiceError {
    let name = format!("dispositionFields.{}", field.name);
    let label = &field.label;
    let advice = match field.kind {
        OutcomeFieldKind::Date => "give a day like 2026-12-01".to_owned(),
        OutcomeFieldKind::Amount => {
            "give an amount like 1500.50 or 1,500.50, 0 or more, with at most 11 digits and 4 decimals"
                .to_owned()
        }
        OutcomeFieldKind::Choice => format!("choose one of {}", field.choices.join(", ")),
        OutcomeFieldKind::Text => format!("write a text of 1 to {MAX_TEXT_CHARS} characters"),
    };
    let sentence = format!("{name} ({label}) {what}; {advice}.");
    ServiceError::OutcomeField { field: name, sentence }
}

fn unknown_field(wanted: &[OutcomeField]) -> ServiceError {
    let names: Vec<&str> = wanted.iter().map(|field| field.name.as_str()).collect();
    let sentence = if names.is_empty() {
        "dispositionFields must be left out: this disposition asks for no fields.".to_owned()
    } else {
        format!("dispositionFields may only have {} with this disposition.", names.join(", "))
    };
    ServiceError::OutcomeField { field: "dispositionFields".to_owned(), sentence }
}
