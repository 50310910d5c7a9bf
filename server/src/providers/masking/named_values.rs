//! Masks values under a name like `token`, `password` or `Authorization`, in JSON, forms, headers,
//! URLs and markup, even in truncated text.

use super::{CutText, MASK, is_secret_name};
use crate::scan::{Scan, count_steps};

/// The fewest characters after `Bearer` or `Basic` that count as a credential.
const MIN_CREDENTIAL_CHARS: usize = 8;
/// What may separate a name from its value, in every encoding.
const SEPARATORS: [&str; 7] = ["=>", "=", ":", "%3D", "%3d", "%3A", "%3a"];

/// Returns the text with each such value masked.
pub fn mask_values(text: CutText<&str>) -> String {
    let mut masked = String::with_capacity(text.text.len());
    let mut quotes = Quotes::default();
    let mut rest = Scan::new(text.text);
    let mut in_tag = false;
    while let Some(c) = rest.first() {
        let at = text.text.len() - rest.len();
        if let Some(user) = userinfo_end(rest, text) {
            masked.push_str("://");
            masked.push_str(MASK);
            rest = rest.skip(user);
            continue;
        }
        let name = name_at(rest);
        if name.is_empty() {
            masked.push(c);
            in_tag = c == '<';
            rest = rest.skip(c.len_utf8());
            continue;
        }
        masked.push_str(name);
        rest = rest.skip(name.len());
        let value = credential_range(name, rest, text).or_else(|| {
            let value = || value_range(rest, in_tag, quotes.is_quoted_at(text.text, at));
            is_secret_name(name).then(value).flatten()
        });
        if let Some((start, end)) = value {
            masked.push_str(rest.take(start).unwrap_or_default());
            masked.push_str(MASK);
            rest = rest.skip(end);
        }
        in_tag = false;
    }
    masked
}

/// Tracks which positions of a text are within quotes of their line. Positions are queried in
/// order, so that each is examined once.
#[derive(Default)]
struct Quotes {
    seen: usize,
    open: bool,
}

impl Quotes {
    fn is_quoted_at(&mut self, text: &str, at: usize) -> bool {
        count_steps(at - self.seen);
        let mut escaped = false;
        for byte in text[self.seen..at].bytes() {
            match byte {
                b'\n' => self.open = false,
                b'"' if !escaped => self.open = !self.open,
                _ => {}
            }
            escaped = byte == b'\\' && !escaped;
        }
        self.seen = at;
        self.open
    }
}

/// Returns the end of user and password of a URL, whose rest begins here with `://`. What is cut
/// off may have ended them.
fn userinfo_end(rest: Scan<'_>, text: CutText<&str>) -> Option<usize> {
    let rest = rest.after("://")?;
    let end = rest.len_until(|c| "/?#\"'<>\\".contains(c) || c.is_whitespace());
    let len = if text.is_cut_within(0, rest.skip(end)) {
        Some(end)
    } else {
        rest.take(end).unwrap_or_default().rfind('@')
    };
    len.filter(|len| *len > 0).map(|len| 3 + len)
}

/// Returns the name at the beginning of the text, or an empty text.
fn name_at(text: Scan<'_>) -> &str {
    let mut end = 0;
    let mut rest = text;
    while let Some(c) = rest.first() {
        // `_`, `-` and brackets, as form names contain them.
        let coded = ["%5F", "%5f", "%2D", "%2d", "%5B", "%5b", "%5D", "%5d"];
        let len =
            if c.is_alphanumeric() || (end > 0 && "_-.[]".contains(c)) || (end == 0 && c == '_') {
                c.len_utf8()
            } else if end > 0 && coded.iter().any(|coded| rest.starts_with(coded)) {
                3
            } else {
                break;
            };
        end += len;
        rest = rest.skip(len);
    }
    text.take(end).unwrap_or_default()
}

/// Returns the range of the credential that follows `Bearer` or `Basic`.
fn credential_range(name: &str, after: Scan<'_>, text: CutText<&str>) -> Option<(usize, usize)> {
    if !["bearer", "basic"].iter().any(|scheme| name.eq_ignore_ascii_case(scheme)) {
        return None;
    }
    let start = [" ", "%20", "+"].iter().find(|gap| after.starts_with(gap))?.len();
    let rest = after.skip(start);
    let is_part = |c: char| c.is_ascii_alphanumeric() || "+/_=.~-%".contains(c);
    let len = rest.len_until(|c| !is_part(c));
    let is_cut = len > 0 && text.is_cut_within(0, rest.skip(len));
    (len >= MIN_CREDENTIAL_CHARS || is_cut).then_some((start, start + len))
}

/// Returns the range of the value that belongs to the name before this text.
fn value_range(text: Scan<'_>, in_tag: bool, in_quotes: bool) -> Option<(usize, usize)> {
    let mut at = 0;
    // The quote that ends the name.
    let (layers, quote) = quote_at(text);
    if let Some(quote) = quote {
        at += layers + quote.len();
    }
    at += leading_spaces(text.skip(at));
    if in_tag && text.skip(at).starts_with(">") {
        let start = at + 1;
        let end = start + text.skip(start).len_until(|c| c == '<');
        return (end > start).then_some((start, end));
    }
    let separator = SEPARATORS.iter().find(|separator| text.skip(at).starts_with(separator))?;
    at += separator.len();
    at += leading_spaces(text.skip(at));
    let is_header = quote.is_none() && *separator == ":";
    let (layers, opening) = quote_at(text.skip(at));
    let len = if let Some(opening) = opening {
        at += layers + opening.len();
        quoted_len(text.skip(at), layers, opening)
    } else if is_header && in_quotes {
        quoted_len(text.skip(at), 0, "\"")
    } else if text.skip(at).starts_with("{") || text.skip(at).starts_with("[") {
        nested_len(text.skip(at))
    } else if separator.starts_with("%3") {
        encoded_len(text.skip(at))
    } else if is_header {
        text.skip(at).len_until(|c| "\r\n".contains(c))
    } else {
        text.skip(at).len_until(ends_value)
    };
    (len > 0).then_some((at, at + len))
}

/// Whether a character ends a value without quotes.
fn ends_value(c: char) -> bool {
    c.is_whitespace() || "&;,<>\"'}])\\".contains(c)
}

/// Returns the length of a value of a form in a form: it also ends at the next name. That end is
/// looked for at the same time, since a text may consist of such names.
fn encoded_len(text: Scan<'_>) -> usize {
    let mut rest = text;
    while let Some(c) = rest.first().filter(|c| !ends_value(*c))
        && !rest.starts_with("%26")
    {
        rest = rest.skip(c.len_utf8());
    }
    text.len() - rest.len()
}

/// Returns how many backslashes precede the quote at the beginning of the text, and the quote.
fn quote_at(text: Scan<'_>) -> (usize, Option<&'static str>) {
    let layers = text.run_len(usize::MAX, |byte| byte == b'\\');
    let after = text.skip(layers);
    let quote = ["\"", "'", "%22"].into_iter().find(|quote| after.starts_with(quote));
    (layers, quote)
}

fn leading_spaces(text: Scan<'_>) -> usize {
    text.run_len(usize::MAX, |byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
}

/// Returns the length of a quoted value whose quotes have so many backslashes.
fn quoted_len(text: Scan<'_>, layers: usize, quote: &str) -> usize {
    let mut from = 0;
    while let Some(found) = text.skip(from).len_until_text(quote) {
        let between = text.skip(from).take(found).unwrap_or_default();
        let before = between.len() - between.trim_end_matches('\\').len();
        let closes = if layers == 0 { before.is_multiple_of(2) } else { before <= layers };
        if closes {
            return from + found - if layers == 0 { 0 } else { before };
        }
        from += found + quote.len();
    }
    text.len()
}

/// Returns the length of an object or a list; of all the rest if it does not end.
fn nested_len(text: Scan<'_>) -> usize {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    let whole = text.take(text.len()).unwrap_or_default();
    for (at, byte) in whole.bytes().enumerate() {
        match (in_text, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_text = !in_text,
            (false, b'{' | b'[') => depth += 1,
            (false, b'}' | b']') => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}
