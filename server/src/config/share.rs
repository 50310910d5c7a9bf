//! A setting that is a number or a part of another one.

use std::fmt;
use std::str::FromStr;

/// The least that a percentage comes to: a small server must still serve one page.
const LEAST: u32 = 10;

/// A number, or a percentage of a whole that another setting names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// A number; 0 means no limit.
    Count(u32),
    /// A percentage from 1 to 100.
    Percent(u32),
}

impl Share {
    /// Returns the number for this whole: for a percentage at least 10, and never more than the
    /// whole. `None` means that there is no limit.
    #[must_use]
    pub fn of(self, whole: u32) -> Option<u32> {
        match self {
            Self::Count(0) => None,
            Self::Count(count) => Some(count),
            Self::Percent(percent) => {
                let part = u64::from(whole) * u64::from(percent) / 100;
                Some(u32::try_from(part).unwrap_or(whole).max(LEAST).min(whole))
            }
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || "write a number like 500, or a percentage from 1% to 100%".to_owned();
        let text = text.trim();
        match text.strip_suffix('%') {
            None => text.parse().map(Self::Count).map_err(|_| wrong()),
            Some(percent) => {
                let percent = percent.trim_end().parse().map_err(|_| wrong())?;
                if !(1..=100).contains(&percent) {
                    return Err(wrong());
                }
                Ok(Self::Percent(percent))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_numbers_or_parts() {
        for (text, whole, number) in [
            ("10%", 10_000, Some(1000)),
            ("10 %", 20, Some(10)),
            ("10%", 2, Some(2)),
            ("100%", u32::MAX, Some(u32::MAX)),
            ("500", 20, Some(500)),
            ("0", 20, None),
        ] {
            assert_eq!(text.parse::<Share>().unwrap().of(whole), number, "{text}");
        }
        for wrong in ["", "%", "0%", "101%", "-1", "1.5", "ten"] {
            assert!(wrong.parse::<Share>().is_err(), "{wrong}");
        }
        assert_eq!(Share::Percent(10).to_string(), "10%");
    }
}
