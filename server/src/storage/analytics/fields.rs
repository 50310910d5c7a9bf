//! Sums of calls by any field, including the fields that integrators send.
//!
//! Stored like the totals: for each client, field and 15 minutes of UTC, and changed by a call's
//! new share minus its old share in the transaction that changes the call. One row holds all values
//! of a field, so rows grow with the number of values and not of calls.

mod context;
mod days;
mod deltas;
mod names;
mod of_call;
mod read;
mod registry;
mod rows;
mod sketch;
mod sums;
mod value;

pub use context::Context;
pub use deltas::FieldDeltas;
pub use of_call::{BUILT_IN, CountedRow, Counting, Said, value_in_row};
pub use read::{FieldRow, OfField};
pub use registry::{MOST_FIELDS, counted_as, put_right};
pub use rows::{RowKey, Table, put};
pub use sums::{Sums, Tally, rate};
pub use value::{Bin, Kind, OTHER, as_bin, as_json, as_number, kind};
pub use value::{boolean as boolean_key, number as number_key, text as text_key};

use super::totals::QUARTER;

/// The field that has the same value for every call.
pub const EVERY_CALL: &str = "*";
/// The field whose values are the names of the fields.
pub const THE_FIELDS: &str = "";

/// Returns a field's name as a value of [`THE_FIELDS`], prefixed with the kind of its value.
fn name_of(field: &str, value: &str) -> String {
    format!("{}{field}", value.get(..1).unwrap_or_default())
}
