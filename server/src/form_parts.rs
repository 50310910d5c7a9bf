//! Reads forms: multipart (`multipart/form-data`, RFC 7578) and
//! `application/x-www-form-urlencoded`.

use bytes::Bytes;
use encoding_rs::WINDOWS_1252;
use futures_util::{FutureExt as _, stream};
use multer::{Constraints, Error, Multipart, SizeLimit};
use percent_encoding::percent_decode;
use std::convert::Infallible;

/// The most parts that are read; later ones are ignored. No form that is sent here has nearly as
/// many.
const MOST_PARTS: usize = 1_000;

/// Reads the names and values of a form or a query.
pub fn read_pairs(form: &[u8]) -> impl Iterator<Item = (String, String)> {
    form.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        let at = pair.iter().position(|byte| *byte == b'=');
        let (name, value) = at.map_or((pair, &[][..]), |at| (&pair[..at], &pair[at + 1..]));
        (decode_percent(name), decode_percent(value))
    })
}

fn decode_percent(text: &[u8]) -> String {
    let spaced: Vec<u8> = text.iter().map(|&b| if b == b'+' { b' ' } else { b }).collect();
    decode_text(&percent_decode(&spaced).collect::<Vec<u8>>())
}

/// Reads a text of a form. Dialers with old pages send Latin-1, which is not UTF-8 if it contains a
/// letter beyond ASCII; browsers read it as Windows-1252 (WHATWG Encoding, "Names and labels").
pub fn decode_text(text: &[u8]) -> String {
    std::str::from_utf8(text).map_or_else(
        |_| WINDOWS_1252.decode_without_bom_handling(text).0.into_owned(),
        str::to_owned,
    )
}

/// Reads the parts of a complete body: names and contents, in order. `kind` is the header
/// `Content-Type`, which holds the boundary.
///
/// # Errors
/// Fails if the header names no boundary, or the body is malformed.
pub fn read_parts(kind: &str, body: Bytes) -> Result<Vec<(String, Bytes)>, Error> {
    let boundary = multer::parse_boundary(kind)?;
    let whole = u64::try_from(body.len()).unwrap_or(u64::MAX);
    let limits = Constraints::new().size_limit(SizeLimit::new().whole_stream(whole));
    let body = stream::iter([Ok::<_, Infallible>(body)]);
    let mut parts = Multipart::with_constraints(body, boundary, limits);
    let reading = async {
        let mut read = Vec::new();
        while read.len() < MOST_PARTS
            && let Some(part) = parts.next_field().await?
        {
            let name = part.name().unwrap_or_default().to_owned();
            read.push((name, part.bytes().await?));
        }
        Ok(read)
    };
    // The whole body is in memory, so this never waits.
    reading.now_or_never().unwrap_or(Err(Error::IncompleteStream))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_in_both_encodings() {
        let read = |form: &[u8]| read_pairs(form).collect::<Vec<_>>();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let both = [pair("name", "Jos\u{e9} M\u{fc}ller"), pair("a b", "\u{20ac}5")];
        assert_eq!(read(b"name=Jos%E9+M%FCller&a+b=%805"), both);
        assert_eq!(read(b"name=Jos\xe9+M\xfcller&a%20b=\x805"), both);
        assert_eq!(read("name=Jos\u{e9}+M%C3%BCller&&a%20b=%E2%82%AC5".as_bytes()), both);
        assert_eq!(
            read(b"a&=b&c=d=e&%zz"),
            [pair("a", ""), pair("", "b"), pair("c", "d=e"), pair("%zz", "")]
        );
    }
}
