//! Reads multipart forms (`multipart/form-data`, RFC 7578).

use bytes::Bytes;
use futures_util::{FutureExt as _, stream};
use multer::{Constraints, Error, Multipart, SizeLimit};
use std::convert::Infallible;

/// The most parts that are read; later ones are ignored. No form that is sent here has nearly as
/// many.
const MOST_PARTS: usize = 1_000;

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
