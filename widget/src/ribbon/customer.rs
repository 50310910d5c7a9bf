//! The customer that a page passes to `setCustomer`.

use super::hidden_number::{split_handle, visible_part};
use super::model::RibbonError;
use call_ribbon_shared::phone::{self, Phone, PhoneError};
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
    /// The purpose of the calls; may be empty.
    pub call_type: String,
    /// The amount and the days among the facts, to show after the name; may be empty.
    pub brief: String,
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

    /// Returns why the number cannot be dialed; `None` if it can, or if there is no number.
    #[must_use]
    pub fn number_error(&self) -> Option<PhoneError> {
        let is_written = !self.phone.is_empty() && split_handle(&self.phone).1.is_none();
        Phone::parse(&self.phone).err().filter(|_| is_written)
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

    /// Returns the first word of the name, with the next one if it is no more than a title; else the
    /// text that the agent sees.
    #[must_use]
    pub fn first_name(&self) -> &str {
        let title = self.title();
        if self.name.is_empty() {
            return title;
        }
        let is_short = |word: &str| word.ends_with('.') || word.chars().nth(3).is_none();
        let mut end = 0;
        for word in title.split(' ') {
            end += word.len();
            if !is_short(word) {
                break;
            }
            end += 1;
        }
        title.get(..end).unwrap_or(title)
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
    let first_letter = |word: &str| {
        let seen = word.chars().find(|&c| !c.is_control() && !phone::is_invisible(c));
        seen.filter(|c| !c.is_ascii() || c.is_ascii_alphabetic())
    };
    let mut letters = name.split_whitespace().filter_map(first_letter);
    let first = letters.next();
    first.into_iter().chain(letters.next_back()).collect()
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
            ("\u{202e}Asha \u{200b}\u{feff}Rao", "AR"),
            ("\u{0}Asha\u{7} \u{1b}Rao", "AR"),
            ("\u{202d} Asha \u{2069}", "A"),
            ("\u{85}\u{9f}Asha", "A"),
            ("\u{0}\u{200d}", ""),
        ] {
            assert_eq!(name_initials(name), letters, "{name}");
        }
    }
}
