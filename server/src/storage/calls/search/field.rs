//! Filters calls by a field of their `customerData`, with the same rules as breakdowns.

use crate::storage::NotedCall;
use crate::storage::analytics::fields::{
    as_number, boolean_key, number_key, text_key, value_in_row,
};

/// The condition on a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    /// The field is missing.
    Missing,
    /// The field equals this text, or the number or boolean that it denotes.
    Value(String),
    /// The field is a number in this range, including the first bound, excluding the second.
    Between(f64, f64),
}

/// A field's name, and the condition on it.
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

/// Returns whether a value equals a text as entered by a person.
fn is(held: &str, wanted: &str) -> bool {
    let number = wanted.trim().parse::<f64>().ok().map(number_key);
    let boolean = wanted.trim().parse::<bool>().ok().map(boolean_key);
    Some(held) == text_key(wanted).as_deref()
        || Some(held) == number.as_deref()
        || Some(held) == boolean
}
