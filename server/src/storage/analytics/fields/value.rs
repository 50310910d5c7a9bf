//! Values of fields as text keys, whose first character is the kind of the value.
//!
//! One type of key serves all values, and sorts and compares like any text.

use serde_json::{Number, Value};

/// Values that are not counted separately, except numbers, which have bins.
pub const OTHER: &str = "o";
/// Texts that are too long to be counted separately.
pub const TOO_LONG: &str = "l";
/// The only value of the field that every call has.
pub const ALL: &str = "a";
/// The longest text in characters that counts separately, as it is part of a key.
const LONGEST: usize = 100;

/// The kind of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValueKind {
    Number,
    Text,
    Boolean,
}

/// Numbers that are counted together, from `from` inclusive to `to` exclusive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberBin {
    pub from: f64,
    pub to: f64,
}

/// Returns the key of a text; `None` if the text is empty.
pub fn text_key(text: &str) -> Option<String> {
    text_key_up_to(text, LONGEST)
}

/// Returns the key of a text with a maximum length in characters.
pub fn text_key_up_to(text: &str, longest: usize) -> Option<String> {
    // PostgreSQL cannot store NUL in a text.
    let text = text.replace('\0', "");
    match text.chars().nth(longest) {
        _ if text.is_empty() => None,
        Some(_) => Some(TOO_LONG.to_owned()),
        None => Some(format!("t{text}")),
    }
}

/// Returns the key of a number, which does not depend on how the number was written.
pub fn number_key(number: f64) -> String {
    // Negative zero equals zero.
    let number = if number == 0.0 { 0.0 } else { number };
    format!("n{number:e}")
}

/// Returns the key of a boolean.
pub fn boolean_key(flag: bool) -> &'static str {
    if flag { "b1" } else { "b0" }
}

/// Returns the keys of all values that a text as entered by a person denotes: the text, and the
/// number or boolean.
pub fn entered_keys(text: &str) -> Vec<String> {
    let number = text.trim().parse::<f64>().ok().map(number_key);
    let boolean = text.trim().parse::<bool>().ok().map(|flag| boolean_key(flag).to_owned());
    text_key(text).into_iter().chain(number).chain(boolean).collect()
}

/// Returns the key of a JSON value; `None` if it is empty, null or an object. A list is read as the
/// text of its items.
pub fn json_key(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Object(_) => None,
        Value::Bool(flag) => Some(boolean_key(*flag).to_owned()),
        Value::Number(value) => value.as_f64().map(number_key),
        Value::String(value) => text_key(value),
        Value::Array(values) => {
            let words: Option<Vec<String>> = values.iter().map(item_text).collect();
            text_key(&words?.join(", "))
        }
    }
}

/// Returns an item of a list as text.
fn item_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Returns the kind of a key; `None` for values that are counted together.
pub fn key_kind(key: &str) -> Option<ValueKind> {
    match key.as_bytes().first()? {
        b't' | b'l' => Some(ValueKind::Text),
        b'n' | b'+' | b'-' => Some(ValueKind::Number),
        b'b' => Some(ValueKind::Boolean),
        _ => None,
    }
}

/// Returns the number of a key.
pub fn key_as_number(key: &str) -> Option<f64> {
    key.strip_prefix('n')?.parse().ok()
}

/// Returns the value of a key as JSON, if it is counted separately.
pub fn key_as_json(key: &str) -> Option<Value> {
    match key.split_at_checked(1)? {
        ("t", text) => Some(Value::from(text)),
        ("b", flag) => Some(Value::from(flag == "1")),
        ("n", _) => key_as_number(key).map(json_number),
        _ => None,
    }
}

/// Returns a number as JSON; a whole one without a decimal point.
fn json_number(number: f64) -> Value {
    // Rust also formats a whole number without a decimal point.
    let text = if number.abs() < 1e15 { format!("{number}") } else { format!("{number:e}") };
    let parsed = text.parse::<i64>().map(Value::from).ok();
    parsed.or_else(|| Number::from_f64(number).map(Value::Number)).unwrap_or_default()
}

/// Returns the key of the bin for a number that is not counted separately. A bin holds the numbers
/// with the same first two digits; zero has its own bin.
pub fn bin_key(number: f64) -> String {
    if number == 0.0 {
        return "+0e0".to_owned();
    }
    // The shortest exact digits, so nothing is lost to rounding: `1.25e3`.
    let digits = format!("{:e}", number.abs());
    let (digits, exponent) = digits.split_once('e').unwrap_or((&digits, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let first: i32 = format!("{digits:0<2}").get(..2).and_then(|two| two.parse().ok()).unwrap_or(0);
    let exponent = exponent - 1;
    if number > 0.0 {
        return format!("+{first}e{exponent}");
    }
    // Below zero a bin excludes its end nearest to zero. So a round edge has all numbers of a bin
    // on one side there, too.
    let is_round = digits.trim_end_matches('0').len() <= 2;
    format!("-{}e{exponent}", if is_round { first } else { first + 1 })
}

/// Returns the numbers of a bin's key.
pub fn key_as_bin(key: &str) -> Option<NumberBin> {
    let sign = key.chars().next().filter(|sign| matches!(sign, '+' | '-'))?;
    let (first, exponent) = key.get(1..)?.split_once('e')?;
    let first: i32 = first.parse().ok()?;
    if first == 0 {
        return Some(NumberBin { from: 0.0, to: 0.0 });
    }
    // Parsed from text, so that an edge is exactly the number that a person would write.
    let at = |first: i32| format!("{first}e{exponent}").parse::<f64>().ok();
    Some(match sign {
        '+' => NumberBin { from: at(first)?, to: at(first + 1)? },
        _ => NumberBin { from: -at(first)?, to: -at(first - 1)? },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_read_and_written() {
        for (value, key) in [
            (json!(null), None),
            (json!(""), None),
            (json!({"a": 1}), None),
            (json!([]), None),
            (json!([1, {"a": 1}]), None),
            (json!("a\u{0}b"), Some("tab")),
            (json!(true), Some("b1")),
            (json!(-0.0), Some("n0e0")),
            (json!(50_000), Some("n5e4")),
            (json!(50_000.0), Some("n5e4")),
            (json!(0.1), Some("n1e-1")),
            (json!(["a", 1, true]), Some("ta, 1, true")),
            (json!("x".repeat(101)), Some("l")),
        ] {
            assert_eq!(json_key(&value).as_deref(), key, "{value}");
        }
        for value in [json!(50_000), json!(-3), json!(0.25), json!("t"), json!(false)] {
            assert_eq!(key_as_json(&json_key(&value).unwrap()), Some(value));
        }
    }

    #[test]
    fn a_bin_holds_its_numbers_and_ends_at_round_ones() {
        let numbers = [
            1.0, 1.05, 9.99, 10.0, 99.0, 100.0, 123.4, 0.001_234, 12_345.0, 50_000.0, 99_999.0,
            1e300, 1e-300,
        ];
        for number in numbers.into_iter().flat_map(|number| [number, -number]) {
            let NumberBin { from, to } = key_as_bin(&bin_key(number)).unwrap();
            assert!(from <= number && number < to, "{from} <= {number} < {to}");
            assert!((to - from) / number.abs() < 0.11, "{from} to {to}");
        }
        assert_eq!(
            key_as_bin(&bin_key(12_345.0)).unwrap(),
            NumberBin { from: 12_000.0, to: 13_000.0 }
        );
        assert_eq!(
            key_as_bin(&bin_key(-12_345.0)).unwrap(),
            NumberBin { from: -13_000.0, to: -12_000.0 }
        );
        // A number on an edge belongs to the bin that begins there.
        assert_eq!(
            key_as_bin(&bin_key(-12_000.0)).unwrap(),
            NumberBin { from: -12_000.0, to: -11_000.0 }
        );
        assert_eq!(key_as_bin(&bin_key(-100.0)).unwrap().from.to_string(), "-100");
        assert_eq!(key_as_bin(&bin_key(0.0)).unwrap(), NumberBin { from: 0.0, to: 0.0 });
    }
}
