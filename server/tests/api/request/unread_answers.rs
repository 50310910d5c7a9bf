//! Tests that others who read or send nothing, or hardly anything, take neither the connections nor
//! the health checks, and that a slow reader is served.

use super::tls::Pair;
use crate::support::raw::{
    PATIENCE, RawAnswer, begin_http2, connect_from, get_http2, read_http2, send_bytes,
};
use crate::support::{Answer, KEY, Server};
use call_ribbon_server::config::{Config, Share};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

/// A file of more than a megabyte that is in every binary.
const FILE: &str = "/docs/swagger-ui-bundle.js";
/// The connections of a server under attack.
const CONNECTIONS: u32 = 20;
/// More than that, and fewer than would push a health check out.
const ATTACKERS: usize = 40;

/// How the attackers read.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Pace {
    Nothing,
    ByteASecond,
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: test\r\nX-API-Key: {KEY}\r\n\r\n")
}

/// What each attacker sends, by name.
fn attacks() -> Vec<(&'static str, Vec<u8>)> {
    let post = "POST /api/ribbon/log-call HTTP/1.1\r\nHost: test\r\n\
                Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"api";
    let stream = format!(
        "GET /api/ribbon/events HTTP/1.1\r\nHost: test\r\nX-API-Key: {KEY}\r\n\
         Last-Event-ID: 0\r\n\r\n"
    );
    let http2 = |window: u32, path: &str| {
        let streams = (0..10).flat_map(|n| get_http2(2 * n + 1, path));
        begin_http2(window).into_iter().chain(streams).collect::<Vec<_>>()
    };
    vec![
        ("a large file", get(FILE).into_bytes()),
        ("a large file, four at once", get(FILE).repeat(4).into_bytes()),
        ("pages of the docs", get("/docs/").repeat(300).into_bytes()),
        ("exports", get("/api/ribbon/export/calls").repeat(300).into_bytes()),
        ("figures", get("/api/ribbon/analytics").repeat(300).into_bytes()),
        ("live streams", stream.into_bytes()),
        ("HTTP/2 without a window", http2(0, FILE)),
        ("HTTP/2 with a window of one byte", http2(1, "/health")),
        ("HTTP/2 with a window that ends", http2(65_535, FILE)),
        ("HTTP/2 without a request", begin_http2(65_535)),
        ("half a header", b"GET /health HTTP/1.1\r\nHost: te".to_vec()),
        ("half a body", post.into()),
        ("nothing", Vec::new()),
    ]
}

/// Sends a GET request on a connection of its own, and returns the status.
async fn status(server: &Server, path: &str) -> Option<u16> {
    let mut socket = send_bytes(server, get(path).as_bytes()).await;
    RawAnswer::read(&mut socket).await.map(|answer| answer.status())
}

/// Reads byte after byte until the connection ends.
async fn read_bytes(mut socket: TcpStream) {
    while socket.read_u8().await.is_ok() {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Logs an event. On a busy machine the body may take longer to arrive than the server waits.
async fn log_patiently(server: &Server, time: &str, context: &Value) {
    let data = json!({"callSid": "c1", "customerData": context});
    let body = json!({"event": "connected", "timestamp": time, "data": data});
    let began = Instant::now();
    loop {
        let request = server.request(Method::POST, "/api/ribbon/log-call");
        let answer = request.header("X-API-Key", KEY).json(&body).send().await;
        if answer.is_ok_and(|answer| answer.status() == 200) {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "nothing was logged");
    }
}

/// Attacks a server, and returns when all of its places have come back.
async fn attack(name: &str, sent: &[u8], pace: Pace) {
    let mut server = Server::start_with_limits(|limits| {
        limits.connections = CONNECTIONS;
        limits.connections_per_network = Share::Count(0);
        limits.header_timeout = 1;
        limits.body_timeout = 1;
        limits.write_timeout = 1;
    })
    .await;
    // A connection kept alive would be closed after a second, perhaps at the time of its next
    // request.
    server.http = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
    for n in 0..10 {
        let context = json!({"context": {"note": "x".repeat(40_000)}});
        let time = format!("2025-10-12T10:30:{n:02}Z");
        log_patiently(&server, &time, &context).await;
    }
    let sockets = join_all((0..ATTACKERS).map(|_| send_bytes(&server, sent))).await;
    let mut readers = Vec::new();
    let mut held = Vec::new();
    for socket in sockets {
        match pace {
            Pace::Nothing => held.push(socket),
            Pace::ByteASecond => readers.push(tokio::spawn(read_bytes(socket))),
        }
    }
    let began = Instant::now();
    loop {
        assert_eq!(status(&server, "/health").await, Some(200), "{name}, {pace:?}");
        assert_eq!(status(&server, "/health/ready").await, Some(200), "{name}, {pace:?}");
        let metrics = Answer::from_request(server.request(Method::GET, "/metrics")).await;
        let open = metrics
            .text
            .lines()
            .find_map(|line| line.strip_prefix("call_ribbon_connections ")?.parse::<u32>().ok());
        // One is that of this request, and the last answer's may not have ended yet.
        if open.is_some_and(|open| open <= 2) {
            break;
        }
        assert!(began.elapsed() < PATIENCE, "{name}, {pace:?}: {open:?} are open");
    }
    assert_eq!(status(&server, "/api/ribbon/config").await, Some(200), "{name}, {pace:?}");
    for reader in readers {
        reader.abort();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_takes_all_connections() {
    let attacks = attacks();
    let all = attacks.iter().flat_map(|(name, sent)| {
        [Pace::Nothing, Pace::ByteASecond].map(|pace| attack(name, sent, pace))
    });
    // Not all at once: each has a database and many sockets of its own.
    let mut all: Vec<_> = all.map(Box::pin).collect();
    while !all.is_empty() {
        join_all(all.split_off(all.len().saturating_sub(7))).await;
    }
}

#[tokio::test]
async fn handshakes_take_no_connection_for_long() {
    let pair = Pair::new();
    let change = |config: &mut Config| {
        pair.set(config);
        config.limits.connections = CONNECTIONS;
        config.limits.connections_per_network = Share::Count(0);
        config.limits.header_timeout = 1;
    };
    let server = Server::start_with_settings(change).await;
    let halves = [&b""[..], &[22, 3, 1], &[22, 3, 1, 2, 0, 1, 0, 1]];
    let sockets = (0..ATTACKERS).map(|n| send_bytes(&server, halves[n % halves.len()]));
    let _sockets = join_all(sockets).await;
    let began = Instant::now();
    loop {
        for (path, needs_place) in [("/health", false), ("/api/ribbon/config", true)] {
            let mut stream = pair.connect(&server, b"http/1.1").await.unwrap();
            stream.write_all(get(path).as_bytes()).await.unwrap();
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).await.unwrap();
            match (&answer, needs_place) {
                (b"HTTP/1.1 200", false) => {}
                (b"HTTP/1.1 200", true) => return,
                _ if needs_place => assert!(began.elapsed() < PATIENCE, "no place came back"),
                _ => panic!("the health check was refused"),
            }
        }
    }
}

/// The pauses of a slow reader: in all longer than an unread answer may wait, and shorter than its
/// whole answer takes.
const PAUSE: Duration = Duration::from_millis(100);
const PAUSES: u32 = 150;

/// Sends a request, and reads 4 KiB after each pause until this arrives, which must be
/// near the end of the answer.
async fn read_slowly(server: &Server, request: &str, end: &str) -> Vec<u8> {
    let mut socket = send_bytes(server, request.as_bytes()).await;
    let (mut read, mut pauses) = (Vec::new(), 0);
    let has_ended = |read: &[u8]| {
        let late = &read[read.len().saturating_sub(4096 + end.len())..];
        late.windows(end.len()).any(|bytes| bytes == end.as_bytes())
    };
    while !has_ended(&read) {
        let mut bytes = [0; 4096];
        let count = socket.read(&mut bytes).await.unwrap();
        assert_ne!(count, 0, "cut after {} bytes", read.len());
        read.extend(&bytes[..count]);
        if pauses < PAUSES {
            pauses += 1;
            tokio::time::sleep(PAUSE).await;
        }
    }
    read
}

/// A phone on a slow link: always behind, never still.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_that_moves_gets_all() {
    // Longer than a busy machine keeps anybody waiting.
    let server = Server::start_with_limits(|limits| limits.write_timeout = 10).await;
    let whole = Answer::from_request(server.request(Method::GET, FILE)).await.text;
    let last = 24;
    for n in 0..=last {
        let context = json!({"context": {"note": "x".repeat(40_000), "number": format!("n{n}.")}});
        let time = format!("2025-10-12T10:30:{n:02}Z");
        log_patiently(&server, &time, &context).await;
    }
    let by_http1 = async {
        let read = read_slowly(&server, &get(FILE), &whole[whole.len() - 64..]).await;
        assert!(read.ends_with(whole.as_bytes()), "{} bytes of {}", read.len(), whole.len());
    };
    let by_stream = async {
        let request = get("/api/ribbon/events").replace("\r\n\r\n", "\r\nLast-Event-ID: 0\r\n\r\n");
        let read = read_slowly(&server, &request, &format!("n{last}.")).await;
        let read = String::from_utf8(read).unwrap();
        assert!((0..=last).all(|n| read.contains(&format!("n{n}."))), "{} bytes", read.len());
    };
    // Of both kinds of room: of a small window, and of the operating system.
    let by_http2 =
        [(30_000, 3), (30_000, 8), (1 << 20, 3), (1 << 20, 8)].map(async |(window, pauses)| {
            let sent = [begin_http2(window), get_http2(1, FILE)].concat();
            let mut socket = send_bytes(&server, &sent).await;
            let read = read_http2(&mut socket, PAUSE * pauses, PAUSES / pauses).await;
            assert!(read == whole.as_bytes(), "{} bytes of {}", read.len(), whole.len());
        });
    tokio::join!(by_http1, by_stream, join_all(by_http2));
}

#[tokio::test]
async fn connections_beyond_the_limit_answer_health_checks_only() {
    let server = Server::start_with_limits(|limits| limits.connections = 2).await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut socket = send_bytes(&server, get("/health").as_bytes()).await;
        let answer = RawAnswer::read(&mut socket).await.unwrap();
        assert!(answer.status() == 200 && !answer.closes(), "{}", answer.head);
        held.push(socket);
    }
    let mut socket = send_bytes(&server, get("/api/ribbon/config").as_bytes()).await;
    let refused = RawAnswer::read(&mut socket).await.unwrap();
    assert!(refused.status() == 503 && refused.closes(), "{}", refused.head);
    assert!(refused.head.contains("retry-after: 1"), "{}", refused.head);
    assert!(refused.body.contains("as many connections open as it may have"), "{}", refused.body);
    assert!(refused.body.contains(r#""code":"unavailable""#), "{}", refused.body);
    for path in ["/health", "/health/ready"] {
        let mut socket = send_bytes(&server, get(path).as_bytes()).await;
        let answer = RawAnswer::read(&mut socket).await.unwrap();
        assert!(answer.status() == 200 && answer.closes(), "{}", answer.head);
    }
    drop(held.pop());
    // Its place is free as soon as the server has noticed.
    let began = Instant::now();
    while status(&server, "/api/ribbon/config").await != Some(200) {
        assert!(began.elapsed() < PATIENCE);
    }
}

/// Only Linux has the other addresses of 127.0.0.0/8 without setting them up.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_network_has_its_share_of_the_connections() {
    let ask = async |server: &Server, from: &str| {
        let mut socket = connect_from(server, from).await;
        socket.write_all(get("/api/ribbon/config").as_bytes()).await.unwrap();
        (RawAnswer::read(&mut socket).await.unwrap(), socket)
    };
    for is_proxy in [false, true] {
        let server = Server::start_with_limits(|limits| {
            limits.connections_per_network = Share::Count(2);
            if is_proxy {
                limits.trusted_proxy = vec!["127.0.0.2".parse().unwrap()];
            }
        })
        .await;
        let _held = [ask(&server, "127.0.0.2").await, ask(&server, "127.0.0.2").await];
        let (answer, _socket) = ask(&server, "127.0.0.2").await;
        if is_proxy {
            assert_eq!(answer.status(), 200, "{}", answer.body);
        } else {
            assert_eq!(answer.status(), 503, "{}", answer.body);
            assert!(answer.body.contains("Your network has as many"), "{}", answer.body);
        }
        assert_eq!(ask(&server, "127.0.0.3").await.0.status(), 200);
    }
}

#[tokio::test]
async fn a_key_has_its_share_of_the_live_streams() {
    let server = Server::start_with_limits(|limits| limits.streams_per_key = Share::Count(2)).await;
    server.add_other_client().await;
    let open = |key: &str| {
        server.request(Method::GET, "/api/ribbon/events").header("X-API-Key", key).send()
    };
    let held = [open(KEY).await.unwrap(), open(KEY).await.unwrap()];
    assert!(held.iter().all(|response| response.status() == 200));
    let refused = server.request(Method::GET, "/api/ribbon/events").header("X-API-Key", KEY);
    let refused = Answer::from_request(refused).await;
    let problem = refused.problem(429, "rate_limited");
    assert!(problem.error.starts_with("2 live streams are open with this key"), "{problem:?}");
    assert_eq!(refused.header("retry-after"), "10");
    assert_eq!(open(crate::support::OTHER_KEY).await.unwrap().status(), 200);
    drop(held);
    let began = Instant::now();
    while open(KEY).await.unwrap().status() != 200 {
        assert!(began.elapsed() < PATIENCE);
    }
}
