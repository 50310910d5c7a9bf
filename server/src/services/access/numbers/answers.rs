//! Hides phone numbers in JSON for readers who may not see them.

use super::handles::{NumberHandles, PREFIX};
use super::json::{JsonKind, JsonRewriter, JsonValue, Replacement};
use super::text::{hide_numbers, is_number};

/// A whole number in a context is hidden from this many digits on: fewer may be an amount.
const MIN_WHOLE_NUMBER: usize = 10;

/// Returns a JSON text in which handles stand for phone numbers.
pub fn hide_numbers_in_json(handles: &NumberHandles, client_id: &str, json: &str) -> String {
    let (mut rewriter, mut out) = (JsonRewriter::default(), Vec::with_capacity(json.len()));
    let mut hide = |value: JsonValue<'_>| hide_value(handles, client_id, value);
    rewriter.push(json.as_bytes(), &mut out, &mut hide);
    rewriter.end(&mut out, &mut hide);
    String::from_utf8_lossy(&out).into_owned()
}

/// Returns what a caller without numbers sees in place of a value.
pub fn hide_value(
    handles: &NumberHandles,
    client_id: &str,
    value: JsonValue<'_>,
) -> Option<Replacement> {
    let text = value.text;
    let is_whole_number = value.kind == JsonKind::Number;
    if is_whole_number {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        // The figures of a field show its values under the key `value`.
        let is_sent = value.in_context || value.key == Some("value");
        if !(is_sent && digits && text.len() >= MIN_WHOLE_NUMBER) {
            return None;
        }
    } else if text.starts_with(PREFIX) {
        return None;
    }
    let hidden = hide_numbers(text)?;
    if value.kind == JsonKind::Key {
        return Some(Replacement { text: hidden, handle: None });
    }
    let handle = || handles.create_handle(client_id, text);
    // An id has to lead to what it names.
    if value.key.is_some_and(is_id_key) {
        return Some(Replacement { text: handle(), handle: None });
    }
    let handle = (is_whole_number || is_number(text)).then(handle);
    Some(Replacement { text: hidden, handle })
}

/// Returns whether the values of a key are ids.
fn is_id_key(key: &str) -> bool {
    ["Id", "Ids", "Sid", "Sids", "_id", "_ids", "_sid", "_id_external"]
        .iter()
        .any(|end| key.ends_with(end))
        || ["id", "sid"].contains(&key)
}
