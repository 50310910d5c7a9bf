//! A field of a change: not named, named as nothing, or named with a value.

use serde::{Deserialize, Deserializer};

/// What a change says about one field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// Nothing: it stays as it is.
    #[default]
    Absent,
    /// It is to be empty.
    Null,
    /// It is to be this.
    Value(T),
}

impl<T> Patch<T> {
    /// The value, where there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// 1 where the field is named, for a query that leaves the others as they are.
    pub fn named(&self) -> i64 {
        i64::from(!matches!(self, Self::Absent))
    }

    /// The same with another value, or the reason why it cannot be.
    pub fn try_map<U, E>(self, change: impl FnOnce(T) -> Result<U, E>) -> Result<Patch<U>, E> {
        Ok(match self {
            Self::Absent => Patch::Absent,
            Self::Null => Patch::Null,
            Self::Value(value) => Patch::Value(change(value)?),
        })
    }
}

/// For fields marked `#[serde(default)]`, which gives those that are not there.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}
