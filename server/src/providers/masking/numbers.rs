//! Masks phone numbers, as people and programs write them.

use super::{CutText, MASK};
use crate::scan::Scan;

/// Digits, with single signs between them, that count as a phone number.
const MIN_DIGITS: usize = 7;
/// Digits that stay visible, so that numbers can be told apart.
const VISIBLE_DIGITS: usize = 4;
/// The most signs between two digits of a number.
const MAX_SIGNS: usize = 2;
/// What may separate the digits of a number: signs, and spaces of all kinds, plain or encoded.
const SEPARATORS: [&str; 21] = [
    " ", "-", ".", "(", ")", "/", "+", "\u{a0}", "%20", "%2D", "%2d", "%2E", "%2e", "%28", "%29",
    "%2F", "%2f", "%2B", "%2b", "\\u00a0", "\\u0020",
];
/// Characters of an id, which is not a phone number however many digits it has.
const MIN_ID_CHARS: usize = 24;
/// Letters that identify a word as hexadecimal.
const MIN_ID_LETTERS: usize = 4;
/// A time has no more fractional digits than nanoseconds.
const MAX_FRACTION_DIGITS: usize = 9;
/// The most bytes between two digits of a number.
const LONGEST_GAP: usize = 12;

/// Returns the text with the beginning of each number masked.
pub(super) fn mask_numbers(text: CutText<&str>) -> String {
    replace_runs(text.text, |run, after, masked| {
        // What is cut off may be the rest of the number.
        let is_cut = text.is_cut_within(LONGEST_GAP, after);
        if !is_cut && run.digits.len() < MIN_DIGITS {
            return false;
        }
        masked.push_str(MASK);
        let visible = if is_cut { 0 } else { VISIBLE_DIGITS };
        let hidden = run.digits.len() - visible;
        run.digits[hidden..].iter().for_each(|digit| masked.push_str(digit));
        true
    })
}

/// Returns the text with each number replaced by what `write` appends for it. A `+` before the
/// number stays.
pub fn replace_numbers(text: &str, mut write: impl FnMut(&Run<'_>, &mut String)) -> String {
    replace_runs(text, |run, _, replaced| {
        let is_number = run.digits.len() >= MIN_DIGITS;
        if is_number {
            write(run, replaced);
        }
        is_number
    })
}

/// Returns the text with digits replaced. `replace` gets digits with signs between them, and what
/// follows them; it appends their replacement and returns true, or returns false.
fn replace_runs(
    text: &str,
    mut replace: impl FnMut(&Run<'_>, Scan<'_>, &mut String) -> bool,
) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = Scan::new(text);
    let mut in_word = false;
    while let Some(c) = rest.first() {
        let id = if in_word { None } else { id_len(rest).or_else(|| uuid_len(rest)) };
        let whole = date_len(rest).or(id).unwrap_or(0);
        let len = if whole > 0 {
            replaced.push_str(rest.take(whole).unwrap_or_default());
            whole
        } else if digit_len(rest).is_some() {
            let run = Run::starting_at(rest);
            if !replace(&run, rest.skip(run.len), &mut replaced) {
                replaced.push_str(rest.take(run.len).unwrap_or_default());
            }
            run.len
        } else {
            let len = escape_len(rest).unwrap_or(c.len_utf8());
            replaced.push_str(rest.take(len).unwrap_or_default());
            len
        };
        in_word = rest.take(len).is_some_and(|t| t.ends_with(|c: char| c.is_ascii_alphanumeric()));
        rest = rest.skip(len);
    }
    replaced
}

/// Digits with signs between them.
pub struct Run<'t> {
    /// All of it, up to the last digit.
    pub text: &'t str,
    /// The digits as they are written.
    pub digits: Vec<&'t str>,
    /// Bytes up to the last digit.
    len: usize,
}

impl<'t> Run<'t> {
    fn starting_at(text: Scan<'t>) -> Self {
        let mut run = Self { text: "", digits: Vec::new(), len: 0 };
        let (mut rest, mut group) = (text, 0);
        while let Some(len) = digit_len(rest) {
            run.digits.extend(rest.take(len));
            rest = rest.skip(len);
            group += 1;
            run.len = text.len() - rest.len();
            let (signs, next) = skip_separators(rest);
            if signs == 0 {
                continue;
            }
            // `0.900000` is an amount, and what follows does not belong to the number.
            let is_amount = group == 1 && rest.starts_with(".");
            if signs > MAX_SIGNS || is_amount || date_len(next).is_some() {
                break;
            }
            (rest, group) = (next, 0);
        }
        run.text = text.take(run.len).unwrap_or_default();
        run
    }
}

/// Returns how many separators begin the text, up to one more than a number has, and what follows
/// them.
fn skip_separators(text: Scan<'_>) -> (usize, Scan<'_>) {
    let (mut signs, mut rest) = (0, text);
    while signs <= MAX_SIGNS
        && let Some(after) = SEPARATORS.iter().find_map(|sign| rest.after(sign))
    {
        signs += 1;
        rest = after;
    }
    (signs, rest)
}

/// Returns the length of a digit as it is written: plain, of another script, or encoded.
fn digit_len(text: Scan<'_>) -> Option<usize> {
    let first = text.first()?;
    if first.is_numeric() {
        return Some(first.len_utf8());
    }
    let coded = text.after("%3").or_else(|| text.after("\\u003"))?;
    let is_digit = coded.first().is_some_and(|c| c.is_ascii_digit());
    is_digit.then(|| text.len() - coded.len() + 1)
}

/// Returns the length of an escape, whose own digits are not part of the text.
fn escape_len(text: Scan<'_>) -> Option<usize> {
    let (digits, count) = match text.after("%") {
        Some(digits) => (digits, 2),
        None => (text.after("\\u")?, 4),
    };
    let is_escape = digits.take(count)?.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_escape.then(|| text.len() - digits.len() + count)
}

/// Returns the length of a date such as `2025-10-12`, with the fractional seconds of a time that
/// follows: they are digits in a row as well.
fn date_len(text: Scan<'_>) -> Option<usize> {
    if !text.first()?.is_ascii_digit() {
        return None;
    }
    let shape = text.take(10)?.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if !shape || digit_len(text.skip(10)).is_some() {
        return None;
    }
    let time = text.skip(10).take(10).filter(|time| {
        time.bytes().enumerate().all(|(at, byte)| match at {
            0 => byte == b'T' || byte == b' ',
            3 | 6 => byte == b':',
            9 => byte == b'.',
            _ => byte.is_ascii_digit(),
        })
    });
    let digits = |most| text.skip(20).run_len(most, |byte| byte.is_ascii_digit());
    let fraction = time.map(|_| digits(MAX_FRACTION_DIGITS + 1));
    Some(fraction.filter(|digits| *digits <= MAX_FRACTION_DIGITS).map_or(10, |digits| 20 + digits))
}

/// Returns the length of an id that begins here: a long hexadecimal word with some letters.
fn id_len(text: Scan<'_>) -> Option<usize> {
    let len = text.run_len(usize::MAX, |byte| byte.is_ascii_alphanumeric());
    let word = text.take(len)?.as_bytes();
    let is_hex = word.iter().all(u8::is_ascii_hexdigit);
    let letters = word.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    (len >= MIN_ID_CHARS && is_hex && letters >= MIN_ID_LETTERS).then_some(len)
}

/// Returns the length of a UUID in its usual form (RFC 9562) that begins here. Like an id, it has
/// some letters, so no series of numbers with dashes is mistaken for one.
fn uuid_len(text: Scan<'_>) -> Option<usize> {
    const LEN: usize = 36;
    if !text.first()?.is_ascii_hexdigit() {
        return None;
    }
    let word = text.take(LEN)?.as_bytes();
    let shape = word.iter().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    let letters = word.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let ends = text.skip(LEN).run_len(1, |byte| byte.is_ascii_alphanumeric()) == 0;
    (shape && ends && letters >= MIN_ID_LETTERS).then_some(LEN)
}
