//! The ways in which one character may be written.

use crate::scan::Scan;

/// The most layers of one encoding within another.
const MAX_LAYERS: usize = 4;
/// The most backslashes before a character: each layer doubles them.
const MAX_BACKSLASHES: usize = 1 << MAX_LAYERS;
/// The most characters of an entity's name or number, such as `#x1F600` or `#000038`.
const MAX_ENTITY_CHARS: usize = 10;
/// The most bytes of one written character: four bytes, each percent-encoded in all layers, or a
/// pair of escapes, each with all backslashes.
pub const LONGEST_SPELLING: usize = 4 * (3 + 2 * MAX_LAYERS) + MAX_BACKSLASHES;

/// Calls `tell` with the length of each way in which a text may begin with a character.
pub fn visit_spellings(text: Scan<'_>, c: char, tell: &mut dyn FnMut(usize)) {
    let first = text.first();
    if first == Some(c) {
        tell(c.len_utf8());
    }
    match first {
        Some('+') if c == ' ' => tell(1),
        Some('%') => {
            (0..MAX_LAYERS).filter_map(|layers| percent_len(text, c, layers)).for_each(tell);
        }
        Some('\\') => visit_escapes(text, c, tell),
        Some('&') => entity_len(text, c).into_iter().for_each(tell),
        _ => {}
    }
}

/// Matches `%2B`, or `%252B` if encoded twice.
fn percent_len(text: Scan<'_>, c: char, layers: usize) -> Option<usize> {
    let mut rest = text;
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        rest = rest.after("%")?;
        for _ in 0..layers {
            rest = rest.after("25")?;
        }
        if !is_hex(rest, byte) {
            return None;
        }
        rest = rest.skip(2);
    }
    Some(text.len() - rest.len())
}

fn is_hex(text: Scan<'_>, byte: u8) -> bool {
    text.take(2).is_some_and(|two| {
        two.bytes().all(|b| b.is_ascii_hexdigit()) && u8::from_str_radix(two, 16) == Ok(byte)
    })
}

/// Matches `\"`, `\n`, `\u00e9`, with more backslashes if escaped more than once.
fn visit_escapes(text: Scan<'_>, c: char, tell: &mut dyn FnMut(usize)) {
    let signs = text.run_len(MAX_BACKSLASHES, |byte| byte == b'\\');
    for layers in 1..=signs {
        let rest = text.skip(layers);
        if rest.first() == Some(c) {
            tell(layers + c.len_utf8());
        }
        if escape_letter(c).is_some_and(|letter| rest.first() == Some(letter)) {
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
fn unicode_escape_len(text: Scan<'_>, c: char) -> Option<usize> {
    let mut rest = text;
    for (n, unit) in c.encode_utf16(&mut [0; 2]).iter().enumerate() {
        if n > 0 {
            rest = rest.skip(rest.run_len(MAX_BACKSLASHES, |byte| byte == b'\\'));
        }
        rest = rest.after("u")?;
        if u16::from_str_radix(rest.take(4)?, 16) != Ok(*unit) {
            return None;
        }
        rest = rest.skip(4);
    }
    Some(text.len() - rest.len())
}

/// Matches `&amp;`, `&#38;` or `&#x26;`.
fn entity_len(text: Scan<'_>, c: char) -> Option<usize> {
    let rest = text.after("&")?;
    // Most signs are not the beginning of an entity, so the end of the text is not looked for.
    let len = rest.run_len(MAX_ENTITY_CHARS, |byte| byte == b'#' || byte.is_ascii_alphanumeric());
    let name = rest.take(len)?;
    rest.skip(len).after(";")?;
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
