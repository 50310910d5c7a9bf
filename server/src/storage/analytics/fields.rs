//! Figures by any field of a call: what integrators send is what they can ask about.
//!
//! Kept like the totals: for each client, field and 15 minutes of UTC, changed by what a call
//! counts now less what it counted before, in the transaction that changes the call. All values of
//! a field stand in one row, so that a row grows with the values and not with the calls.

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
pub use sums::{Line, Sums, Tally, rate};
pub use value::{Bin, Kind, OTHER, as_bin, as_json, as_number, kind};
pub use value::{boolean as boolean_key, number as number_key, text as text_key};

use super::totals::QUARTER;

/// The field of which all calls have the same value.
pub const EVERY_CALL: &str = "*";
/// The field whose values are the fields.
pub const THE_FIELDS: &str = "";

/// A field's name as a value of [`THE_FIELDS`]: before it stands of which kind its value is.
fn name_of(field: &str, value: &str) -> String {
    format!("{}{field}", value.get(..1).unwrap_or_default())
}
