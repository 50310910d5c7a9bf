//! Bodies that are not valid: each must be refused with a 4xx.

use crate::client::{Client, KEY};
use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::Method;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The `Content-Encoding` of a body.
type Encoding = Option<&'static str>;

/// The routes that take a body, each with a valid one.
const ROUTES: [(&str, &str); 4] = [
    (
        "/api/ribbon/log-call",
        r#"{"event":"initiated","eventId":"bad","data":{"callSid":"c","phoneNumber":"+919876543210"}}"#,
    ),
    ("/api/ribbon/log-calls", r#"{"events":[{"event":"note","data":{"callSid":"c"}}]}"#),
    ("/api/ribbon/init", r#"{"apiKey":"demo-api-key-789","agentId":"agent1"}"#),
    ("/api/ribbon/calls", r#"{"to":"+919876543210","agentId":"agent1"}"#),
];
/// The time for an answer to a body that does not end. The body has 30 seconds to arrive.
const PATIENCE: Duration = Duration::from_secs(45);

/// Sends so many bodies, and the largest ones. Returns a sentence with the counts.
pub async fn send_all(server: SocketAddr, count: usize, seed: u64) -> Result<String> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut statuses = BTreeMap::<u16, usize>::new();
    for _ in 0..count {
        let (path, body) = make_body(&mut random);
        let status = send_one(server, path, None, body.clone()).await?;
        let start = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        ensure!((400..500).contains(&status), "{path} answered {status} to {start:?}");
        *statuses.entry(status).or_default() += 1;
    }
    let large: [(&str, Encoding, Bytes); 4] = [
        ("nested a million deep", None, vec![b'['; 1_000_000].into()),
        ("objects nested 200,000 deep", None, br#"{"a":"#.repeat(200_000).into()),
        ("10 MB", None, vec![b' '; 10 << 20].into()),
        ("a gzip bomb of 1 GB", Some("gzip"), pack_spaces(1 << 10)?),
    ];
    for (name, encoding, body) in large {
        for (path, _) in ROUTES {
            let status = send_one(server, path, encoding, body.clone()).await?;
            ensure!((400..500).contains(&status), "{path} answered {status} to {name}");
            *statuses.entry(status).or_default() += 1;
        }
    }
    for (path, _) in ROUTES {
        let status = send_without_end(server, path).await?;
        ensure!((400..500).contains(&status), "{path} answered {status} to chunks without end");
        *statuses.entry(status).or_default() += 1;
    }
    let each: Vec<String> = statuses.iter().map(|(status, n)| format!("{n} × {status}")).collect();
    let sent: usize = statuses.values().sum();
    Ok(format!(
        "{sent} bodies that are not valid, among them 4 nested a million deep, 4 of 10 MB, 4 gzip \
         bombs of 1 GB and 4 chunked without end: {}",
        each.join(", ")
    ))
}

/// Makes a body that is not valid on its route.
fn make_body(random: &mut StdRng) -> (&'static str, Vec<u8>) {
    let (path, valid) = ROUTES[random.random_range(0..ROUTES.len())];
    let mut body = valid.as_bytes().to_vec();
    match random.random_range(0..7) {
        // Every beginning of an object is no JSON.
        0 => body.truncate(random.random_range(0..body.len())),
        1 => body = (0..random.random_range(1..2000)).map(|_| random.random()).collect(),
        2 => body.extend_from_slice(b"}"),
        3 => body = b"[{\"a\":".repeat(random.random_range(1..20_000)),
        4 => {
            // In a text, where any character but this one may be.
            let at = body.len() - 4;
            body.insert(at, 0xff);
        }
        5 => {
            let digits = "9".repeat(random.random_range(1..500));
            return (ROUTES[0].0, format!(r#"{{"event":1e{digits}}}"#).into());
        }
        _ => return make_wrong_field(random),
    }
    (path, body)
}

/// Makes JSON in which one field has a value that it cannot have.
fn make_wrong_field(random: &mut StdRng) -> (&'static str, Vec<u8>) {
    let values = [json!(5), json!([]), json!({}), json!(true), json!([{"a": [1]}])];
    let value = values.choose(random).cloned().unwrap_or_default();
    let long = Value::from("1".repeat(random.random_range(201..5_000)));
    let (path, body) = match random.random_range(0..6) {
        0 => (0, json!({"event": value, "data": {"callSid": "c"}})),
        1 => (0, json!({"event": "initiated", "data": "text"})),
        2 => (0, json!({"event": "initiated", "data": {"callSid": "c", "phoneNumber": long}})),
        3 => (1, json!({"events": {"event": value}})),
        4 => (2, json!({"apiKey": KEY, "agentId": [value]})),
        _ => (3, json!({"to": value})),
    };
    (ROUTES[path].0, body.to_string().into())
}

async fn send_one(
    server: SocketAddr,
    path: &str,
    encoding: Encoding,
    body: impl Into<Bytes>,
) -> Result<u16> {
    let mut headers = vec![("x-api-key", KEY)];
    headers.extend(encoding.map(|encoding| ("content-encoding", encoding)));
    let body = body.into();
    // The server may close before it has read a body that is too large, and the answer be lost.
    for _ in 0..20 {
        let mut client = Client::connect(server).await?;
        if let Ok(answer) = client.send_with(Method::POST, path, &headers, body.clone()).await {
            return Ok(answer.status);
        }
    }
    anyhow::bail!("{path} gave no answer to {} bytes", body.len())
}

/// Sends chunks until the server answers, and returns the answer's status.
async fn send_without_end(server: SocketAddr, path: &str) -> Result<u16> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: test\r\nX-API-Key: {KEY}\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    let mut stream = TcpStream::connect(server).await?;
    stream.write_all(head.as_bytes()).await?;
    let (mut answers, mut requests) = stream.split();
    let chunk = [&b"1000\r\n"[..], &[b' '; 0x1000], b"\r\n"].concat();
    let sending = async {
        while requests.write_all(&chunk).await.is_ok() {}
        std::future::pending::<()>().await;
    };
    let mut status = [0; 12];
    let answered = async {
        tokio::select! {
            read = answers.read_exact(&mut status) => read.map(|_| ()),
            () = sending => Ok(()),
        }
    };
    tokio::time::timeout(PATIENCE, answered).await.context("no answer to chunks without end")??;
    let text = std::str::from_utf8(&status)?;
    text.strip_prefix("HTTP/1.1 ").context("no HTTP")?.parse().context("no status")
}

/// Packs so many mebibytes of spaces.
fn pack_spaces(mebibytes: usize) -> Result<Bytes> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    let spaces = vec![b' '; 1 << 20];
    for _ in 0..mebibytes {
        packed.write_all(&spaces)?;
    }
    Ok(packed.finish()?.into())
}
