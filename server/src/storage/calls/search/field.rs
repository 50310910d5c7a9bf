//! A field of what was sent along with a call, as a breakdown counts it.

use crate::storage::NotedCall;
use crate::storage::analytics::fields::{
    as_number, boolean_key, number_key, text_key, value_in_row,
};

/// What a field must hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    /// Nothing: calls without the field.
    Missing,
    /// This text, or the number or the true or false that it says.
    Value(String),
    /// A number from one, that one included, to another, that one not.
    Between(f64, f64),
}

/// A field by its name, and what it must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldTest {
    pub field: String,
    pub wanted: Wanted,
}

impl FieldTest {
    pub(super) fn passes(&self, row: &NotedCall) -> bool {
        match (&self.wanted, value_in_row(&self.field, row)) {
            (Wanted::Missing, held) => held.is_none(),
            (Wanted::Value(wanted), Some(held)) => is(&held, wanted),
            (Wanted::Between(from, to), Some(held)) => {
                as_number(&held).is_some_and(|number| *from <= number && number < *to)
            }
            (Wanted::Value(_) | Wanted::Between(..), None) => false,
        }
    }
}

/// Whether a value is what somebody means by a text.
fn is(held: &str, wanted: &str) -> bool {
    let number = wanted.trim().parse::<f64>().ok().map(number_key);
    let boolean = wanted.trim().parse::<bool>().ok().map(boolean_key);
    Some(held) == text_key(wanted).as_deref()
        || Some(held) == number.as_deref()
        || Some(held) == boolean
}
