//! Computes fingerprints of requests, to detect whether a repeated request id has the same content.

use super::control::StartCall;
use super::page_events::PageEvent;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use call_ribbon_shared::phone::DialNumber;
use call_ribbon_shared::wire::RawValue;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Returns the fingerprint of a logged event.
pub fn of_event(event: &PageEvent) -> String {
    let mut text = String::new();
    write_field(&mut text, event.event.as_str());
    write_field(&mut text, &event.call_sid);
    // A request without a time gets a different time each time it is sent.
    write_field(&mut text, &event.at.map(|at| at.to_string()).unwrap_or_default());
    write_canonical(&event.data, &mut text);
    format!("log:{}", hash_text(&text))
}

/// Returns the fingerprint of a request to start a call.
pub fn of_start(order: &StartCall, number: &DialNumber) -> String {
    let mut text = String::new();
    write_field(&mut text, number.as_str());
    write_field(&mut text, order.agent.id.as_deref().unwrap_or_default());
    write_field(&mut text, order.agent.name.as_deref().unwrap_or_default());
    write_field(&mut text, order.provider.as_deref().unwrap_or_default());
    if let Some(customer) = &order.customer {
        write_canonical(customer, &mut text);
    }
    format!("start:{}", hash_text(&text))
}

/// Returns 128 bits of a text's SHA-256 in 22 characters: each event is stored with them, and they
/// only have to tell apart bodies that were sent under one id.
fn hash_text(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash[..16])
}

/// Writes a text with its length before it, so that two fields never read as one.
fn write_field(out: &mut String, text: &str) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{}:{text};", text.len());
}

/// Writes JSON without its spaces and with its fields in order, numbers as they were sent.
///
/// It recurses as deep as the text is nested; the depth is checked when bodies are read.
fn write_canonical(value: &RawValue, out: &mut String) {
    let raw = value.get();
    match raw.as_bytes().first() {
        Some(b'{') => match serde_json::from_str::<BTreeMap<String, &RawValue>>(raw) {
            Ok(fields) => {
                out.push('{');
                for (name, value) in fields {
                    write_field(out, &name);
                    write_canonical(value, out);
                }
                out.push('}');
            }
            Err(_) => out.push_str(raw),
        },
        Some(b'[') => match serde_json::from_str::<Vec<&RawValue>>(raw) {
            Ok(items) => {
                out.push('[');
                for item in items {
                    write_canonical(item, out);
                    out.push(',');
                }
                out.push(']');
            }
            Err(_) => out.push_str(raw),
        },
        Some(b'"') => match serde_json::from_str::<String>(raw) {
            Ok(text) => write_field(out, &text),
            Err(_) => out.push_str(raw),
        },
        _ => out.push_str(raw),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical_of(json: &str) -> String {
        let mut out = String::new();
        write_canonical(&RawValue::from_string(json.to_owned()).unwrap(), &mut out);
        out
    }

    #[test]
    fn spaces_order_and_escapes_do_not_count_but_values_do() {
        assert_eq!(
            canonical_of(r#"{"a":1,"b":["x",null]}"#),
            canonical_of(r#"{ "b" : [ "\u0078", null ], "a" : 1 }"#)
        );
        assert_ne!(canonical_of(r#"{"a":1}"#), canonical_of(r#"{"a":"1"}"#));
        assert_ne!(canonical_of(r#"["a","b"]"#), canonical_of(r#"["ab",""]"#));
    }
}
