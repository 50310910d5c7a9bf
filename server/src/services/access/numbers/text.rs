//! Hides the phone numbers in a text.

use crate::phone::parse_valid;
use crate::providers::masking::numbers::{Run, replace_numbers};
use call_ribbon_shared::phone::DialNumber;
use std::collections::BTreeMap;

/// Stands for the digits that are not shown.
pub const HIDDEN: &str = "••••";
/// Digits of a number without a known country code that are shown only in part: fewer, and the
/// shown ones would be most of it.
const MIN_PARTLY_SHOWN: usize = 9;

/// Returns the text with the middle of each number hidden, as in `+91 98••••3210`; `None` if it
/// contains no number.
pub fn hide_numbers(text: &str) -> Option<String> {
    let mut found = false;
    let hidden = replace_numbers(text, |run, hidden| {
        found = true;
        push_hidden(run, hidden);
    });
    found.then_some(hidden)
}

/// Returns a text that someone edited without seeing its numbers, with the numbers of the original
/// in their places; `None` if it has a hidden number that the original lacks, or that stands for two
/// of its numbers. One number in several notations keeps them, in their order.
pub fn restore_numbers(edited: &str, original: &str) -> Option<String> {
    let mut found: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    // What the numbers become is collected, and the text itself is dropped.
    replace_numbers(original, |run, before| {
        let number = number_of(run, before);
        let start = before.len();
        push_hidden(run, before);
        let hidden = before[start..].to_owned();
        found.entry(hidden).or_default().push((number, run.text.to_owned()));
    });
    let mut restored = edited.to_owned();
    for (hidden, written) in &found {
        let Some((number, last)) = written.last() else { continue };
        if written.iter().any(|(other, _)| other != number) {
            continue;
        }
        let mut pieces = restored.split(hidden.as_str());
        let mut text = pieces.next().unwrap_or_default().to_owned();
        let notations = written.iter().map(|(_, notation)| notation);
        for (piece, notation) in pieces.zip(notations.chain(std::iter::repeat(last))) {
            text.extend([notation.as_str(), piece]);
        }
        restored = text;
    }
    (!restored.contains(HIDDEN)).then_some(restored)
}

/// Returns the number that stands after a text, in one form for all its notations.
fn number_of(run: &Run<'_>, before: &str) -> String {
    let digits = run.digits.concat();
    let read =
        before.ends_with('+').then(|| DialNumber::parse(&format!("+{digits}")).ok()).flatten();
    let valid = read.and_then(|number| parse_valid(None, &number));
    valid.map_or(digits, |number| format!("+{}{}", number.code().value(), number.national()))
}

/// Returns whether the text is one phone number and nothing else.
pub fn is_number(text: &str) -> bool {
    DialNumber::parse(text).is_ok() && hide_numbers(text).is_some()
}

/// Appends a number without its middle digits. A `+` before it is already appended.
fn push_hidden(run: &Run<'_>, hidden: &mut String) {
    let digits = run.digits.concat();
    let international = hidden.ends_with('+').then(|| format!("+{digits}"));
    let read = international
        .and_then(|number| DialNumber::parse(&number).ok())
        .and_then(|number| parse_valid(None, &number));
    if let Some(number) = read {
        let code = number.code().value().to_string();
        let national = number.national().to_string();
        if national.len() >= MIN_PARTLY_SHOWN - 1 {
            hidden.extend([&code, " ", &national[..2]]);
        } else {
            hidden.extend([&code, " "]);
        }
        push_last(&national, hidden);
        return;
    }
    // Digits may be of another script, or encoded.
    let shown = if run.digits.len() >= MIN_PARTLY_SHOWN { 2 } else { 0 };
    hidden.extend(run.digits[..shown].iter().copied());
    hidden.push_str(HIDDEN);
    let last = run.digits.len() - last_shown(run.digits.len());
    hidden.extend(run.digits[last..].iter().copied());
}

fn push_last(national: &str, hidden: &mut String) {
    hidden.push_str(HIDDEN);
    hidden.push_str(&national[national.len() - last_shown(national.len())..]);
}

/// Returns how many of the last digits are shown.
fn last_shown(digits: usize) -> usize {
    if digits >= MIN_PARTLY_SHOWN - 1 { 4 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_each_number_is_hidden() {
        for (text, expected) in [
            ("+919876543210", "+91 98••••3210"),
            ("+91 98765 43210", "+91 98••••3210"),
            ("+14155550123", "+1 41••••0123"),
            ("9876543210", "98••••3210"),
            ("09876543210", "09••••3210"),
            ("2345678", "••••78"),
            ("call 98765-43210 or (022) 2345 6789.", "call 98••••3210 or (02••••6789."),
            (
                "https://crm.example/?phone=%2B919876543210",
                "https://crm.example/?phone=%2B91••••3210",
            ),
            ("९८७६५४३२१०", "९८••••३२१०"),
        ] {
            assert_eq!(hide_numbers(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "Priya",
            "112",
            "2026-11-28T10:30:00.123Z",
            "call_0199d7d2c5e07c1234567890b1f0c44a",
            "0199d7d2-c5e0-7c12-9345-678901f0c44a",
            "INV-2026",
            "45,000",
        ] {
            assert_eq!(hide_numbers(text), None, "{text}");
        }
    }

    #[test]
    fn a_hidden_number_stays_as_it_is() {
        for text in ["+919876543210", "9876543210", "2345678"] {
            let hidden = hide_numbers(text).unwrap();
            assert_eq!(hide_numbers(&hidden), None, "{hidden}");
            assert!(DialNumber::parse(&hidden).is_err(), "{hidden}");
        }
    }

    #[test]
    fn an_edited_text_gets_its_numbers_back() {
        let original = "rang +91 98765 43210, then 98765-43211";
        for (edited, expected) in [
            ("rang +91 98••••3210, then 98••••3211", Some(original)),
            ("98••••3211 answered", Some("98765-43211 answered")),
            ("no number", Some("no number")),
            ("98••••9999", None),
        ] {
            assert_eq!(restore_numbers(edited, original).as_deref(), expected, "{edited}");
        }
        assert_eq!(restore_numbers("98••••3210", "9876543210 or 9812343210"), None);
        // One number in two notations.
        let original = "9876543210, again 98765-43210; +91 98765 43211 or +919876543211";
        let hidden = hide_numbers(original).unwrap();
        assert_eq!(restore_numbers(&hidden, original).as_deref(), Some(original));
        for (edited, expected) in [
            ("98••••3210", "9876543210"),
            ("98••••3210 98••••3210 98••••3210", "9876543210 98765-43210 98765-43210"),
        ] {
            assert_eq!(restore_numbers(edited, original).as_deref(), Some(expected));
        }
    }

    #[test]
    fn only_a_text_that_is_a_number_is_one() {
        for (text, expected) in [
            ("+91 98765 43210", true),
            ("9876543210", true),
            ("call 9876543210", false),
            ("Priya", false),
        ] {
            assert_eq!(is_number(text), expected, "{text}");
        }
    }
}
