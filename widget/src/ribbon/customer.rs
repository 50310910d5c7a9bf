//! The customer that a page gives to `setCustomer`, read once and kept as it was given.

use super::model::Trouble;
use call_ribbon_shared::phone;
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// A customer: the little that the bar shows, and the whole as it was given.
#[derive(Debug, Clone)]
pub struct Customer {
    /// The name for people; may be empty.
    pub name: String,
    /// The customer's id in the page's system; may be empty.
    pub id: String,
    /// The number as it was given; empty for a customer without one.
    pub phone: String,
    /// Two or three facts of the context worth saying aloud, as label and value.
    pub facts: Vec<(String, String)>,
    /// Call at once.
    pub auto_call: bool,
    /// The agent named along with the customer.
    pub agent_id: Option<String>,
    /// The agent's name named along with the customer.
    pub agent_name: Option<String>,
    /// A copy of what the page gave, which goes back to it with each event.
    pub data: Rc<JsValue>,
    /// The same as JSON text, for the server.
    pub json: String,
}

impl Customer {
    /// One or two letters that stand for the customer.
    #[must_use]
    pub fn initials(&self) -> String {
        initials(&self.name)
    }

    /// Whether more is known than a number.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.name.is_empty() || !self.id.is_empty()
    }

    /// What the agent reads: the name, else the number, else the id.
    #[must_use]
    pub fn title(&self) -> &str {
        let texts = [&self.name, &self.phone, &self.id];
        texts.into_iter().find(|text| !text.is_empty()).unwrap_or(&self.id)
    }
}

/// Whether two written numbers reach the same phone.
#[must_use]
pub fn same_number(one: &str, other: &str) -> bool {
    one == other && !one.is_empty() || phone::same_number(one, other)
}

/// The first letters of the first and the last word of a name. The style sheet makes them
/// capitals: the tables for that would be a tenth of the download.
#[must_use]
pub fn initials(name: &str) -> String {
    let letter = |c: char| !c.is_ascii() || c.is_ascii_alphabetic();
    let mut words = name.split_whitespace().filter(|word| word.starts_with(letter));
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    first.into_iter().chain(last).collect()
}

/// A field's name for people: `loanAmount`, `loan_amount` and `loan-amount` are "Loan amount".
#[must_use]
pub fn label(field: &str) -> String {
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

/// The refusal of a customer field.
#[must_use]
pub fn bad_field(field: &str, must: &str) -> Trouble {
    Trouble::new("invalid_argument", format!("setCustomer: {field} {must}."))
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
            assert_eq!(initials(name), letters, "{name}");
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
            assert_eq!(label(field), words);
        }
    }
}
