//! Tests which answers are compressed.

use crate::support::{Answer, KEY, Server};
use flate2::read::GzDecoder;
use reqwest::Method;
use serde_json::{Value, json};
use std::io::Read as _;

#[tokio::test]
async fn long_texts_are_compressed_for_callers_who_accept_it() {
    let server = Server::start().await;
    for n in 0..30 {
        let more = json!({"customerData": {"name": "Asha Rao"}});
        server.log_event("initiated", &format!("c{n}"), "2025-10-12T10:30:00Z", more).await;
    }
    let ask = async |method: Method, path: &str, accepts: &str| {
        let request = server.request(method, path).header("X-Api-Key", KEY);
        request.header("accept-encoding", accepts).send().await.unwrap()
    };
    for (path, accepts, is_packed) in [
        ("/api/ribbon/calls?list=all&limit=30", "gzip, br", true),
        ("/api/ribbon/calls?list=all&limit=30", "br", false),
        ("/api/ribbon/calls?list=all&limit=30", "gzip;q=0", false),
        ("/api/ribbon/export/calls", "gzip", true),
        ("/api/ribbon/export/calls?format=csv", "gzip", true),
        ("/api/openapi.json", "gzip", true),
        // Short, refused, and a stream whose events must not wait in a buffer.
        ("/api/ribbon/config", "gzip", false),
        ("/api/ribbon/calls?list=all&sort=best", "gzip", false),
        ("/api/ribbon/events", "gzip", false),
    ] {
        let answer = ask(Method::GET, path, accepts).await;
        let encoding = answer.headers().get("content-encoding");
        assert_eq!(encoding.is_some_and(|by| by == "gzip"), is_packed, "{path} {accepts}");
        if is_packed {
            let vary = answer.headers().get_all("vary").iter();
            assert!(vary.map(|on| on.to_str().unwrap()).any(|on| on.contains("accept-encoding")));
            let mut text = String::new();
            let bytes = answer.bytes().await.unwrap();
            GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
            assert!(text.len() > 1024 && bytes.len() * 3 < text.len(), "{path}");
            let plain =
                Answer::from_request(server.request(Method::GET, path).header("X-Api-Key", KEY));
            if path.contains("list=all") {
                assert_eq!(text, plain.await.text);
            }
        }
    }
    // An answer to another method may hold a secret beside a text of the caller's.
    let body = json!({"apiKey": KEY, "events": (0..40).map(|n| json!({"event": "note",
        "timestamp": "2025-10-12T10:30:00Z", "data": {"callSid": format!("d{n}")}}))
        .collect::<Vec<Value>>()});
    let request = server.request(Method::POST, "/api/ribbon/log-calls");
    let answer = request.header("accept-encoding", "gzip").json(&body).send().await.unwrap();
    assert!(answer.headers().get("content-encoding").is_none());
    assert!(answer.text().await.unwrap().len() > 1024);
}
