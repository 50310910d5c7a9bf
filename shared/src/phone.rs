//! Telephone numbers as people write them, and as they are dialed.

use std::fmt;

/// The fewest digits that are taken for a number: short codes such as 112 or 198.
const FEWEST_DIGITS: usize = 3;
/// The most digits an international number has (ITU-T E.164, 6.1).
const MOST_DIGITS: usize = 15;

/// A number that can be dialed: digits, with a `+` before them where it was written with one
/// (or with the international prefix `00`).
///
/// Its `Debug` shows the last two digits only, so that a full number does not reach a log by
/// accident.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DialNumber(String);

/// Why a text is no telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneError {
    /// Nothing was given.
    Empty,
    /// A character that no telephone number holds.
    Character(char),
    /// Fewer than three digits or more than fifteen.
    Length(usize),
}

impl fmt::Display for PhoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the phone number is empty"),
            Self::Character(c) => write!(f, "a phone number holds no '{}'", c.escape_default()),
            Self::Length(n) => {
                write!(
                    f,
                    "a phone number has {FEWEST_DIGITS} to {MOST_DIGITS} digits, this has {n}"
                )
            }
        }?;
        f.write_str("; write it like +919876543210")
    }
}

impl std::error::Error for PhoneError {}

impl DialNumber {
    /// Reads a number as people write it: spaces, dots, dashes, slashes and brackets between
    /// the digits are passed over; digits of other scripts (Devanagari and the like) count.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let mut digits = String::with_capacity(text.len());
        let mut plus = false;
        for c in text.trim().chars() {
            if let Some(digit) = decimal_digit(c) {
                digits.push(digit);
            } else if c == '+' && digits.is_empty() && !plus {
                plus = true;
            } else if !is_separator(c) {
                return Err(PhoneError::Character(c));
            }
        }
        if !plus && digits.starts_with("00") {
            digits.drain(..2);
            plus = true;
        }
        match digits.len() {
            0 => Err(PhoneError::Empty),
            FEWEST_DIGITS..=MOST_DIGITS => {
                Ok(Self(if plus { format!("+{digits}") } else { digits }))
            }
            n => Err(PhoneError::Length(n)),
        }
    }

    /// The number as it is dialed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tail = self.0.len().saturating_sub(2);
        write!(f, "DialNumber(…{})", &self.0[tail..])
    }
}

/// What people put between digits, the no-break and thin spaces of copied text included, and
/// the invisible direction marks that come along when a number is copied from a contact list.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '.' | '/' | '(' | ')' | '\u{2010}'..='\u{2015}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
}

/// The ASCII digit for a decimal digit of the scripts our users type in.
fn decimal_digit(c: char) -> Option<char> {
    // First digit of each script's run of ten: ASCII, Arabic-Indic, Persian, Devanagari,
    // Bengali, Gurmukhi, Gujarati, Tamil, Telugu, Kannada, Malayalam (Unicode, category Nd).
    const ZEROS: [u32; 11] =
        [0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xbe6, 0xc66, 0xce6, 0xd66];
    let code = u32::from(c);
    ZEROS.iter().find_map(|zero| match code.checked_sub(*zero) {
        Some(n) if n < 10 => char::from_digit(n, 10),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (written, dialed) in [
            ("+91 98765-43210", "+919876543210"),
            ("(022) 2345.6789", "02223456789"),
            ("0091 98765 43210", "+919876543210"),
            ("+९१ ९८७६५ ४३२१०", "+919876543210"),
            ("\u{202a}+919876543210\u{202c}", "+919876543210"),
            (" 112 ", "112"),
        ] {
            assert_eq!(DialNumber::parse(written).unwrap().as_str(), dialed, "{written}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_the_reason() {
        assert_eq!(DialNumber::parse("  "), Err(PhoneError::Empty));
        assert_eq!(DialNumber::parse("+"), Err(PhoneError::Empty));
        assert_eq!(DialNumber::parse("98x65"), Err(PhoneError::Character('x')));
        assert_eq!(DialNumber::parse("9+1"), Err(PhoneError::Character('+')));
        assert_eq!(DialNumber::parse("12"), Err(PhoneError::Length(2)));
        assert_eq!(DialNumber::parse(&"1".repeat(16)), Err(PhoneError::Length(16)));
    }

    #[test]
    fn debug_does_not_show_the_number() {
        let number = DialNumber::parse("+919876543210").unwrap();
        assert_eq!(format!("{number:?}"), "DialNumber(…10)");
    }
}
