//! Masks a known secret however it is written: plain, percent-encoded, escaped in JSON or HTML
//! (also repeatedly), in Base64 or hexadecimal.

use super::MASK;
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};

/// The fewest characters of Base64 by which a secret is recognised. Fewer occur in many words.
const MIN_BASE64_CHARS: usize = 6;
/// The most layers of one encoding within another.
const MAX_LAYERS: usize = 4;

/// Returns the text with each occurrence of the secret masked.
pub fn mask_secret(text: &str, secret: &str) -> String {
    let mut found = secret_ranges(text, secret);
    for core in base64_patterns(secret) {
        found.extend(
            secret_ranges(text, &core).into_iter().map(|place| base64_word_range(text, place)),
        );
    }
    let hex = crate::ids::to_hex(secret.as_bytes());
    found.extend(secret_ranges(text, &hex));
    found.extend(secret_ranges(text, &hex.to_uppercase()));
    found.sort_unstable();
    let (mut masked, mut done) = (String::with_capacity(text.len()), 0);
    for (start, end) in found {
        if start >= done {
            masked.push_str(&text[done..start]);
            masked.push_str(MASK);
        }
        done = done.max(end);
    }
    masked.push_str(&text[done..]);
    masked
}

/// Returns the ranges of the secret's occurrences.
fn secret_ranges(text: &str, secret: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut done = 0;
    for (start, _) in text.char_indices() {
        if start < done {
            continue;
        }
        if let Some(end) = secret_end_at(text, start, secret) {
            found.push((start, end));
            done = end;
        }
    }
    found
}

/// Returns the end of the secret that begins here. If it can be read in two ways, it is the further
/// end.
fn secret_end_at(text: &str, start: usize, secret: &str) -> Option<usize> {
    // At nearly every position it does not even begin.
    let mut begins = false;
    visit_spellings(&text[start..], secret.chars().next()?, &mut |_| begins = true);
    if !begins {
        return None;
    }
    let (mut reached, mut next) = (vec![start], Vec::new());
    for c in secret.chars() {
        for &at in &reached {
            visit_spellings(&text[at..], c, &mut |len| {
                if !next.contains(&(at + len)) {
                    next.push(at + len);
                }
            });
        }
        if next.is_empty() {
            return None;
        }
        std::mem::swap(&mut reached, &mut next);
        next.clear();
    }
    reached.into_iter().max()
}

/// Calls `tell` with the length of each way in which a text may begin with a character.
fn visit_spellings(text: &str, c: char, tell: &mut dyn FnMut(usize)) {
    if text.starts_with(c) {
        tell(c.len_utf8());
    }
    match text.as_bytes().first() {
        Some(b'+') if c == ' ' => tell(1),
        Some(b'%') => {
            (0..MAX_LAYERS).filter_map(|layers| percent_len(text, c, layers)).for_each(tell);
        }
        Some(b'\\') => visit_escapes(text, c, tell),
        Some(b'&') => entity_len(text, c).into_iter().for_each(tell),
        _ => {}
    }
}

/// Matches `%2B`, or `%252B` if encoded twice.
fn percent_len(text: &str, c: char, layers: usize) -> Option<usize> {
    let mut rest = text;
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        rest = rest.strip_prefix('%')?;
        for _ in 0..layers {
            rest = rest.strip_prefix("25")?;
        }
        if !is_hex(rest, byte) {
            return None;
        }
        rest = &rest[2..];
    }
    Some(text.len() - rest.len())
}

fn is_hex(text: &str, byte: u8) -> bool {
    text.get(..2).is_some_and(|two| {
        two.bytes().all(|b| b.is_ascii_hexdigit()) && u8::from_str_radix(two, 16) == Ok(byte)
    })
}

/// Matches `\"`, `
/// `, `\u00e9`, with more backslashes if escaped more than once.
fn visit_escapes(text: &str, c: char, tell: &mut dyn FnMut(usize)) {
    let signs = text.bytes().take_while(|byte| *byte == b'\\').count().min(1 << MAX_LAYERS);
    for layers in 1..=signs {
        let rest = &text[layers..];
        if rest.starts_with(c) {
            tell(layers + c.len_utf8());
        }
        if escape_letter(c).is_some_and(|letter| rest.starts_with(letter)) {
            tell(layers + 1);
        }
        if let Some(len) = unicode_escape_len(rest, c) {
            tell(layers + len);
        }
    }
    // A backslash itself, where two or four mean one.
    if c == '\\' {
        (2..=signs).for_each(tell);
    }
}

/// Returns the letter by which JSON escapes a character.
fn escape_letter(c: char) -> Option<char> {
    match c {
        '\n' => Some('n'),
        '\r' => Some('r'),
        '\t' => Some('t'),
        '\u{8}' => Some('b'),
        '\u{c}' => Some('f'),
        _ => None,
    }
}

/// Matches `u00e9`, or two of them for a character beyond the first plane.
fn unicode_escape_len(text: &str, c: char) -> Option<usize> {
    let mut rest = text;
    for (n, unit) in c.encode_utf16(&mut [0; 2]).iter().enumerate() {
        if n > 0 {
            rest = rest.trim_start_matches('\\');
        }
        let digits = rest.strip_prefix('u')?.get(..4)?;
        if u16::from_str_radix(digits, 16) != Ok(*unit) {
            return None;
        }
        rest = &rest[5..];
    }
    Some(text.len() - rest.len())
}

/// Matches `&amp;`, `&#38;` or `&#x26;`.
fn entity_len(text: &str, c: char) -> Option<usize> {
    let (name, _) = text.strip_prefix('&')?.split_once(';')?;
    let meant = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        number => number.strip_prefix('#').and_then(|number| {
            let hex = number.strip_prefix(['x', 'X']);
            let code = match hex {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }),
    };
    (meant == Some(c)).then_some(name.len() + 2)
}

/// Returns what the Base64 of any text with the secret contains: the characters that depend on the
/// secret alone, for each of its three possible alignments.
fn base64_patterns(secret: &str) -> Vec<String> {
    let mut cores = Vec::new();
    for alphabet in [STANDARD, URL_SAFE] {
        let config = GeneralPurposeConfig::new().with_encode_padding(false);
        let engine = GeneralPurpose::new(&alphabet, config);
        for before in 0..3 {
            let bytes = [&[0; 2][..before], secret.as_bytes()].concat();
            let written = engine.encode(&bytes);
            // Of six bits each: those within the secret alone.
            let from = (before * 8).div_ceil(6);
            let to = bytes.len() * 8 / 6;
            let core = written.get(from..to).unwrap_or_default().to_owned();
            if core.len() >= MIN_BASE64_CHARS && !cores.contains(&core) {
                cores.push(core);
            }
        }
    }
    cores
}

/// Returns the whole Base64 word around a range.
fn base64_word_range(text: &str, (start, end): (usize, usize)) -> (usize, usize) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "+/-_%".contains(c);
    let before = text[..start].chars().rev().take_while(|c| is_part(*c)).count();
    let after = text[end..].chars().take_while(|c| is_part(*c) || *c == '=').count();
    (start - before, end + after)
}
