//! Masks phone numbers, as people and programs write them.

use super::MASK;

/// Digits, with single signs between them, that count as a phone number.
const MIN_DIGITS: usize = 7;
/// Digits that stay visible, so that numbers can be told apart.
const VISIBLE_DIGITS: usize = 4;
/// What may separate the digits of a number, at most two at a time: signs, and spaces of all kinds,
/// plain or encoded.
const SEPARATORS: [&str; 21] = [
    " ", "-", ".", "(", ")", "/", "+", "\u{a0}", "%20", "%2D", "%2d", "%2E", "%2e", "%28", "%29",
    "%2F", "%2f", "%2B", "%2b", "\\u00a0", "\\u0020",
];
/// Characters of an id, which is not a phone number however many digits it has.
const MIN_ID_CHARS: usize = 24;
/// Letters that identify a word as hexadecimal.
const MIN_ID_LETTERS: usize = 4;

/// Returns the text with the beginning of each number masked.
pub fn mask_numbers(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let whole = date_len(rest).or_else(|| id_len(text, at)).unwrap_or(0);
        if whole > 0 {
            masked.push_str(&rest[..whole]);
            at += whole;
        } else if digit_len(rest).is_some() {
            let run = Run::starting_at(rest);
            if run.digits.len() >= MIN_DIGITS {
                masked.push_str(MASK);
                let left = run.digits.len() - VISIBLE_DIGITS;
                run.digits[left..].iter().for_each(|digit| masked.push_str(digit));
            } else {
                masked.push_str(&rest[..run.len]);
            }
            at += run.len;
        } else {
            let len =
                escape_len(rest).unwrap_or_else(|| rest.chars().next().map_or(1, char::len_utf8));
            masked.push_str(&rest[..len]);
            at += len;
        }
    }
    masked
}

/// Digits with signs between them.
struct Run<'t> {
    /// As they are written.
    digits: Vec<&'t str>,
    /// Bytes up to the last digit.
    len: usize,
}

impl<'t> Run<'t> {
    fn starting_at(text: &'t str) -> Self {
        let mut run = Self { digits: Vec::new(), len: 0 };
        let (mut at, mut group) = (0, 0);
        while let Some(len) = digit_len(&text[at..]) {
            run.digits.push(&text[at..at + len]);
            at += len;
            group += 1;
            run.len = at;
            let mut signs = 0;
            let mut next = at;
            while let Some(sign) = SEPARATORS.iter().find(|sign| text[next..].starts_with(**sign)) {
                signs += 1;
                next += sign.len();
            }
            if signs == 0 {
                continue;
            }
            // `0.900000` is an amount, and what follows does not belong to the number.
            let is_amount = group == 1 && text[at..].starts_with('.');
            if signs > 2 || is_amount || date_len(&text[next..]).is_some() {
                break;
            }
            (at, group) = (next, 0);
        }
        run
    }
}

/// Returns the length of a digit as it is written: plain, of another script, or encoded.
fn digit_len(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    if first.is_numeric() {
        return Some(first.len_utf8());
    }
    let coded = text.strip_prefix("%3").or_else(|| text.strip_prefix("\\u003"))?;
    let is_digit = coded.starts_with(|c: char| c.is_ascii_digit());
    is_digit.then(|| text.len() - coded.len() + 1)
}

/// Returns the length of an escape, whose own digits are not part of the text.
fn escape_len(text: &str) -> Option<usize> {
    let (digits, count) = match text.strip_prefix('%') {
        Some(digits) => (digits, 2),
        None => (text.strip_prefix("\\u")?, 4),
    };
    let is_escape = digits.get(..count)?.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_escape.then(|| text.len() - digits.len() + count)
}

/// Returns the length of a date such as `2025-10-12`, with the fractional seconds of a time that
/// follows: they are digits in a row as well.
fn date_len(text: &str) -> Option<usize> {
    let shape = text.get(..10)?.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if !shape || digit_len(&text[10..]).is_some() {
        return None;
    }
    let time = text.get(10..20).filter(|time| {
        time.bytes().enumerate().all(|(at, byte)| match at {
            0 => byte == b'T' || byte == b' ',
            3 | 6 => byte == b':',
            9 => byte == b'.',
            _ => byte.is_ascii_digit(),
        })
    });
    let fraction = time.map(|_| text[20..].bytes().take_while(u8::is_ascii_digit).count());
    // A time has no more fractional digits than nanoseconds.
    Some(fraction.filter(|digits| *digits <= 9).map_or(10, |digits| 20 + digits))
}

/// Returns the length of an id that begins here: a long hexadecimal word with some letters.
fn id_len(text: &str, at: usize) -> Option<usize> {
    if text[..at].ends_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let word = &text.as_bytes()[at..];
    let len = word.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let word = &word[..len];
    let is_hex = word.iter().all(u8::is_ascii_hexdigit);
    let letters = word.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    (len >= MIN_ID_CHARS && is_hex && letters >= MIN_ID_LETTERS).then_some(len)
}
