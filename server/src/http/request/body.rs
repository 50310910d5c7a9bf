//! Reads JSON bodies, with a limit on nesting, and errors that name the invalid field.

use super::body_words::{Fault, explain};
use super::problem::Problem;
use crate::customer::replace_lone_surrogates;
use crate::ids::LONGEST_ID;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse as _;
use call_ribbon_shared::wire::RawValue;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_path_to_error::Segment;
use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::marker::PhantomData;

/// How deep objects and lists may be nested.
const DEEPEST: usize = 100;

/// The most characters of a body's own names and values in an error.
const LONGEST_QUOTE: usize = 500;

/// A body that does not identify its sender.
pub struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        check_type(request.headers())?;
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|refusal: BytesRejection| {
            Problem::from_status(refusal.into_response().status())
        })?;
        check_depth(&bytes)?;
        read(&bytes).map(Self)
    }
}

/// A value that is read only from an object. By default, serde also accepts a list, and takes its
/// elements for the fields in order.
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData)).map(Self)
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

/// Reads a body. A byte-order mark, which some libraries write before it, is skipped.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = str::from_utf8(bytes).map_err(|_| not_json())?;
    let Object(value) = read_text(text, "")?;
    Ok(value)
}

/// Reads a part of a body that was kept as text until now; `within` is its path in the body.
pub fn read_part<T: DeserializeOwned>(part: &RawValue, within: &str) -> Result<T, Problem> {
    read_text(part.get(), within)
}

/// Reads JSON. If the JSON is unreadable because of a lone surrogate (half an emoji, as a truncated
/// text has it), it is read with the replacement character instead.
fn read_text<T: DeserializeOwned>(json: &str, within: &str) -> Result<T, Problem> {
    let read = |json: &str| {
        let mut reader = serde_json::Deserializer::from_str(json);
        let value = serde_path_to_error::deserialize(&mut reader)
            .map_err(|error| body_problem(&error, within))?;
        reader.end().map_err(|_| not_json())?;
        Ok(value)
    };
    read(json).or_else(|problem| match replace_lone_surrogates(json) {
        Some(json) => read(&json),
        None => Err(problem),
    })
}

/// Refuses a body whose `Content-Type` is not JSON.
pub fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    if essence == "application/json" || essence.ends_with("+json") {
        Ok(())
    } else {
        Err(Problem::from_status(StatusCode::UNSUPPORTED_MEDIA_TYPE))
    }
}

/// Refuses JSON so deep that reading it could overflow the stack. serde does not look into parts
/// that are kept as text, so this scans the bytes.
pub fn check_depth(bytes: &[u8]) -> Result<(), Problem> {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in bytes {
        match (in_text, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_text = !in_text,
            (false, b'{' | b'[') => {
                depth += 1;
                if depth > DEEPEST {
                    let sentence = format!("The body is nested more than {DEEPEST} levels deep.");
                    return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_request", sentence));
                }
            }
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// Accepts an id, key or name only if its length is valid.
pub fn id_text(field: &str, text: String) -> Result<String, Problem> {
    if text.is_empty() || text.chars().count() > LONGEST_ID || text.contains('\0') {
        let sentence = format!("{field} must have 1 to {LONGEST_ID} characters.");
        return Err(Problem::invalid(field, sentence));
    }
    Ok(text)
}

/// Validates the id of a customer about whom something is entered: with spaces alone it would be about
/// nobody.
pub fn customer_text(field: &str, text: String) -> Result<String, Problem> {
    if text.trim().is_empty() {
        let sentence = format!("{field} must have other characters than spaces.");
        return Err(Problem::invalid(field, sentence));
    }
    id_text(field, text)
}

fn not_json() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid_request", "The body is not valid JSON.")
}

/// Returns the error for a body, with the path of what is wrong.
fn body_problem(error: &serde_path_to_error::Error<serde_json::Error>, within: &str) -> Problem {
    if !error.inner().is_data() {
        return not_json();
    }
    let mut path = within.to_owned();
    for segment in error.path() {
        match segment {
            // The name of a raw value inside serde_json.
            Segment::Map { key } if key.starts_with("$serde_json") => {}
            Segment::Map { key } => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(key);
            }
            Segment::Seq { index } => {
                // Writing to a String cannot fail.
                let _ = write!(path, "[{index}]");
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    let inner = error.inner().to_string();
    // serde_json appends the position in the text, which does not help a reader of the sentence.
    let inner = inner.rsplit_once(" at line ").map_or(inner.as_str(), |(inner, _)| inner);
    let words = match explain(inner) {
        Fault::Value(words) => words,
        // The path to the object is not always known to its last step.
        Fault::Field { name, words } if path.is_empty() => {
            path = name;
            words
        }
        Fault::Field { name, words } => {
            let sentence = format!("{}: {} {words}.", clip(&path), clip(&name));
            return Problem::invalid(&clip(&path), sentence);
        }
    };
    let (path, words) = (clip(&path), clip(&words));
    if path.is_empty() {
        return Problem::new(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            format!("The body {words}."),
        );
    }
    Problem::invalid(&path, format!("{path} {words}."))
}

/// Returns the text, or its beginning and "…": names and values of a body may be of any length.
fn clip(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST_QUOTE) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_counted_outside_of_texts() {
        assert!(check_depth(&b"[".repeat(DEEPEST)).is_ok());
        assert!(check_depth(&b"[".repeat(DEEPEST + 1)).is_err());
        assert!(check_depth(format!("{{\"a\":\"{}\\\"[\"}}", "[".repeat(1000)).as_bytes()).is_ok());
    }
}
