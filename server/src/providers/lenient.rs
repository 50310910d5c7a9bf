//! Reading what providers send: numbers as texts, texts as numbers, the word `null`, and times
//! that carry no zone.

use call_ribbon_shared::Millis;
use chrono::{DateTime, Datelike, NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// Longer than any field that is of use; the longest are addresses of recordings.
const LONGEST: usize = 2_048;
/// How far a provider's clock may be ahead of ours. What it dates later was written in another
/// zone than the account says.
const CLOCKS_DIFFER: Millis = 5 * 60 * 1_000;
/// No call is from before this year; the epoch stands for a time that is not known.
const FIRST_YEAR: i32 = 2000;

/// A text, or a number as a text. Nothing, empty, the word `null`, a variable that nobody filled
/// in (`$answer_stamp`), and what is no text at all count as not said.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(as_text(&Value::deserialize(deserializer)?))
}

/// What networks that know digits only send in place of a withheld number: "ANONYMOUS" on a
/// telephone's keys.
const ANONYMOUS: &str = "266696687";

/// Whether a caller's number is no number, but says that it is withheld: a word (`anonymous`,
/// `Restricted`, `Unknown`), a sign (`-`), zeros, or [`ANONYMOUS`].
pub fn is_withheld(number: &str) -> bool {
    let digits = number.chars().filter(char::is_ascii_digit);
    digits.clone().all(|digit| digit == '0') || digits.eq(ANONYMOUS.chars())
}

/// Whole seconds, as a number, as digits, or as `hh:mm:ss`.
pub fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let text = as_text(&Value::deserialize(deserializer)?);
    Ok(text.as_deref().and_then(as_seconds))
}

/// A list: as one, as an object of numbered fields (a form's), or as a text that holds JSON.
pub fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let items = match Value::deserialize(deserializer)? {
        Value::Array(items) => items,
        Value::Object(fields) => numbered(fields),
        Value::String(json) => serde_json::from_str(&json).unwrap_or_default(),
        _ => Vec::new(),
    };
    Ok(items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect())
}

/// What is there of an object, or its default where it is none.
pub fn object<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).unwrap_or_default())
}

/// The values of fields that are named 0, 1, 2, …, in that order.
fn numbered(fields: Map<String, Value>) -> Vec<Value> {
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
        && text.len() <= LONGEST;
    said.then(|| text.to_owned())
}

fn as_seconds(text: &str) -> Option<u32> {
    if text.contains(':') {
        return text.split(':').try_fold(0_u32, |sum, part| {
            sum.checked_mul(60)?.checked_add(part.trim().parse().ok()?)
        });
    }
    // A fraction of a second is none that anybody counts.
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    whole.parse().ok()
}

/// When something happened, where that is said: in the account's zone where the text carries
/// none. Zeros, the epoch in any zone, and a time that is still to come are not known.
pub fn moment(text: Option<&str>, zone: Tz, received_at: Millis) -> Option<Millis> {
    let text = text?.trim();
    let at = with_zone(text).or_else(|| local(text, zone)).or_else(|| stamp(text))?;
    let year = DateTime::from_timestamp_millis(at)?.year();
    (year >= FIRST_YEAR && at <= received_at.saturating_add(CLOCKS_DIFFER)).then_some(at)
}

fn with_zone(text: &str) -> Option<Millis> {
    let read = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f %z"))
        .or_else(|_| DateTime::parse_from_rfc2822(text));
    read.ok().map(|time| time.timestamp_millis())
}

fn local(text: &str, zone: Tz) -> Option<Millis> {
    let formats = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%a, %d %b %Y %H:%M:%S"];
    let read = formats.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
    zone.from_local_datetime(&read).earliest().map(|time| time.timestamp_millis())
}

/// Seconds or milliseconds since the epoch.
fn stamp(text: &str) -> Option<Millis> {
    let count: Millis = text.parse().ok()?;
    match text.len() {
        10 => count.checked_mul(1_000),
        13 => Some(count),
        _ => None,
    }
}
