//! Matches a search text against the displayed values of a call.

use crate::scan::{Scan, count_steps};
use crate::storage::CallWithNotes;

/// A search text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchText {
    lower: String,
    /// Its digits, if it may be part of a phone number.
    digits: Option<String>,
}

impl SearchText {
    /// Creates a search text from a text that is not empty.
    pub fn new(text: &str) -> Self {
        let is_number = text.chars().all(|c| c.is_ascii_digit() || " +-()./".contains(c));
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        Self {
            lower: text.to_lowercase(),
            digits: Some(digits).filter(|digits| is_number && !digits.is_empty()),
        }
    }

    /// Returns whether the customer's name or id, the number, an id of the call, or the agent's
    /// notes contain it.
    pub(super) fn occurs_in_call(&self, row: &CallWithNotes) -> bool {
        let call = &row.call;
        let shown = [
            row.written.notes.as_deref(),
            call.customer_name.as_deref(),
            call.customer_id.as_deref(),
            Some(call.call_sid.as_str()),
            Some(call.session_id.as_str()),
        ];
        shown.into_iter().flatten().any(|text| self.occurs_in_text(text))
            || call.phone.as_deref().is_some_and(|phone| self.occurs_in_number(phone))
    }

    /// Returns whether a text contains it, ignoring case.
    pub fn occurs_in_text(&self, text: &str) -> bool {
        count_steps(text.len());
        Scan::new(&text.to_lowercase()).len_until_text(&self.lower).is_some()
    }

    /// Returns whether a number contains its digits in sequence.
    pub fn occurs_in_number(&self, phone: &str) -> bool {
        let of = |digits: &String| {
            let number: String = phone.chars().filter(char::is_ascii_digit).collect();
            count_steps(phone.len());
            Scan::new(&number).len_until_text(digits).is_some()
        };
        self.digits.as_ref().is_some_and(of)
    }

    /// Returns the `LIKE` patterns for texts and for numbers; empty if there is no search text.
    pub fn like_patterns(text: Option<&Self>) -> (String, String) {
        text.map(|text| (text.like_pattern(), text.number_pattern())).unwrap_or_default()
    }

    /// Returns the `LIKE` pattern for texts. It matches more than the search text: databases differ
    /// in the case of letters beyond ASCII, so only its letters and digits are matched literally.
    pub fn like_pattern(&self) -> String {
        let mut pattern = "%".to_owned();
        for next in self.lower.chars() {
            if next.is_ascii_alphanumeric() {
                pattern.push(next);
            } else if !pattern.ends_with('%') {
                pattern.push('%');
            }
        }
        if !pattern.ends_with('%') {
            pattern.push('%');
        }
        pattern
    }

    /// Returns the `LIKE` pattern for numbers, however grouped; empty if the text is not a number.
    pub fn number_pattern(&self) -> String {
        let digits = self.digits.as_deref().unwrap_or_default();
        digits
            .chars()
            .flat_map(|digit| ['%', digit])
            .chain((!digits.is_empty()).then_some('%'))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::steps::assert_linear;

    #[test]
    fn a_text_is_searched_once() {
        for wanted in ["a", "1111", "&&&&;", "no such text"] {
            let wanted = SearchText::new(wanted);
            assert_linear("SearchText", |text| {
                wanted.occurs_in_text(text);
                wanted.occurs_in_number(text);
            });
        }
    }

    #[test]
    fn what_like_finds_holds_what_is_found() {
        for (text, pattern, number) in [
            ("Rao", "%rao%", ""),
            ("Müller & Co", "%m%ller%co%", ""),
            ("50%_\\", "%50%", ""),
            ("आशा", "%", ""),
            ("+91 98-7", "%91%98%7%", "%9%1%9%8%7%"),
        ] {
            let text = SearchText::new(text);
            assert_eq!(
                (text.like_pattern().as_str(), text.number_pattern().as_str()),
                (pattern, number)
            );
        }
    }
}
