//! Reads whole numbers in any notation.

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// Up to here a double represents every whole number exactly (2⁵³).
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A whole number. JSON has only one type of number, so `5.0` is as whole as `5` (JSON Schema,
/// core, 6.3), and some languages write nothing else; serde accepts only `5`.
#[derive(Debug, Clone, Copy)]
pub struct WholeNumber(i64);

impl WholeNumber {
    /// Returns the number.
    #[must_use]
    pub fn get(self) -> i64 {
        self.0
    }
}

impl<'de> Deserialize<'de> for WholeNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WholeNumberVisitor).map(Self)
    }
}

/// Reads a field, for `deserialize_with`.
///
/// # Errors
/// Returns the deserializer's error if it is not a whole number.
pub fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    WholeNumber::deserialize(deserializer).map(WholeNumber::get)
}

/// Reads a field that may be null, for `deserialize_with`.
///
/// # Errors
/// Returns the deserializer's error if it is neither null nor a whole number.
pub fn read_optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(Option::<WholeNumber>::deserialize(deserializer)?.map(WholeNumber::get))
}

struct WholeNumberVisitor;

impl Visitor<'_> for WholeNumberVisitor {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<i64, E> {
        Ok(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<i64, E> {
        i64::try_from(number).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    #[expect(clippy::cast_possible_truncation, reason = "it was looked at to be whole and small")]
    fn visit_f64<E: Error>(self, number: f64) -> Result<i64, E> {
        if number.fract() == 0.0 && number.abs() <= EXACT {
            Ok(number as i64)
        } else {
            Err(E::invalid_type(Unexpected::Float(number), &self))
        }
    }
}
