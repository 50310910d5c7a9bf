//! Hides phone numbers in the answers to callers who may not see them.
//!
//! An extractor that finds such a caller says so ([`NumberView::hide`]); the answer is then
//! rewritten on its way out, whatever it is: a list, an export, an error, a live stream.

use crate::app::App;
use crate::services::access::numbers::answers::hide_value;
use crate::services::access::numbers::handles::{NumberHandles, PREFIX};
use crate::services::access::numbers::json::JsonRewriter;
use crate::services::access::numbers::text::hide_numbers;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt as _;
use std::sync::{Arc, OnceLock};

/// Whether the caller of a request may see phone numbers.
#[derive(Debug, Clone, Default)]
pub struct NumberView(Arc<OnceLock<String>>);

impl NumberView {
    /// Notes that the caller, of this client, may see no phone numbers.
    pub fn hide(&self, client_id: &str) {
        self.0.get_or_init(|| client_id.to_owned());
    }

    /// Returns whether the caller may see no phone numbers.
    pub fn is_hidden(&self) -> bool {
        self.0.get().is_some()
    }
}

/// Rewrites the answer if the caller may see no phone numbers.
pub async fn hide_numbers_in_answer(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    let view = NumberView::default();
    request.extensions_mut().insert(view.clone());
    let response = next.run(request).await;
    match view.0.get() {
        Some(client_id) => hide_in_response(response, app.number_handles.clone(), client_id),
        None => response,
    }
}

fn hide_in_response(response: Response, handles: NumberHandles, client_id: &str) -> Response {
    let (mut parts, body) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_json = kind.is_some_and(|kind| kind.contains("json") || kind.contains("event-stream"));
    let mut hiding = Hiding {
        handles,
        client_id: client_id.to_owned(),
        json: is_json.then(JsonRewriter::default),
        line: Vec::new(),
    };
    // The last piece is `None`, which writes what was held back.
    let pieces = body.into_data_stream().map(Some).chain(futures_util::stream::iter([None]));
    let hidden = pieces.map(move |piece| match piece {
        Some(Ok(piece)) => Ok(hiding.push(&piece)),
        Some(Err(error)) => Err(error),
        None => Ok(hiding.end()),
    });
    Response::from_parts(parts, Body::from_stream(hidden))
}

/// Hides the numbers of one answer.
struct Hiding {
    handles: NumberHandles,
    client_id: String,
    /// `None` for a text that is not JSON, which is rewritten line by line.
    json: Option<JsonRewriter>,
    line: Vec<u8>,
}

impl Hiding {
    fn push(&mut self, piece: &[u8]) -> Bytes {
        let mut out = Vec::with_capacity(piece.len());
        if let Some(json) = &mut self.json {
            let (handles, client_id) = (&self.handles, &self.client_id);
            json.push(piece, &mut out, &mut |value| hide_value(handles, client_id, value));
            return out.into();
        }
        self.line.extend_from_slice(piece);
        if let Some(end) = self.line.iter().rposition(|byte| *byte == b'\n') {
            let rest = self.line.split_off(end + 1);
            push_hidden_text(&self.line, &mut out);
            self.line = rest;
        }
        out.into()
    }

    fn end(&mut self) -> Bytes {
        let mut out = Vec::new();
        if let Some(json) = &mut self.json {
            let (handles, client_id) = (&self.handles, &self.client_id);
            json.end(&mut out, &mut |value| hide_value(handles, client_id, value));
        }
        push_hidden_text(&std::mem::take(&mut self.line), &mut out);
        out.into()
    }
}

fn push_hidden_text(text: &[u8], out: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(text);
    out.extend_from_slice(hide_numbers(&text).as_deref().unwrap_or(&text).as_bytes());
}

/// Replaces each handle in the query of a request by its number.
pub fn open_handles_in_query(handles: &NumberHandles, client_id: &str, parts: &mut Parts) {
    if let Some(opened) = open_handles_in_address(handles, client_id, &parts.uri) {
        parts.uri = opened;
    }
}

/// Returns an address with each handle in its path and query replaced by its number; `None` if it
/// has no handle.
pub fn open_handles_in_address(
    handles: &NumberHandles,
    client_id: &str,
    address: &Uri,
) -> Option<Uri> {
    let whole = address.path_and_query()?.as_str();
    let mut opened = String::with_capacity(whole.len());
    let mut rest = whole;
    let mut found = false;
    while let Some(at) = rest.find(PREFIX) {
        let handle = &rest[at..];
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let len = handle.find(|c| !is_part(c)).unwrap_or(handle.len());
        opened.push_str(&rest[..at]);
        match handles.open_handle(client_id, &handle[..len]) {
            Some(number) => {
                found = true;
                opened.extend(form_urlencoded::byte_serialize(number.as_bytes()).map(|part| {
                    // In a path, `+` is a plus sign.
                    if part == "+" { "%20" } else { part }
                }));
            }
            None => opened.push_str(&handle[..len]),
        }
        rest = &handle[len..];
    }
    opened.push_str(rest);
    let mut parts = address.clone().into_parts();
    parts.path_and_query = Some(opened.try_into().ok()?);
    Uri::from_parts(parts).ok().filter(|_| found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn handles() -> NumberHandles {
        NumberHandles::new(&Secret::new("a secret of the server"))
    }

    fn hide(json: &str) -> String {
        let mut hiding = Hiding {
            handles: handles(),
            client_id: "c".to_owned(),
            json: Some(JsonRewriter::default()),
            line: Vec::new(),
        };
        let mut out = hiding.push(json.as_bytes()).to_vec();
        out.extend_from_slice(&hiding.end());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_go_and_handles_lead_to_them() {
        let (handles, number) = (handles(), "+919876543210");
        let handle = handles.create_handle("c", number);
        for (json, expected) in [
            (
                format!(r#"{{"phoneNumber":"{number}"}}"#),
                format!(r#"{{"phoneNumber":"+91 98••••3210","phoneNumberHandle":"{handle}"}}"#),
            ),
            (format!(r#"["{number}"]"#), r#"["+91 98••••3210"]"#.to_owned()),
            (
                format!(r#"{{"notes":"ring {number}"}}"#),
                r#"{"notes":"ring +91 98••••3210"}"#.to_owned(),
            ),
            (format!(r#"{{"customerId":"{number}"}}"#), format!(r#"{{"customerId":"{handle}"}}"#)),
            (r#"{"at":1764316800000,"amount":45000}"#.to_owned(), String::new()),
            (r#"{"context":{"amount":45000}}"#.to_owned(), String::new()),
            (r#"{"rows":[{"value":45000,"calls":1}]}"#.to_owned(), String::new()),
            (r#"{"callId":"call_0199d7d2c5e07c1234567890b1f0c44a"}"#.to_owned(), String::new()),
            (format!(r#"{{"phoneNumber":"{handle}"}}"#), String::new()),
        ] {
            let expected = if expected.is_empty() { json.clone() } else { expected };
            assert_eq!(hide(&json), expected);
        }
        let hidden = hide(r#"{"context":{"second":9876543210,"\u0039876543210":1}}"#);
        assert!(!hidden.contains("876543"), "{hidden}");
        let hidden = hide(r#"{"rows":[{"value":9876543210,"calls":1}]}"#);
        assert!(!hidden.contains("876543"), "{hidden}");
        let address: Uri = format!("/a/{handle}/calls?x={handle}&y=num_1").parse().unwrap();
        let opened = open_handles_in_address(&handles, "c", &address).unwrap();
        assert_eq!(opened, "/a/%2B919876543210/calls?x=%2B919876543210&y=num_1");
        assert_eq!(open_handles_in_address(&handles, "d", &address), None);
    }
}
