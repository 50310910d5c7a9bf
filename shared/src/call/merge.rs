//! Registers whose final value does not depend on the order in which values arrive.

use crate::Millis;

/// The value with the earliest time; at equal times, the smaller value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earliest<T>(Option<(Millis, T)>);

/// The value with the latest time; at equal times, the greater value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Latest<T>(Option<(Millis, T)>);

/// The only value that was offered, or none after two different values were offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Sole<T> {
    /// No value was offered yet.
    #[default]
    None,
    /// Only this value was offered, once or more often.
    One(T),
    /// Different values were offered.
    Several,
}

impl<T> Default for Earliest<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Ord> Earliest<T> {
    /// Keeps the value if it is earlier than the current one.
    pub fn offer(&mut self, at: Millis, value: T) {
        let offered = (at, value);
        if self.0.as_ref().is_none_or(|held| offered < *held) {
            self.0 = Some(offered);
        }
    }
}

impl<T: Ord> Latest<T> {
    /// Keeps the value if it is later than the current one.
    pub fn offer(&mut self, at: Millis, value: T) {
        let offered = (at, value);
        if self.0.as_ref().is_none_or(|held| offered > *held) {
            self.0 = Some(offered);
        }
    }
}

impl<T: PartialEq> Sole<T> {
    /// Offers a value.
    pub fn offer(&mut self, value: T) {
        match self {
            Self::None => *self = Self::One(value),
            Self::One(held) if *held != value => *self = Self::Several,
            Self::One(_) | Self::Several => {}
        }
    }
}

impl<T> Sole<T> {
    /// Returns whether no value was offered yet.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Returns the value if it is the only one.
    pub fn get(&self) -> Option<&T> {
        match self {
            Self::One(value) => Some(value),
            Self::None | Self::Several => None,
        }
    }
}

impl<T> Earliest<T> {
    /// Returns a register that holds this value since this time.
    #[cfg(feature = "serde")]
    pub(super) fn holding(value: Option<(Millis, T)>) -> Self {
        Self(value)
    }

    /// Returns the current value.
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref().map(|(_, value)| value)
    }

    /// Returns the time of the current value.
    pub fn at(&self) -> Option<Millis> {
        self.0.as_ref().map(|(at, _)| *at)
    }
}

impl<T> Latest<T> {
    /// Returns a register that holds this value since this time.
    #[cfg(feature = "serde")]
    pub(super) fn holding(value: Option<(Millis, T)>) -> Self {
        Self(value)
    }

    /// Returns the current value.
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref().map(|(_, value)| value)
    }

    /// Returns the time of the current value.
    pub fn at(&self) -> Option<Millis> {
        self.0.as_ref().map(|(at, _)| *at)
    }
}
