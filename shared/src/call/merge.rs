//! Registers that end the same whatever order their values arrive in.

use crate::Millis;

/// The value with the earliest time; of two at the same time, the smaller value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Earliest<T>(Option<(Millis, T)>);

/// The value with the latest time; of two at the same time, the greater value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Latest<T>(Option<(Millis, T)>);

/// The one value that was offered; once two different ones were, none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Sole<T> {
    /// No value was offered yet.
    #[default]
    None,
    /// This value alone was offered, once or more often.
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
    /// Takes the value in, if it is earlier than what is held.
    pub fn offer(&mut self, at: Millis, value: T) {
        let offered = (at, value);
        if self.0.as_ref().is_none_or(|held| offered < *held) {
            self.0 = Some(offered);
        }
    }
}

impl<T: Ord> Latest<T> {
    /// Takes the value in, if it is later than what is held.
    pub fn offer(&mut self, at: Millis, value: T) {
        let offered = (at, value);
        if self.0.as_ref().is_none_or(|held| offered > *held) {
            self.0 = Some(offered);
        }
    }
}

impl<T: PartialEq> Sole<T> {
    /// Takes the value in.
    pub fn offer(&mut self, value: T) {
        match self {
            Self::None => *self = Self::One(value),
            Self::One(held) if *held != value => *self = Self::Several,
            Self::One(_) | Self::Several => {}
        }
    }
}

impl<T> Sole<T> {
    /// Whether no value was offered yet.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::None)
    }

    /// The value, where it is the only one.
    pub fn get(&self) -> Option<&T> {
        match self {
            Self::One(value) => Some(value),
            Self::None | Self::Several => None,
        }
    }
}

impl<T> Earliest<T> {
    /// Whether no value was offered yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The value held.
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref().map(|(_, value)| value)
    }

    /// The time of the value held.
    pub fn at(&self) -> Option<Millis> {
        self.0.as_ref().map(|(at, _)| *at)
    }
}

impl<T> Latest<T> {
    /// Whether no value was offered yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The value held.
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref().map(|(_, value)| value)
    }

    /// The time of the value held.
    pub fn at(&self) -> Option<Millis> {
        self.0.as_ref().map(|(at, _)| *at)
    }
}
