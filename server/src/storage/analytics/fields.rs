//! Sums of calls by any field, including the fields that integrators send.
//!
//! Stored like the totals: for each client, field and 15 minutes of UTC, and changed by a call's
//! new share minus its old share in the transaction that changes the call. One row holds all values
//! of a field, so rows grow with the number of values and not of calls.

mod call_fields;
mod context;
mod daily_sums;
mod deltas;
mod names;
mod read;
mod registry;
mod rows;
mod scan;
mod sketch;
mod sums;
mod value;

pub use call_fields::{
    BUILT_IN, CallWithFields, CountedRow, SentFields, field_value_of_row, sent_parts_of_row,
};
pub use context::Context;
pub use deltas::FieldDeltas;
pub use read::{FieldRow, FieldTotals};
pub use registry::{MAX_FIELDS, correct_values, counted_name};
pub use rows::{RowKey, SumsTable, write_rows};
pub use scan::{CallScan, ScannedCall};
pub use sums::{FieldSums, Tally, ValueSums, rounded_ratio};
pub use value::{NumberBin, OTHER, ValueKind, key_as_bin, key_as_json, key_as_number, key_kind};
pub use value::{entered_keys, text_key};

use super::totals::BUCKET;

/// The field that has the same value for every call.
pub const EVERY_CALL: &str = "*";
/// The field whose values are the names of the fields.
pub const FIELD_NAMES: &str = "";

/// Returns a field's name as a value of [`THE_FIELDS`], prefixed with the kind of its value.
fn field_name_key(field: &str, value: &str) -> String {
    format!("{}{field}", value.get(..1).unwrap_or_default())
}
