//! Masks values under a name like `token`, `password` or `Authorization`, in JSON, forms, headers,
//! URLs and markup, even in truncated text.

use super::{MASK, is_secret_name};

/// The fewest characters after `Bearer` or `Basic` that count as a credential.
const MIN_CREDENTIAL_CHARS: usize = 8;
/// What may separate a name from its value, in every encoding.
const SEPARATORS: [&str; 6] = ["=>", "=", ":", "%3D", "%3d", "%3A"];

/// Returns the text with each such value masked.
pub fn mask_values(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let (mut at, mut quotes) = (0, Quotes::default());
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if let Some(user) = userinfo_end(rest) {
            masked.push_str("://");
            masked.push_str(MASK);
            at += user;
            continue;
        }
        let name = name_at(rest);
        if name.is_empty() {
            masked.push(c);
            at += c.len_utf8();
            continue;
        }
        masked.push_str(name);
        let in_tag = text[..at].ends_with('<');
        at += name.len();
        let value = credential_range(name, &text[at..]).or_else(|| {
            let value = || value_range(&text[at..], in_tag, quotes.is_quoted_at(text, at));
            is_secret_name(name).then(value).flatten()
        });
        if let Some((start, end)) = value {
            masked.push_str(&text[at..at + start]);
            masked.push_str(MASK);
            at += end;
        }
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

/// Returns the end of user and password of a URL, whose rest begins here with `://`.
fn userinfo_end(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("://")?;
    let end = rest.find(|c: char| "/?#\"'<>\\".contains(c) || c.is_whitespace());
    rest[..end.unwrap_or(rest.len())].rfind('@').filter(|len| *len > 0).map(|len| 3 + len)
}

/// Returns the name at the beginning of the text, or an empty text.
fn name_at(text: &str) -> &str {
    let mut end = 0;
    while let Some(c) = text[end..].chars().next() {
        let rest = &text[end..];
        // `_`, `-` and brackets, as form names contain them.
        let coded = ["%5F", "%5f", "%2D", "%2d", "%5B", "%5b", "%5D", "%5d"];
        if c.is_alphanumeric() || (end > 0 && "_-.[]".contains(c)) || (end == 0 && c == '_') {
            end += c.len_utf8();
        } else if end > 0 && coded.iter().any(|coded| rest.starts_with(coded)) {
            end += 3;
        } else {
            break;
        }
    }
    &text[..end]
}

/// Returns the range of the credential that follows `Bearer` or `Basic`.
fn credential_range(name: &str, after: &str) -> Option<(usize, usize)> {
    if !["bearer", "basic"].iter().any(|scheme| name.eq_ignore_ascii_case(scheme)) {
        return None;
    }
    let start = [" ", "%20", "+"].iter().find(|gap| after.starts_with(**gap))?.len();
    let is_part = |c: char| c.is_ascii_alphanumeric() || "+/_=.~-%".contains(c);
    let end = after[start..].find(|c| !is_part(c)).map_or(after.len(), |len| start + len);
    (end - start >= MIN_CREDENTIAL_CHARS).then_some((start, end))
}

/// Returns the range of the value that belongs to the name before this text.
fn value_range(text: &str, in_tag: bool, in_quotes: bool) -> Option<(usize, usize)> {
    let mut at = 0;
    // The quote that ends the name.
    let (layers, quote) = quote_at(text);
    if let Some(quote) = quote {
        at += layers + quote.len();
    }
    at += leading_spaces(&text[at..]);
    if in_tag && text[at..].starts_with('>') {
        let start = at + 1;
        let end = text[start..].find('<').map_or(text.len(), |len| start + len);
        return (end > start).then_some((start, end));
    }
    let separator = SEPARATORS.iter().find(|separator| text[at..].starts_with(**separator))?;
    at += separator.len();
    at += leading_spaces(&text[at..]);
    let is_header = quote.is_none() && *separator == ":";
    let (layers, opening) = quote_at(&text[at..]);
    let end = if let Some(opening) = opening {
        at += layers + opening.len();
        at + quoted_len(&text[at..], layers, opening)
    } else if is_header && in_quotes {
        at + quoted_len(&text[at..], 0, "\"")
    } else if text[at..].starts_with(['{', '[']) {
        at + nested_len(&text[at..])
    } else {
        let ends = |c: char| {
            if is_header {
                "\r\n".contains(c)
            } else {
                c.is_whitespace() || "&;,<>\"'}])\\".contains(c)
            }
        };
        at + text[at..].find(ends).unwrap_or(text.len() - at)
    };
    // A form in a form: its values end at the next name.
    let inner = separator.starts_with("%3").then(|| text[at..end].find("%26")).flatten();
    let end = inner.map_or(end, |len| at + len);
    (end > at).then_some((at, end))
}

/// Returns how many backslashes precede the quote at the beginning of the text, and the quote.
fn quote_at(text: &str) -> (usize, Option<&'static str>) {
    let layers = text.bytes().take_while(|byte| *byte == b'\\').count();
    let quote = ["\"", "'", "%22"].into_iter().find(|quote| text[layers..].starts_with(quote));
    (layers, quote)
}

fn leading_spaces(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t', '\n', '\r']).len()
}

/// Returns the length of a quoted value whose quotes have so many backslashes.
fn quoted_len(text: &str, layers: usize, quote: &str) -> usize {
    let mut from = 0;
    while let Some(found) = text[from..].find(quote) {
        let at = from + found;
        let before = text[..at].bytes().rev().take_while(|byte| *byte == b'\\').count();
        let closes = if layers == 0 { before % 2 == 0 } else { before <= layers };
        if closes {
            return at - if layers == 0 { 0 } else { before };
        }
        from = at + quote.len();
    }
    text.len()
}

/// Returns the length of an object or a list; of all the rest if it does not end.
fn nested_len(text: &str) -> usize {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
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
