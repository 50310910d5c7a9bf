//! Filters calls by a field of their `customerData`, with the same rules as breakdowns.

use crate::storage::CallWithNotes;
use crate::storage::analytics::fields::{entered_keys, field_value_of_row, key_as_number};

/// The condition on a field.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldCondition {
    /// The field is missing.
    Missing,
    /// The field equals one of these texts, or the number or boolean that it denotes.
    Value(Vec<String>),
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
            (FieldCondition::Value(wanted), Some(held)) => {
                wanted.iter().any(|wanted| entered_keys(wanted).contains(&held))
            }
            (FieldCondition::Between(from, to), Some(held)) => {
                key_as_number(&held).is_some_and(|number| *from <= number && number < *to)
            }
            (FieldCondition::Value(_) | FieldCondition::Between(..), None) => false,
        }
    }
}
