//! Normalizes the characters of written numbers.

/// Ranges of invisible characters: all of Unicode's category Cf (version 16), and the selectors
/// that make a digit an emoji.
const INVISIBLE: [(u32, u32); 20] = [
    (0xad, 0xad),
    (0x600, 0x605),
    (0x61c, 0x61c),
    (0x6dd, 0x6dd),
    (0x70f, 0x70f),
    (0x890, 0x891),
    (0x8e2, 0x8e2),
    (0x180e, 0x180e),
    (0x200b, 0x200f),
    (0x202a, 0x202e),
    (0x2060, 0x206f),
    (0x20e3, 0x20e3),
    (0xfe00, 0xfe0f),
    (0xfeff, 0xfeff),
    (0xfff9, 0xfffb),
    (0x110bd, 0x110cd),
    (0x13430, 0x1343f),
    (0x1bca0, 0x1bca3),
    (0x1d173, 0x1d17a),
    (0xe0001, 0xe007f),
];

/// The zero of each script's ten digits (Unicode, category Nd), except ASCII's and the full-width
/// forms.
const ZEROS: [u32; 38] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0x11136,
    0x1e950, 0x1fbf0,
];

/// Returns whether a character beyond ASCII takes no room of its own: a mark of direction, a joiner
/// or the like.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    INVISIBLE.iter().any(|(first, last)| (*first..=*last).contains(&u32::from(c)))
}

/// Returns the lower-case ASCII character that this character means in a number, the character
/// itself if it means none, and `None` if it is invisible.
pub(super) fn normalize_char(c: char) -> Option<char> {
    let code = u32::from(c);
    if code < 0x80 {
        return Some(match c {
            '[' => '(',
            ']' => ')',
            '\t'..='\r' => ' ',
            '"' | '`' => '\'',
            _ => c.to_ascii_lowercase(),
        });
    }
    if (0xff01..=0xff5e).contains(&code) {
        return char::from_u32(code - 0xfee0).and_then(normalize_char);
    }
    if is_invisible(c) {
        return None;
    }
    let digit = ZEROS.iter().find_map(|zero| code.checked_sub(*zero).filter(|n| *n < 10));
    // Five styles of mathematical digits follow one another.
    let styled = code.checked_sub(0x1d7ce).filter(|n| *n < 50).map(|n| n % 10);
    if let Some(digit) = digit.or(styled) {
        return char::from_digit(digit, 10);
    }
    Some(match c {
        '\u{2010}'..='\u{2015}'
        | '\u{2212}'
        | '\u{2043}'
        | '\u{58a}'
        | '\u{5be}'
        | '\u{1806}'
        | '\u{2e3a}'
        | '\u{2e3b}'
        | '\u{301c}'
        | '\u{30fc}'
        | '\u{fe31}'
        | '\u{fe32}'
        | '\u{fe58}'
        | '\u{fe63}' => '-',
        '\u{b7}' | '\u{2219}' | '\u{30fb}' => '.',
        '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' | '\u{b4}' => '\'',
        '\u{2044}' | '\u{2215}' => '/',
        '\u{3001}' | '\u{60c}' => ',',
        // A telephone symbol before the number.
        '\u{260e}' | '\u{260f}' | '\u{2706}' | '\u{1f4de}' | '\u{1f4f1}' => ' ',
        _ if c.is_whitespace() => ' ',
        _ => c,
    })
}

/// Normalizes all characters of a text, after percent-decoding it once.
pub(super) fn normalize_text(text: &str) -> String {
    let decoded = if text.contains('%') { Some(percent_decode(text)) } else { None };
    decoded.as_deref().unwrap_or(text).chars().filter_map(normalize_char).collect()
}

/// Percent-decodes a text. Text that does not decode stays as it is and is later refused for its
/// percent sign.
fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (byte, hex(at + 1), hex(at + 2)) {
            out.extend(u8::try_from(high * 16 + low));
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}
