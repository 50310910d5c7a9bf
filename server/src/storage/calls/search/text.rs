//! A text that is looked for in what is shown of a call.

use crate::storage::CallRow;

/// What somebody typed into a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    lower: String,
    /// Its digits, where it may be a part of a number.
    digits: Option<String>,
}

impl Text {
    /// A text that is not empty.
    pub fn new(text: &str) -> Self {
        let is_number = text.chars().all(|c| c.is_ascii_digit() || " +-()./".contains(c));
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        Self {
            lower: text.to_lowercase(),
            digits: Some(digits).filter(|digits| is_number && !digits.is_empty()),
        }
    }

    /// Whether it stands in the customer's name or id, the number, or a name of the call.
    pub(super) fn is_in(&self, call: &CallRow) -> bool {
        let shown = [
            call.customer_name.as_deref(),
            call.customer_id.as_deref(),
            Some(call.call_sid.as_str()),
            Some(call.session_id.as_str()),
        ];
        shown.into_iter().flatten().any(|text| self.stands_in(text))
            || call.phone.as_deref().is_some_and(|phone| self.is_of_number(phone))
    }

    /// Whether it stands in a text, whatever its capitals.
    pub fn stands_in(&self, text: &str) -> bool {
        text.to_lowercase().contains(&self.lower)
    }

    /// Whether its digits follow each other in a number.
    pub fn is_of_number(&self, phone: &str) -> bool {
        let of = |digits: &String| {
            let number: String = phone.chars().filter(char::is_ascii_digit).collect();
            number.contains(digits)
        };
        self.digits.as_ref().is_some_and(of)
    }

    /// What `LIKE` finds a text by, and what a number; empty where all are wanted.
    pub fn patterns(text: Option<&Self>) -> (String, String) {
        text.map(|text| (text.pattern(), text.number_pattern())).unwrap_or_default()
    }

    /// What `LIKE` finds it by, and some others with it: databases do not agree about capitals
    /// beyond ASCII, and only letters and digits of it mean nothing else to them.
    pub fn pattern(&self) -> String {
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

    /// What `LIKE` finds a number by, however it is grouped; empty where it is no number.
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

    #[test]
    fn what_like_finds_holds_what_is_found() {
        for (text, pattern, number) in [
            ("Rao", "%rao%", ""),
            ("Müller & Co", "%m%ller%co%", ""),
            ("50%_\\", "%50%", ""),
            ("आशा", "%", ""),
            ("+91 98-7", "%91%98%7%", "%9%1%9%8%7%"),
        ] {
            let text = Text::new(text);
            assert_eq!(
                (text.pattern().as_str(), text.number_pattern().as_str()),
                (pattern, number)
            );
        }
    }
}
