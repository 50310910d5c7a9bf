//! Which colour a thing has: the same one everywhere.

/// A colour of the palette, named by what it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hue {
    /// Calls, of whatever kind.
    #[default]
    Calls,
    /// Those in which both sides talked, and the share of them.
    Connected,
    /// Those that were missed or failed.
    Missed,
    /// Those that customers made.
    Inbound,
    /// How long something took.
    Time,
    /// A further kind, where one is needed.
    Sixth,
    /// All others, or what is not known.
    Rest,
}

/// In the order in which kinds of no own colour get one.
const BY_PLACE: [Hue; 6] =
    [Hue::Calls, Hue::Time, Hue::Connected, Hue::Inbound, Hue::Missed, Hue::Sixth];

impl Hue {
    /// The colour of the kind at a place, for things that have none of their own. Beyond the
    /// sixth all are grey: they could not be told apart.
    #[must_use]
    pub fn at(place: usize) -> Self {
        BY_PLACE.get(place).copied().unwrap_or(Self::Rest)
    }

    /// What the style sheets know it by.
    #[must_use]
    pub fn name(self) -> &'static str {
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
