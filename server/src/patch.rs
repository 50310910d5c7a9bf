//! A field of a change: missing, null, or with a value.

use serde::{Deserialize, Deserializer};

/// The change to one field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// The field stays as it is.
    #[default]
    Absent,
    /// The field is cleared.
    Null,
    /// The field is set to this value.
    Value(T),
}

impl<T> Patch<T> {
    /// Returns the value, if one is set.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Returns 1 if the field is present, else 0, for a query that leaves the other fields as they
    /// are.
    pub fn set_flag(&self) -> i64 {
        i64::from(!matches!(self, Self::Absent))
    }

    /// Returns this change, or the other one if this field is missing.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if matches!(self, Self::Absent) { other } else { self }
    }

    /// Converts the value, or returns the reason why it cannot be converted.
    pub fn try_map<U, E>(self, change: impl FnOnce(T) -> Result<U, E>) -> Result<Patch<U>, E> {
        Ok(match self {
            Self::Absent => Patch::Absent,
            Self::Null => Patch::Null,
            Self::Value(value) => Patch::Value(change(value)?),
        })
    }
}

/// For fields marked `#[serde(default)]`, which sets the fields that are missing.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}
