//! Deserializes providers' fields leniently: numbers as texts, texts as numbers, the word `null`,
//! and times without a zone.

use call_ribbon_shared::Millis;
use chrono::{DateTime, Datelike, NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// Longer than any useful field; the longest are URLs of recordings.
const MAX_CHARS: usize = 2_048;
/// How far a provider's clock may be ahead. A later time was written in another zone than the
/// account says.
const MAX_CLOCK_SKEW: Millis = 5 * 60 * 1_000;
/// No call is earlier than this year; the epoch means an unknown time.
const FIRST_YEAR: i32 = 2000;

/// Deserializes a text, or a number as a text. A missing or empty value, the word `null`, an
/// unfilled variable (`$answer_stamp`), and anything that is not a text count as missing.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(as_text(&Value::deserialize(deserializer)?))
}

/// What digit-only networks send in place of a withheld number: "ANONYMOUS" on a telephone's keys.
const ANONYMOUS: &str = "266696687";

/// Whether a caller's number says that it is withheld: a word (`anonymous`, `Restricted`,
/// `Unknown`), a sign (`-`), zeros, or [`ANONYMOUS`].
pub fn is_withheld(number: &str) -> bool {
    let digits = number.chars().filter(char::is_ascii_digit);
    digits.clone().all(|digit| digit == '0') || digits.eq(ANONYMOUS.chars())
}

/// Deserializes whole seconds, from a number, digits, or `hh:mm:ss`.
pub fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let text = as_text(&Value::deserialize(deserializer)?);
    Ok(text.as_deref().and_then(as_seconds))
}

/// Deserializes a list, also from an object of numbered fields (a form's), or from a text that
/// holds JSON.
pub fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let items = match Value::deserialize(deserializer)? {
        Value::Array(items) => items,
        Value::Object(fields) => numbered_values(fields),
        Value::String(json) => serde_json::from_str(&json).unwrap_or_default(),
        _ => Vec::new(),
    };
    Ok(items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect())
}

/// Deserializes an object, or its default from any other value.
pub fn object<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).unwrap_or_default())
}

/// Returns the values of the fields 0, 1, 2, …, in that order.
fn numbered_values(fields: Map<String, Value>) -> Vec<Value> {
    let mut items: Vec<(usize, Value)> = fields
        .into_iter()
        .filter_map(|(name, value)| name.parse().ok().map(|place| (place, value)))
        .collect();
    items.sort_by_key(|(place, _)| *place);
    items.into_iter().map(|(_, value)| value).collect()
}

fn as_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.chars().filter(|c| !c.is_control()).collect(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => yes.to_string(),
        _ => return None,
    };
    let text = text.trim();
    let said = !text.is_empty()
        && !text.eq_ignore_ascii_case("null")
        && !text.starts_with('$')
        && text.len() <= MAX_CHARS;
    said.then(|| text.to_owned())
}

fn as_seconds(text: &str) -> Option<u32> {
    if text.contains(':') {
        return text.split(':').try_fold(0_u32, |sum, part| {
            sum.checked_mul(60)?.checked_add(part.trim().parse().ok()?)
        });
    }
    // Fractions of a second are dropped.
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    whole.parse().ok()
}

/// Parses a time, in the account's zone if the text has none. Zeros, the epoch in any zone, and a
/// future time count as unknown.
pub fn parse_time(text: Option<&str>, zone: Tz, received_at: Millis) -> Option<Millis> {
    let text = text?.trim();
    let at =
        parse_with_zone(text).or_else(|| parse_local(text, zone)).or_else(|| parse_epoch(text))?;
    let year = DateTime::from_timestamp_millis(at)?.year();
    (year >= FIRST_YEAR && at <= received_at.saturating_add(MAX_CLOCK_SKEW)).then_some(at)
}

fn parse_with_zone(text: &str) -> Option<Millis> {
    let read = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f %z"))
        .or_else(|_| DateTime::parse_from_rfc2822(text));
    read.ok().map(|time| time.timestamp_millis())
}

fn parse_local(text: &str, zone: Tz) -> Option<Millis> {
    let formats = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%a, %d %b %Y %H:%M:%S"];
    let read = formats.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
    zone.from_local_datetime(&read).earliest().map(|time| time.timestamp_millis())
}

/// Parses seconds or milliseconds since the epoch.
fn parse_epoch(text: &str) -> Option<Millis> {
    let count: Millis = text.parse().ok()?;
    match text.len() {
        10 => count.checked_mul(1_000),
        13 => Some(count),
        _ => None,
    }
}
