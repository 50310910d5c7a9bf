//! Tests that slow, silent or excessive senders do not affect the others.

use crate::support::{KEY, Server};
use serde_json::json;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Longer than any step takes; only a hang reaches it.
const LONG: Duration = Duration::from_secs(30);

/// Opens a connection and sends this.
async fn sent(server: &Server, text: &str) -> TcpStream {
    let mut socket = TcpStream::connect(server.url.trim_start_matches("http://")).await.unwrap();
    socket.write_all(text.as_bytes()).await.unwrap();
    socket
}

/// Reads everything until the other side closes, which it must.
async fn until_closed(mut socket: TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(LONG, socket.read_to_end(&mut bytes)).await;
    // A connection that is cut while sending is closed as well.
    let _ = read.expect("the connection stays open");
    String::from_utf8(bytes).unwrap()
}

/// Reads until this has arrived.
async fn until(socket: &mut TcpStream, wanted: &str) -> String {
    let mut text = String::new();
    while !text.contains(wanted) {
        let mut bytes = [0; 1024];
        let count = tokio::time::timeout(LONG, socket.read(&mut bytes)).await.unwrap().unwrap();
        assert_ne!(count, 0, "closed after: {text}");
        text.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
    }
    text
}

/// A request that logs an event, header and body.
fn log_call(more: &str) -> (String, String) {
    let body = json!({"apiKey": KEY, "event": "connected", "data": {"callSid": "c1"}}).to_string();
    let header = format!(
        "POST /api/ribbon/log-call HTTP/1.1\r\nHost: test\r\nOrigin: https://crm.test\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n{more}\r\n",
        body.len()
    );
    (header, body)
}

#[tokio::test]
async fn silent_and_half_sent_connections_are_closed() {
    let mut server = Server::start_with_limits(|limits| limits.header_timeout = 1).await;
    // A connection kept alive would be closed like the others, perhaps at the time of its next
    // request.
    // After the server's own client has set TLS up.
    server.http = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
    let mut sockets = Vec::new();
    // The third could still be HTTP/2, the fourth had a valid request before.
    for text in [
        "",
        "GET /health HTTP/1.1\r\nHost: te",
        "PRI * HT",
        "GET /health HTTP/1.1\r\nHost: test\r\n\r\nGET /hea",
    ] {
        for _ in 0..20 {
            sockets.push(sent(&server, text).await);
        }
    }
    assert_eq!(server.get("/api/ribbon/config").await.status, 200);
    for socket in sockets {
        until_closed(socket).await;
    }
    assert_eq!(server.get("/api/ribbon/config").await.status, 200);
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_refused() {
    let server = Server::start_with_limits(|limits| limits.body_timeout = 1).await;
    let (header, body) = log_call("");
    let socket = sent(&server, &format!("{header}{}", &body[..10])).await;
    assert_eq!(server.get("/api/ribbon/config").await.status, 200);
    let answer = until_closed(socket).await;
    assert!(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answer}");
    assert!(answer.contains("content-type: application/problem+json\r\n"), "{answer}");
    assert!(answer.contains("access-control-allow-origin: https://crm.test\r\n"), "{answer}");
    assert!(answer.contains(r#""code":"request_timeout""#), "{answer}");
}

#[tokio::test]
async fn a_request_in_progress_ends_before_the_server_does() {
    let server = Server::start().await;
    let (header, body) = log_call("Expect: 100-continue\r\n");
    let mut socket = sent(&server, &header).await;
    let silent = sent(&server, "").await;
    // So the request is being processed.
    until(&mut socket, "100 Continue").await;
    let stopping = tokio::spawn(server.stop());
    // This one ends with the shutdown, which has begun by then.
    until_closed(silent).await;
    socket.write_all(body.as_bytes()).await.unwrap();
    let answer = until_closed(socket).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains(r#""success":true"#), "{answer}");
    stopping.await.unwrap();
}
