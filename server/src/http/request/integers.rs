//! Reads whole numbers of a change in any notation.

use crate::patch::Patch;
pub use crate::whole_number::WholeNumber;
use serde::{Deserialize, Deserializer};

/// Reads a field of a change, for fields marked `#[serde(default)]`.
///
/// # Errors
/// Returns the deserializer's error if it is not a whole number.
pub fn patch<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Patch<i64>, D::Error> {
    Ok(Option::<WholeNumber>::deserialize(deserializer)?
        .map_or(Patch::Null, |whole| Patch::Value(whole.get())))
}
