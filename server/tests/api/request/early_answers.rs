//! Tests answers that come before the request's body: the connection stays, or the answer says that
//! it closes.

use crate::support::raw::{PATIENCE, RawAnswer, connect_from};
use crate::support::{KEY, Server};
use call_ribbon_server::config::Share;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const JSON: &str = "Content-Type: application/json\r\n";

/// Requests that are answered before their body is read: method and path, headers, and the status.
const EARLY: [(&str, &str, u16); 12] = [
    ("POST /api/ribbon/init", JSON, 429),
    ("POST /api/admin/sign-in", JSON, 429),
    ("POST /api/ribbon/log-call", "Content-Type: text/plain\r\n", 415),
    (
        "POST /api/ribbon/log-call",
        "Content-Encoding: br\r\nContent-Type: application/json\r\n",
        415,
    ),
    ("POST /api/admin/clients", JSON, 401),
    ("PATCH /api/admin/clients/client-demo", "Authorization: Bearer x\r\n", 401),
    ("POST /api/leads/from-dialer/", JSON, 401),
    ("POST /api/webhooks/exotel/wrong", JSON, 401),
    ("POST /api/nowhere", JSON, 404),
    ("POST /nowhere", JSON, 404),
    ("POST /health", JSON, 405),
    ("POST /api/ribbon/log-call?a=%00", JSON, 400),
];

/// When the body comes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Comes {
    Later,
    InPieces,
    /// More than the server reads for nothing.
    TooLarge,
    Never,
    /// When the server asks for it.
    Asked,
}

async fn check(server: &Server, what: &str, headers: &str, status: u16, comes: Comes) {
    let of = format!("{what}, body {comes:?}");
    let body = match comes {
        Comes::TooLarge => vec![b' '; 300_000],
        _ => json!({"apiKey": KEY, "event": "connected"}).to_string().into_bytes(),
    };
    let expect = if comes == Comes::Asked { "Expect: 100-continue\r\n" } else { "" };
    let head = format!(
        "{what} HTTP/1.1\r\nHost: test\r\n{headers}{expect}Content-Length: {}\r\n\r\n",
        body.len()
    );
    let mut socket = connect_from(server, "127.0.0.1").await;
    socket.write_all(head.as_bytes()).await.unwrap();
    // What is tested: the body comes in another packet, after the server has answered.
    tokio::time::sleep(Duration::from_millis(50)).await;
    match comes {
        Comes::Later => socket.write_all(&body).await.unwrap(),
        Comes::InPieces => {
            let (first, second) = body.split_at(10);
            socket.write_all(first).await.unwrap();
            tokio::time::sleep(Duration::from_millis(50)).await;
            socket.write_all(second).await.unwrap();
        }
        // The server may stop reading in the middle of it.
        Comes::TooLarge => {
            let write = socket.write_all(&body);
            let _ = tokio::time::timeout(Duration::from_secs(1), write).await;
        }
        Comes::Never | Comes::Asked => {}
    }
    let answer = RawAnswer::read(&mut socket).await.unwrap_or_else(|| panic!("{of}: no answer"));
    assert_eq!(answer.status(), status, "{of}: {}", answer.body);
    let stays = matches!(comes, Comes::Later | Comes::InPieces);
    assert_eq!(answer.closes(), !stays, "{of}: {}", answer.head);
    if stays {
        socket.write_all(b"GET /health HTTP/1.1\r\nHost: test\r\n\r\n").await.unwrap();
        let next = RawAnswer::read(&mut socket).await.unwrap_or_else(|| panic!("{of}: closed"));
        assert_eq!(next.status(), 200, "{of}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_early_answer_leaves_no_connection_in_doubt() {
    let server = Server::start_with_limits(|limits| {
        limits.init_rate = 1;
        limits.connections_per_network = Share::Count(0);
    })
    .await;
    server.clock.stop();
    for (path, times) in [("/api/ribbon/init", 10), ("/api/admin/sign-in", 70)] {
        for _ in 0..times {
            let request = server.request(Method::POST, path).header("content-type", "text/plain");
            request.body("x").send().await.unwrap();
        }
    }
    let all = EARLY.iter().flat_map(|(what, headers, status)| {
        [Comes::Later, Comes::InPieces, Comes::TooLarge, Comes::Never, Comes::Asked]
            .map(|comes| check(&server, what, headers, *status, comes))
    });
    join_all(all).await;
    // Larger than any body may be: the server stops reading in the middle of it.
    let head = format!(
        "POST /api/ribbon/log-call HTTP/1.1\r\nHost: test\r\n{JSON}Content-Length: 2000000\r\n\r\n"
    );
    let mut socket = connect_from(&server, "127.0.0.1").await;
    let sent = [head.into_bytes(), vec![b' '; 2_000_000]].concat();
    let (mut read, mut write) = socket.split();
    let answered = async {
        let mut beginning = [0; 12];
        read.read_exact(&mut beginning).await.unwrap();
        assert_eq!(&beginning, b"HTTP/1.1 413");
    };
    tokio::select! {
        () = answered => {}
        // It fails once the server has closed, and then the answer is there to be read.
        () = async { let _ = write.write_all(&sent).await; std::future::pending().await } => {}
        () = tokio::time::sleep(PATIENCE) => panic!("no answer"),
    }
}
