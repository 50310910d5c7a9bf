//! Filters calls by a field of their `customerData`, with the same rules as breakdowns.

use crate::storage::CallWithNotes;
use crate::storage::analytics::fields::{
    boolean_key, field_value_of_row, key_as_number, number_key, text_key,
};

/// The condition on a field.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldCondition {
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
    pub wanted: FieldCondition,
}

impl FieldTest {
    pub(super) fn matches_call(&self, row: &CallWithNotes) -> bool {
        match (&self.wanted, field_value_of_row(&self.field, row)) {
            (FieldCondition::Missing, held) => held.is_none(),
            (FieldCondition::Value(wanted), Some(held)) => equals_text(&held, wanted),
            (FieldCondition::Between(from, to), Some(held)) => {
                key_as_number(&held).is_some_and(|number| *from <= number && number < *to)
            }
            (FieldCondition::Value(_) | FieldCondition::Between(..), None) => false,
        }
    }
}

/// Returns whether a value equals a text as entered by a person.
fn equals_text(held: &str, wanted: &str) -> bool {
    let number = wanted.trim().parse::<f64>().ok().map(number_key);
    let boolean = wanted.trim().parse::<bool>().ok().map(boolean_key);
    Some(held) == text_key(wanted).as_deref()
        || Some(held) == number.as_deref()
        || Some(held) == boolean
}
