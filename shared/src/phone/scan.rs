//! Splits a text into pieces that each begin with a number.

use super::characters::normalize_text;
use super::steps::count_steps;
use super::{LONGEST_TEXT, MOST_NUMBERS, PhoneError};

/// Words that precede an extension.
const EXTENSION: [&str; 17] = [
    "x",
    "ext",
    "extn",
    "extension",
    "xtn",
    "p",
    "w",
    "poste",
    "anexo",
    "ramal",
    "int",
    "durchwahl",
    "dw",
    "доб",
    "内線",
    "內線",
    "分机",
];
/// Words that may precede a number.
const LABEL: [&str; 9] =
    ["tel", "telephone", "phone", "ph", "mobile", "mob", "cell", "callto", "whatsapp"];
/// Words between two numbers.
const BETWEEN: [&str; 6] = ["or", "and", "oder", "und", "ou", "या"];
/// The fewest digits before an extension. In 98x65 the `x` hides a digit.
const BEFORE_EXTENSION: usize = 7;
/// The digits of a whole number without a country code, such as India's, and the fewest of its last
/// group before a short ending is no part of it.
const NATIONAL: usize = 10;
const SUBSCRIBER: usize = 5;
/// The most digits of an ending that is an extension, or the end of another number.
const LONGEST_ENDING: usize = 3;
/// The most digits of an extension, such as the code of a conference.
const LONGEST_EXTENSION: usize = 15;
/// The most characters between two brackets.
const LONGEST_BRACKET: usize = 40;

/// A number with the extension and the separators written with it.
#[derive(Default)]
pub(super) struct Piece {
    pub plus: bool,
    pub digits: String,
    /// The positions of slashes (true) and spaces (false), as counts of digits.
    pub cuts: Vec<(usize, bool)>,
    pub extension: Option<String>,
}

struct Scanner<'t> {
    rest: &'t str,
    piece: Piece,
    done: Vec<Piece>,
    /// Whether the piece is only digits so far, as a spreadsheet writes a number.
    bare: bool,
    /// The count of digits before the last group, and whether another group begins with the next
    /// digit.
    group: (usize, bool),
    /// The length of the rest that is known to begin with no ending.
    no_ending: usize,
}

/// Returns the pieces of a text, and the error if the text is not a number. A piece that cannot be
/// parsed to its end is left out, unless words follow a whole number.
pub(super) fn split_pieces(text: &str) -> (Vec<Piece>, Option<PhoneError>) {
    if text.len() > LONGEST_TEXT {
        return (Vec::new(), Some(PhoneError::TooLong));
    }
    let mut text = normalize_text(text);
    if is_grouped(&text) {
        text.retain(|c| c != ',');
    }
    scan_pieces(&text)
}

/// Returns the pieces of a normalized text. It looks at each character a few times, wherever the
/// text has signs after which it looks ahead.
pub(super) fn scan_pieces(text: &str) -> (Vec<Piece>, Option<PhoneError>) {
    let mut scan = Scanner::new(text, Piece::default(), true);
    let mut first = None;
    while let Some(c) = scan.rest.chars().next() {
        count_steps(1);
        if let Err(error) = scan.take_char(c) {
            // A word after a whole number is a remark; a hidden digit is not.
            let remark = scan.piece.digits.len() > BEFORE_EXTENSION && is_letter(c) && c != 'x';
            let whole = remark || error == PhoneError::Ending;
            let shortened = error == PhoneError::Shortened;
            first.get_or_insert(error);
            if shortened {
                return (Vec::new(), first);
            }
            if !whole {
                scan.piece = Piece::default();
            }
            scan.next_piece();
            let begins = |c: char| matches!(c, '0'..='9' | '+');
            // Skip what cannot begin a number, or it would be read again and again.
            if !begins(c) {
                scan.rest = scan.rest.get(c.len_utf8()..).unwrap_or_default();
            }
            scan.rest = skip(scan.rest, |c| !matches!(c, '0'..='9' | '+' | ',' | ';' | '/'));
        }
    }
    scan.next_piece();
    (scan.done, first)
}

impl<'t> Scanner<'t> {
    fn new(rest: &'t str, piece: Piece, bare: bool) -> Self {
        Self { rest, piece, done: Vec::new(), bare, group: (0, false), no_ending: usize::MAX }
    }

    fn take_char(&mut self, c: char) -> Result<(), PhoneError> {
        let after = &self.rest[c.len_utf8()..];
        let count = self.piece.digits.len();
        match c {
            '0'..='9' => {
                if self.piece.extension.is_some() {
                    // A digit after a complete extension.
                    return Err(PhoneError::Character(c));
                }
                if self.group.1 {
                    self.group = (count, false);
                }
                self.piece.digits.push(c);
                self.rest = after;
                return Ok(());
            }
            '+' if count == 0 && !self.piece.plus => self.piece.plus = true,
            '+' if count >= BEFORE_EXTENSION => {
                self.next_piece();
                self.piece.plus = true;
            }
            ' ' | '/' => {
                if count > 0 && self.piece.cuts.last() != Some(&(count, c == '/')) {
                    self.piece.cuts.push((count, c == '/'));
                }
            }
            '.' if self.bare && is_decimal_zero(count, after) => {
                self.rest = skip(after, |c| c == '0');
                return Ok(());
            }
            '-' | '.' | '(' | '\'' if self.is_whole() && self.has_ending(after) => {
                return Err(PhoneError::Ending);
            }
            '-' | '.' | ')' | '\'' => {}
            // One bullet separates; several stand for digits that are hidden.
            '\u{2022}' if !after.starts_with(c) => {}
            '=' | ':' if count == 0 => {}
            '(' => {
                self.rest = self.after_bracket(after)?;
                self.bare = false;
                return Ok(());
            }
            '|' | '&' => self.next_piece(),
            ',' | ';' => return self.take_comma(c, after),
            '#' => return self.take_extension(c, after),
            _ if is_letter(c) => return self.take_word(c),
            _ => return Err(PhoneError::Character(c)),
        }
        // Characters before the number come from the spreadsheet.
        self.bare &= count == 0;
        self.group.1 = true;
        self.rest = after;
        Ok(())
    }

    /// Returns whether the digits so far are a whole number, whose last group is no code. With a
    /// country code the phone-number library finds digits that are too many.
    fn is_whole(&self) -> bool {
        let Piece { plus, digits, extension, .. } = &self.piece;
        let zero = usize::from(digits.starts_with('0'));
        let group = digits.len().saturating_sub(self.group.0);
        !plus
            && extension.is_none()
            && !digits.starts_with("00")
            && digits.len() >= NATIONAL + zero
            && group >= SUBSCRIBER
    }

    /// Returns whether only a few digits follow, as in 98765 43210 -12.
    fn has_ending(&mut self, after: &str) -> bool {
        // The answer is the same before each of the characters that are skipped here.
        if after.len() >= self.no_ending {
            return false;
        }
        let text = skip(after, |c| " .-'(".contains(c));
        let end = run_len(text, |c| c.is_ascii_digit());
        let rest = &text[end..];
        let found = (1..=LONGEST_ENDING).contains(&end)
            && run_len(rest, |c| !c.is_ascii_digit()) == rest.len();
        if !found {
            self.no_ending = text.len();
        }
        found
    }

    fn next_piece(&mut self) {
        let piece = std::mem::take(&mut self.piece);
        self.group = (0, false);
        if (piece.plus || !piece.digits.is_empty()) && self.done.len() < MOST_NUMBERS {
            self.done.push(piece);
        }
        self.bare = true;
    }

    /// Skips the zero in brackets that is dialed only within the country.
    #[inline(never)]
    fn after_bracket(&mut self, after: &'t str) -> Result<&'t str, PhoneError> {
        count_steps(LONGEST_BRACKET);
        let mut near = after.char_indices().take(LONGEST_BRACKET);
        let Some((end, _)) = near.find(|(_, c)| *c == ')') else { return Ok(after) };
        let (group, rest) = (after[..end].trim(), &after[end + 1..]);
        let begun = self.piece.digits.as_str();
        let code = match begun.strip_prefix("00") {
            Some(code) if !self.piece.plus => code,
            // Without a plus, one digit may be a switchboard's.
            _ if self.piece.plus || begun.len() > 1 => begun,
            _ => "",
        };
        let is_code = matches!(code.len(), 1..=3) && !code.starts_with('0');
        let (passed, skip) = match (code, group) {
            ("36", "06") | ("7" | "370" | "375", "8") | ("52", "01") => (true, rest),
            // The zero is part of the number in Italy, San Marino, Côte d'Ivoire and Congo.
            ("39" | "378" | "225" | "242", _) => (group.starts_with('0'), after),
            _ if is_code && group.starts_with('0') => {
                let zero = skip(after, |c| c == ' ');
                (true, zero.strip_prefix('0').unwrap_or(zero))
            }
            (_, "0") if !begun.is_empty() => return Err(PhoneError::Character('(')),
            _ => (false, after),
        };
        if passed {
            // Brackets around a zero occur only after a country code.
            self.piece.digits = code.to_owned();
            self.piece.plus = true;
            self.piece.cuts.clear();
        }
        Ok(skip)
    }

    /// Parses what follows a comma or semicolon: another number, or an extension if it is short or
    /// the pause is long; after a semicolon also a parameter (RFC 3966, 3).
    #[inline(never)]
    fn take_comma(&mut self, c: char, after: &'t str) -> Result<(), PhoneError> {
        let next = skip(after, |c| matches!(c, ',' | ';' | ' '));
        if c == ';' && next.starts_with(is_letter) {
            let (parameter, rest) = next.split_at(run_len(next, |c| c != ';'));
            match parameter.split_once('=') {
                Some(("ext" | "postd", digits)) => {
                    let mut left = Scanner::new(digits, std::mem::take(&mut self.piece), false);
                    let taken = left.take_extension('=', digits);
                    self.piece = left.piece;
                    if taken.is_err() {
                        // The signs before it are not read again.
                        self.rest = next;
                        return taken;
                    }
                }
                Some(("phone-context", context))
                    if context.starts_with('+') && !self.piece.plus =>
                {
                    let code: String = context.chars().filter(char::is_ascii_digit).collect();
                    self.piece.digits.insert_str(0, &code);
                    self.piece.plus = true;
                    self.piece.cuts.clear();
                }
                Some(_) => {}
                None => {
                    self.next_piece();
                    self.rest = next;
                    return Ok(());
                }
            }
            self.rest = rest;
            return Ok(());
        }
        let run = &next[..run_len(next, |c| !matches!(c, ',' | ';' | '/' | '|' | '&'))];
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        let long_pause = after.starts_with(c) && !run.starts_with('+');
        let whole = run.contains('+') || digits >= 7;
        if digits > 0 && (long_pause || !whole) && !self.piece.digits.is_empty() {
            return self.take_extension(c, next);
        }
        self.next_piece();
        self.rest = next;
        Ok(())
    }

    /// Parses the extension at this position.
    #[inline(never)]
    fn take_extension(&mut self, mark: char, after: &'t str) -> Result<(), PhoneError> {
        let text = skip(after, |c| matches!(c, ' ' | '.' | ':' | '#' | '=' | '-' | '('));
        // One more than the longest shows that it is too long.
        let near = text.bytes().take(LONGEST_EXTENSION + 1);
        let end = near.take_while(|b| matches!(b, b'0'..=b'9' | b'*' | b'#')).count();
        count_steps(end + 1);
        let digits = &text[..end];
        let fits = digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.len() <= LONGEST_EXTENSION
            && self.piece.digits.len() >= BEFORE_EXTENSION
            && self.piece.extension.is_none();
        if !fits {
            return Err(PhoneError::Character(mark));
        }
        self.piece.extension = Some(digits.to_owned());
        self.rest = &text[end..];
        Ok(())
    }

    #[inline(never)]
    fn take_word(&mut self, first: char) -> Result<(), PhoneError> {
        let end = run_len(self.rest, is_letter);
        let (word, after) = self.rest.split_at(end);
        let empty = self.piece.digits.is_empty();
        if EXTENSION.contains(&word) && !empty {
            return self.take_extension(first, after);
        }
        if LABEL.contains(&word) && empty && !self.piece.plus {
            self.rest = skip(after, |c| matches!(c, '.' | ':' | '/' | ' '));
            return Ok(());
        }
        if BETWEEN.contains(&word) && !empty {
            self.next_piece();
            self.rest = after;
            return Ok(());
        }
        if word == "e" && !empty && after.starts_with(['+', '-', '0', '1']) {
            return Err(PhoneError::Shortened);
        }
        Err(PhoneError::Character(first))
    }
}

/// Returns the length in bytes of the characters of a kind at the beginning of a text.
fn run_len(text: &str, is_part: fn(char) -> bool) -> usize {
    let len = text.find(|c| !is_part(c)).unwrap_or(text.len());
    count_steps(len + 1);
    len
}

/// Returns a text without the characters of a kind at its beginning.
fn skip(text: &str, is_skipped: fn(char) -> bool) -> &str {
    &text[run_len(text, is_skipped)..]
}

/// Returns whether a character is a letter of any script, roughly: exact tables would be too large
/// for the ribbon.
fn is_letter(c: char) -> bool {
    c.is_ascii_lowercase() || c > '\u{bf}'
}

/// Returns whether this is the `.0` of a whole number that was stored with a fraction. Groups of
/// digits end in points too, so two zeros are a fraction only after a whole number.
fn is_decimal_zero(count: usize, after: &str) -> bool {
    let rest = skip(after, |c| c == '0');
    let zeros = after.len() - rest.len();
    !rest.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && matches!((zeros, count), (1, 7..) | (2, 10..))
}

/// Returns whether a spreadsheet has put commas into the digits: 9,876,543,210 or 9,87,65,43,210.
fn is_grouped(text: &str) -> bool {
    let mut groups = text.split(',');
    let first = groups.next().unwrap_or_default();
    let mut last = 0;
    let mut count = 0;
    let plain = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    for group in groups {
        if !plain(group) || !matches!(group.len(), 2 | 3) {
            return false;
        }
        last = group.len();
        count += 1;
    }
    count >= 2 && last == 3 && plain(first) && matches!(first.len(), 1..=3)
}
