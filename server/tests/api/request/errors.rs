//! Tests that every request, whatever it contains, gets an answer with a sentence.

use crate::support::{ADMIN_TOKEN, Answer, KEY, Server};
use call_ribbon_server::time::Clock as _;
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::Method;
use serde_json::{Value, json};
use std::io::Write as _;

#[tokio::test]
async fn addresses_and_methods_that_are_not_there() {
    let server = Server::start().await;
    for path in ["/api/nothing", "/api/ribbon/init/", "/nothing", "/api/ribbon/calls/a/b/c"] {
        server.get(path).await.problem(404, "not_found");
    }
    let answer = server.get("/api/ribbon/init").await;
    answer.problem(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), "POST");
}

#[tokio::test]
async fn bodies_that_are_no_json_are_refused() {
    let server = Server::start().await;
    let post = |kind: Option<&'static str>, body: String| {
        let mut request = server.request(Method::POST, "/api/ribbon/log-call").body(body);
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        Answer::from_request(request)
    };
    let good = json!({"apiKey": KEY}).to_string();
    post(None, good.clone()).await.problem(415, "unsupported_media_type");
    post(Some("text/plain"), good).await.problem(415, "unsupported_media_type");
    let json = Some("application/json");
    for body in ["", "{", "nope", "{} {}", "{\"apiKey\":\"\u{0}\"}", "[]", "7", "null"] {
        post(json, body.to_owned()).await.problem(400, "invalid_request");
    }
    post(json, format!("{{\"x\":\"{}\"}}", "y".repeat(1 << 20)))
        .await
        .problem(413, "payload_too_large");
    // As deep as the body is long: neither the parser nor the parts kept as text may recurse that
    // far.
    for deep in
        ["[".repeat(500_000), format!("{{\"apiKey\":\"{KEY}\",\"data\":{}", "[".repeat(900_000))]
    {
        post(json, deep).await.problem(400, "invalid_request");
    }
    let closed = "[".repeat(300_000) + &"]".repeat(300_000);
    let body = format!(
        "{{\"apiKey\":\"{KEY}\",\"event\":\"x\",\"data\":{{\"callSid\":\"d\",\"v\":{closed}}}}}"
    );
    post(json, body).await.problem(400, "invalid_request");
    // The server still works.
    assert_eq!(server.get("/api/ribbon/config").await.status, 200);
}

/// Compresses a body with gzip, after as many spaces as given.
fn packed(body: &str, spaces: usize) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(&vec![b' '; spaces]).unwrap();
    packer.write_all(body.as_bytes()).unwrap();
    packer.finish().unwrap()
}

#[tokio::test]
async fn bodies_come_packed_and_with_a_byte_order_mark() {
    let server = Server::start().await;
    let body = json!({"apiKey": KEY, "event": "connected", "data": {"callSid": "c"}}).to_string();
    let plain = || body.clone().into_bytes();
    let post = |encoding: &'static str, bytes: Vec<u8>| {
        let request = server.request(Method::POST, "/api/ribbon/log-call").body(bytes);
        let request = request.header("content-type", "application/json");
        Answer::from_request(match encoding {
            "" => request,
            named => request.header("content-encoding", named),
        })
    };
    let marked = [b"\xef\xbb\xbf".as_slice(), body.as_bytes()].concat();
    let twice = [packed(&body, 0), packed("", 9)].concat();
    for (encoding, bytes) in [
        ("", marked.clone()),
        ("identity", plain()),
        ("gzip", packed(&body, 0)),
        ("GZIP", packed(&body, 1000)),
        ("x-gzip", twice),
    ] {
        post(encoding, bytes).await.ok::<Value>();
    }
    let largest = packed(&body, (1 << 20) - body.len());
    post("gzip", largest).await.ok::<Value>();
    for (encoding, bytes, status, code, says) in [
        ("gzip", packed(&body, 1 << 20), 413, "payload_too_large", "mebibyte"),
        ("gzip", packed(&body, 100 << 20), 413, "payload_too_large", "mebibyte"),
        ("gzip", plain(), 400, "invalid_request", "gzip"),
        ("gzip", packed(&body, 0)[..20].to_vec(), 400, "invalid_request", "gzip"),
        ("br", plain(), 415, "unsupported_media_type", "gzip"),
        ("deflate", plain(), 415, "unsupported_media_type", "gzip"),
        ("gzip, gzip", plain(), 415, "unsupported_media_type", "gzip"),
        ("", [marked, vec![0xff]].concat(), 400, "invalid_request", "JSON"),
    ] {
        let problem = post(encoding, bytes).await.problem(status, code);
        assert!(problem.error.contains(says), "{encoding}: {}", problem.error);
    }
}

#[tokio::test]
async fn a_wrong_field_is_named() {
    let server = Server::start().await;
    let data = |field: &str, value: serde_json::Value| {
        let mut data = json!({"callSid": "c"});
        data[field] = value;
        json!({"event": "connected", "data": data})
    };
    let at = |timestamp: serde_json::Value| json!({"event": "connected", "data": {"callSid": "c"}, "timestamp": timestamp});
    for (field, body) in [
        ("event", json!({"data": {"callSid": "c"}})),
        ("event", json!({"event": 5, "data": {"callSid": "c"}})),
        ("event", json!({"event": "two words", "data": {"callSid": "c"}})),
        ("data", json!({"event": "connected"})),
        ("data", json!({"event": "connected", "data": [1]})),
        ("data.callSid", json!({"event": "connected", "data": {}})),
        ("data.callSid", data("callSid", json!(7))),
        ("data.callSid", data("callSid", json!(""))),
        ("data.callSid", data("callSid", json!("x".repeat(201)))),
        ("data.phoneNumber", data("phoneNumber", json!({}))),
        ("data.callDirection", data("callDirection", json!("sideways"))),
        ("data.duration", data("duration", json!(-1))),
        ("data.duration", data("duration", json!("soon"))),
        ("data.customerData", data("customerData", json!("Jo"))),
        ("timestamp", at(json!("yesterday"))),
        ("timestamp", at(json!("2025-02-30T00:00:00Z"))),
        ("timestamp", at(json!(1_700_000_000))),
        ("domain", json!({"event": "connected", "data": {"callSid": "c"}, "domain": 1})),
        ("eventId", json!({"event": "connected", "data": {"callSid": "c"}, "eventId": ""})),
    ] {
        let answer = server.post_json("/api/ribbon/log-call", body.clone()).await;
        assert_eq!(answer.wrong_field(), field, "{body}");
    }
    assert_eq!(
        server.post_json("/api/ribbon/init", json!({"agentId": {}})).await.wrong_field(),
        "agentId"
    );
    for (field, body) in [
        ("to", json!({})),
        ("provider", json!({"to": "+919876543210", "provider": "carrier-pigeon"})),
        ("customerData", json!({"to": "+919876543210", "customerData": 1})),
    ] {
        assert_eq!(server.post_json("/api/ribbon/calls", body).await.wrong_field(), field);
    }
    let id = server.start_call("+919876543210").await.session_id;
    for (control, field, body) in [
        ("mute", "muted", json!({})),
        ("mute", "muted", json!({"muted": "yes"})),
        ("hold", "onHold", json!({})),
        ("dtmf", "digit", json!({"digit": "55"})),
        ("dtmf", "digit", json!({"digit": "x"})),
    ] {
        assert_eq!(server.control_call(&id, control, body).await.wrong_field(), field);
    }
    for (field, query) in [
        ("page", "page=0"),
        ("page", "page=x"),
        ("pageSize", "pageSize=-1"),
        ("startDate", "startDate=soon"),
        ("endDate", "endDate=2025-13-01"),
        ("startDate", "startDate=2025-10-13&endDate=2025-10-12"),
        ("callDirection", "callDirection=up"),
        ("event", "event=two%20words"),
    ] {
        let answer = server.get(&format!("/api/ribbon/call-logs?{query}")).await;
        assert_eq!(answer.wrong_field(), field, "{query}");
    }
    server.get("/api/ribbon/call-logs?page=1&page=2").await.problem(400, "invalid_request");
    let far = server.get("/api/ribbon/call-logs?page=9223372036854775807&pageSize=500").await;
    assert_eq!(far.status, 200, "{}", far.text);
}

/// serde also reads a list into a struct, field by field; no sender means that.
#[tokio::test]
async fn a_list_is_no_object() {
    let server = Server::start().await;
    let session = server.start_call("+919876543210").await.session_id;
    let call = format!("/api/ribbon/calls/{session}");
    let keyed = |method: Method, path: &str, body: Value| {
        Answer::from_request(server.request(method, path).header("X-API-Key", KEY).json(&body))
    };
    for path in ["/api/ribbon/init", "/api/ribbon/log-call", "/api/ribbon/calls"] {
        keyed(Method::POST, path, json!([null, null])).await.problem(400, "invalid_request");
    }
    keyed(Method::PATCH, &call, json!([null])).await.problem(400, "invalid_request");
    let followed = keyed(Method::PATCH, &call, json!({"followUp": ["2025-10-14T09:00:00Z"]})).await;
    assert_eq!(followed.wrong_field(), "followUp");
    let saved = json!({"customerData": ["c1", "Asha"]});
    let saved = keyed(Method::POST, "/api/ribbon/customer", saved).await;
    assert_eq!(saved.wrong_field(), "customerData");
    let client = server.request(Method::PATCH, "/api/admin/clients/client-demo");
    let client = client.bearer_auth(ADMIN_TOKEN).json(&json!({"retention": [1, 1]}));
    assert_eq!(Answer::from_request(client).await.wrong_field(), "retention");
}

#[tokio::test]
async fn an_empty_time_is_a_missing_one() {
    let server = Server::start().await;
    server.clock.stop();
    for nothing in [Value::Null, json!(""), json!(" "), json!("null"), json!("undefined")] {
        let event = json!({"event": "connected", "data": {"callSid": "c"}, "timestamp": nothing});
        let logged: Value = server.post_json("/api/ribbon/log-call", event).await.ok();
        let path = "/api/ribbon/call-logs?event=all&limit=1";
        let logs: Value = server.get(path).await.ok();
        let at = logs["logs"][0]["timestamp"].as_str().unwrap();
        let at = chrono::DateTime::parse_from_rfc3339(at).unwrap().timestamp();
        assert_eq!(at, server.clock.now() / 1000, "{nothing}: {logged}");
        server.clock.advance(std::time::Duration::from_secs(1));
    }
}
