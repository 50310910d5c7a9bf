//! Parses telephone numbers as people write them into the form that is dialed.
//!
//! The same parser runs in the browser and in the server. It knows no country: the server validates
//! its result with the phone-number library and the client's country. Text that could mean two
//! numbers is refused, so that a wrong number is never dialed.

mod characters;
mod scan;
mod steps;

pub use characters::is_invisible;
use scan::Piece;
use std::fmt;

/// The fewest digits accepted as a number: short codes such as 112 or 198.
const FEWEST_DIGITS: usize = 3;
/// The most digits in an international number (ITU-T E.164, 6.1).
const MOST_DIGITS: usize = 15;
/// The longest text that is parsed, in bytes.
const LONGEST_TEXT: usize = 600;
/// The most numbers that are read from one text.
const MOST_NUMBERS: usize = 5;

/// A number that can be dialed: digits, with a leading `+` if it was written with one (or with the
/// international prefix `00`).
///
/// Its `Debug` shows only the last two digits, so that a full number does not reach a log by
/// accident.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DialNumber(String);

/// A number with the extension written after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// The number to dial.
    pub number: DialNumber,
    /// Digits, `*` and `#` to send once the call is connected; never dialed.
    pub extension: Option<String>,
}

/// Why a text is not a telephone number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhoneError {
    /// The text is empty.
    Empty,
    /// A character that cannot occur at this place in a telephone number.
    Character(char),
    /// Fewer than three digits or more than fifteen.
    Length(usize),
    /// The text is longer than any telephone number.
    TooLong,
    /// A zero after the `+`. No country's code begins with it (ITU-T E.164, annex A).
    Zero,
    /// A spreadsheet's `9.87654E+09`, which has lost digits.
    Shortened,
    /// A few more digits after a whole number: an extension, or the end of another number.
    Ending,
    /// Two numbers, by their last four digits: an error must not carry whole numbers to a log.
    Several(String, String),
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
            Self::Zero => f.write_str("no country code begins with 0"),
            Self::Ending => {
                return f.write_str(
                    "it is not clear what the last digits are; write an extension like \
                     +919876543210 ext. 12",
                );
            }
            Self::TooLong => f.write_str("the text is too long for a phone number"),
            Self::Shortened => f.write_str("a spreadsheet has cut digits off the phone number"),
            Self::Several(one, other) => {
                return write!(
                    f,
                    "these are two phone numbers, …{one} and …{other}; give one of them"
                );
            }
        }?;
        f.write_str("; write it like +919876543210")
    }
}

impl std::error::Error for PhoneError {}

impl Phone {
    /// Parses the one number in a text.
    ///
    /// Ignores what does not change a number: separators, invisible characters, the remains of
    /// spreadsheets and `tel:` links, the `(0)` after a country code. Accepts digits of all
    /// scripts.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not a number, has lost digits or holds several numbers.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let (pieces, error) = scan::split_pieces(text);
        if let Some(error) = error {
            return Err(error);
        }
        let mut found: Vec<Self> = Vec::new();
        for piece in pieces {
            for phone in parse_piece(piece) {
                let phone = phone?;
                if !found.iter().any(|other| other.number == phone.number) {
                    found.push(phone);
                }
            }
        }
        if let [one, other, ..] = found.as_slice() {
            return Err(PhoneError::Several(one.number.last_digits(), other.number.last_digits()));
        }
        found.pop().ok_or(PhoneError::Empty)
    }

    /// Parses all numbers in a text, at most five, and ignores everything else.
    #[must_use]
    pub fn parse_all(text: &str) -> Vec<Self> {
        let mut found = Vec::new();
        for piece in scan::split_pieces(text).0 {
            found.extend(parse_piece(piece).into_iter().flatten());
        }
        found.truncate(MOST_NUMBERS);
        found
    }
}

impl DialNumber {
    /// Parses the one number in a text, without its extension.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not a number, has lost digits or holds several numbers.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        Phone::parse(text).map(|phone| phone.number)
    }

    /// Returns the number as it is dialed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn from_digits(plus: bool, mut digits: String) -> Result<Self, PhoneError> {
        let mut plus = plus;
        // Some write the prefix after a `+`, too.
        if digits.starts_with("00") {
            // Australia's prefix is 0011, and no country's numbers begin with +11.
            digits.drain(..if digits.starts_with("0011") { 4 } else { 2 });
            plus = true;
        }
        if plus && digits.starts_with('0') {
            return Err(PhoneError::Zero);
        }
        match digits.len() {
            0 => return Err(PhoneError::Empty),
            FEWEST_DIGITS..=MOST_DIGITS => {}
            n => return Err(PhoneError::Length(n)),
        }
        if plus {
            digits.insert(0, '+');
        }
        Ok(Self(digits))
    }

    fn last_digits(&self) -> String {
        self.0[self.0.len().saturating_sub(4)..].to_owned()
    }
}

/// Returns whether two texts have a number in common.
///
/// A number without a country code equals the same number with any code. Use this to check whether
/// a caller is the customer on screen, not to find one customer among many.
#[must_use]
pub fn same_number(one: &str, other: &str) -> bool {
    let others = Phone::parse_all(other);
    Phone::parse_all(one).iter().any(|one| {
        others.iter().any(|other| is_same_number(one.number.as_str(), other.number.as_str()))
    })
}

fn is_same_number(one: &str, other: &str) -> bool {
    let (long, short) = if one.len() < other.len() { (other, one) } else { (one, other) };
    if long == short {
        return true;
    }
    // A trunk zero is written only if the country code is not.
    let long = long.trim_start_matches(['+', '0']);
    let national = short.trim_start_matches('0');
    // The shortest national numbers that differ from a short code have eight digits; a country code
    // has up to three, and with Italy's zero four.
    national.len() >= 8 && long.strip_suffix(national).is_some_and(|code| code.len() <= 4)
        || long == short.trim_start_matches(['+', '0']) && long.len() >= 8
}

/// Returns the numbers in a piece of text: several if slashes or spaces separate whole numbers.
fn parse_piece(piece: Piece) -> Vec<Result<Phone, PhoneError>> {
    let Piece { plus, digits, cuts, extension } = piece;
    let mut parts = vec![digits.as_str()];
    let mut alike = true;
    for slash in [true, false] {
        let mut from = 0;
        let mut cut: Vec<&str> = Vec::new();
        for (at, _) in cuts.iter().filter(|(_, is_slash)| *is_slash == slash) {
            cut.push(&digits[from..*at]);
            from = *at;
        }
        cut.push(&digits[from..]);
        cut.retain(|part| !part.is_empty());
        if cut.len() < 2 || !is_whole_number(plus, cut[0]) {
            if slash && is_date(&cut) {
                return vec![Err(PhoneError::Character('/'))];
            }
            continue;
        }
        alike = cut[1..].iter().all(|part| is_whole_number(false, part));
        if slash || alike && !plus {
            parts = cut;
            break;
        }
    }
    let first = parts[0];
    let mut numbers = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        if place == 0 || alike {
            numbers.push((plus && place == 0, (*part).to_owned()));
        } else {
            // 2345678/79: the last digits of another number.
            let kept = &first[..first.len().saturating_sub(part.len())];
            numbers.push((plus, [kept, part].concat()));
        }
    }
    let last = numbers.len().saturating_sub(1);
    let numbers = numbers.into_iter().enumerate().map(|(place, (plus, digits))| {
        let extension = extension.clone().filter(|_| place == last);
        Ok(Phone { number: DialNumber::from_digits(plus, digits)?, extension })
    });
    numbers.collect()
}

/// Returns whether digits can be a number without their neighbours.
fn is_whole_number(plus: bool, digits: &str) -> bool {
    match digits.strip_prefix("00") {
        Some(rest) if !plus => rest.len() >= 8,
        _ => digits.len() >= if plus { 8 } else { 7 },
    }
}

/// Returns whether the parts form a date: 12/05/2024 or 2024/05/12.
fn is_date(parts: &[&str]) -> bool {
    let two = |part: &str| part.len() <= 2;
    matches!(parts, [a, b, c] if two(b) && (two(a) && matches!(c.len(), 2 | 4) || a.len() == 4 && two(c)))
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

#[cfg(test)]
mod tests;
