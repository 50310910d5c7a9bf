//! Reads request bodies of any bytes, for `crate::fuzz`.

use super::customers;
use super::request::body;
use crate::customer::{CustomerData, read_fields, replace_lone_surrogates};
use crate::event_data::{CallContext, SentDetails, fill_in_data};
use axum::http::{HeaderMap, HeaderValue, header};
use serde_json::Value;

/// Reads a body as each kind of route does. What serde itself reads as an object must be read, with
/// the same content.
///
/// # Panics
///
/// Panics if the result is wrong.
pub fn check_request_body(data: &[u8]) {
    for kind in
        ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]
    {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        customers::leads::check_lead(&headers, data);
    }
    if body::check_depth(data).is_err() {
        return;
    }
    let read: Option<Value> = body::read(data).ok();
    let by_serde: Option<Value> = serde_json::from_slice(data).ok().filter(Value::is_object);
    assert!(by_serde.is_none() || read == by_serde, "{read:?} is not {by_serde:?}");
    let text = String::from_utf8_lossy(data);
    for (name, value) in read_fields(&text) {
        let _ = (CustomerData::read(value.get()), SentDetails::read(value.get()), name);
        assert!(text.contains(value.get()));
    }
    if let Some(whole) = replace_lone_surrogates(&text) {
        assert_eq!(whole.len(), text.len());
    }
    let call = CallContext {
        call_sid: "c",
        phone: None,
        direction: "inbound",
        duration: None,
        customer: Some(&text),
    };
    let filled = fill_in_data(&text, &call);
    assert!(filled.get().starts_with('{') || read.is_none());
}
