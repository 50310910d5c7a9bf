//! The customer that a page passes to `setCustomer`.

use super::hidden_number::{split_handle, visible_part};
use super::model::RibbonError;
use call_ribbon_shared::phone;
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// A customer: the few fields that the bar shows, and the complete data as passed.
#[derive(Debug, Clone)]
pub struct Customer {
    /// The display name; may be empty.
    pub name: String,
    /// The customer's id in the page's system; may be empty.
    pub id: String,
    /// The number as passed; empty for a customer without one.
    pub phone: String,
    /// Two or three entries of the context worth mentioning, as label and value.
    pub facts: Vec<(String, String)>,
    /// Call at once.
    pub auto_call: bool,
    /// The id of the agent passed with the customer.
    pub agent_id: Option<String>,
    /// The name of the agent passed with the customer.
    pub agent_name: Option<String>,
    /// A copy of the page's data, which is returned to it with each event.
    pub data: Rc<JsValue>,
    /// The same as JSON text, for the server.
    pub json: String,
}

impl Customer {
    /// Returns one or two initials for the customer.
    #[must_use]
    pub fn initials(&self) -> String {
        name_initials(&self.name)
    }

    /// Returns whether more than a number is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.name.is_empty() || !self.id.is_empty()
    }

    /// Returns the text that the agent sees: the name, else the number, else the id.
    #[must_use]
    pub fn title(&self) -> &str {
        let texts = [&self.name, visible_part(&self.phone), &self.id];
        texts.into_iter().find(|text| !text.is_empty()).unwrap_or(&self.id)
    }
}

/// Returns whether two written numbers reach the same phone.
#[must_use]
pub fn same_number(one: &str, other: &str) -> bool {
    match (split_handle(one).1, split_handle(other).1) {
        (None, None) => one == other && !one.is_empty() || phone::same_number(one, other),
        (one, other) => one == other,
    }
}

/// Returns the first letters of the first and the last word of a name. The style sheet capitalizes
/// them: the Unicode tables for that would be a tenth of the download.
#[must_use]
pub fn name_initials(name: &str) -> String {
    let letter = |c: char| !c.is_ascii() || c.is_ascii_alphabetic();
    let mut words = name.split_whitespace().filter(|word| word.starts_with(letter));
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    first.into_iter().chain(last).collect()
}

/// Returns a field's display name: `loanAmount`, `loan_amount` and `loan-amount` become "Loan
/// amount".
#[must_use]
pub fn field_label(field: &str) -> String {
    let mut words = String::with_capacity(field.len() + 4);
    let mut after_lower = false;
    for c in field.chars() {
        let lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        if matches!(c, '_' | '-' | ' ') {
            words.push(' ');
        } else if words.is_empty() {
            words.push(c.to_ascii_uppercase());
        } else if c.is_ascii_uppercase() && after_lower {
            words.push(' ');
            words.push(c.to_ascii_lowercase());
        } else {
            words.push(c);
        }
        after_lower = lower;
    }
    words
}

/// Creates the error for an invalid customer field.
#[must_use]
pub fn field_error(field: &str, must: &str) -> RibbonError {
    RibbonError::new("invalid_argument", format!("setCustomer: {field} {must}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_the_last_word() {
        for (name, letters) in [
            ("Asha Rao", "AR"),
            ("asha", "a"),
            ("Anna Maria von Trapp", "AT"),
            ("अमित कुमार", "अक"),
            ("", ""),
            ("+91 98", ""),
        ] {
            assert_eq!(name_initials(name), letters, "{name}");
        }
    }

    #[test]
    fn labels_read_like_words() {
        for (field, words) in [
            ("loanAmount", "Loan amount"),
            ("days_overdue", "Days overdue"),
            ("EMI", "EMI"),
            ("leadScore2", "Lead score2"),
        ] {
            assert_eq!(field_label(field), words);
        }
    }
}
