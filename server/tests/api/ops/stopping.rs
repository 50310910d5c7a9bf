//! Tests the shutdown of a server in a process of its own.

use crate::support::KEY;
use crate::support::process::Process;
use rustix::process::Signal;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A request whose body the server waits for, and the body.
async fn begun(server: &Process) -> (TcpStream, String) {
    let data = json!({"callSid": "c1", "callDirection": "inbound"});
    let body = json!({"apiKey": KEY, "event": "connected", "data": data}).to_string();
    let mut socket = TcpStream::connect(server.url.trim_start_matches("http://")).await.unwrap();
    let head = format!(
        "POST /api/ribbon/log-call HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let expected = "HTTP/1.1 100 Continue\r\n\r\n";
    let mut said = vec![0; expected.len()];
    socket.read_exact(&mut said).await.unwrap();
    assert_eq!(String::from_utf8(said).unwrap(), expected);
    (socket, body)
}

/// Waits until new connections are refused: then the server is shutting down.
async fn is_stopping(server: &Process) {
    while TcpStream::connect(server.url.trim_start_matches("http://")).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_was_begun_is_answered_before_the_end() {
    let server = Process::serve(&[]).await;
    let (mut socket, body) = begun(&server).await;
    server.signal(Signal::TERM);
    is_stopping(&server).await;
    socket.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains(r#""success":true"#), "{answer}");
    let (code, log) = server.wait_for_end().await;
    assert_eq!(code, Some(0), "{log}");
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let server = Process::serve(&[]).await;
    let (socket, _) = begun(&server).await;
    server.signal(Signal::TERM);
    is_stopping(&server).await;
    server.signal(Signal::INT);
    let (code, log) = server.wait_for_end().await;
    assert_eq!(code, Some(1), "{log}");
    drop(socket);
}
