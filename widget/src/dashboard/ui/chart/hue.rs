//! The colours of charts: the same thing has the same colour everywhere.

/// A colour of the palette, named by its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hue {
    /// Calls of any kind.
    #[default]
    Calls,
    /// Connected calls, and their share.
    Connected,
    /// Missed or failed calls.
    Missed,
    /// Incoming calls.
    Inbound,
    /// Durations.
    Time,
    /// Another kind, where one more is needed.
    Sixth,
    /// All others, or unknown.
    Rest,
}

/// The colours for kinds without one of their own, in the order of use.
const BY_PLACE: [Hue; 6] =
    [Hue::Calls, Hue::Time, Hue::Connected, Hue::Inbound, Hue::Missed, Hue::Sixth];

impl Hue {
    /// Returns the colour of the kind at an index, for kinds without a colour of their own. From
    /// the seventh on all are grey: they could not be told apart.
    #[must_use]
    pub fn for_index(place: usize) -> Self {
        BY_PLACE.get(place).copied().unwrap_or(Self::Rest)
    }

    /// Returns the name in the style sheets.
    #[must_use]
    pub fn class_name(self) -> &'static str {
        match self {
            Self::Calls => "blue",
            Self::Connected => "green",
            Self::Missed => "vermilion",
            Self::Inbound => "purple",
            Self::Time => "amber",
            Self::Sixth => "sky",
            Self::Rest => "grey",
        }
    }
}
