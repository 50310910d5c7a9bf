//! Connections that ask for much and read nothing of it.

use crate::client::KEY;
use crate::clock::Stopwatch;
use anyhow::Result;
use futures_util::future::join_all;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncWriteExt as _, Interest};
use tokio::net::TcpSocket;

/// What each connection asks for.
pub struct Asked {
    name: &'static str,
    path: &'static str,
    /// Requests that are sent at once.
    requests: usize,
}

/// A file of more than a megabyte that is in every binary.
pub const FILES: Asked =
    Asked { name: "a large file, four times", path: "/docs/swagger-ui-bundle.js", requests: 4 };
/// The live stream.
pub const STREAM: Asked =
    Asked { name: "the live stream of one key", path: "/api/ribbon/events", requests: 1 };

/// The attacker's address.
const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 1, 1));
/// The bytes that the attacker's system accepts for it: few, so that the server's side fills up.
const BUFFER: u32 = 2048;
/// The pause before a connection that was closed is opened again.
const AGAIN: Duration = Duration::from_millis(500);

/// Holds so many connections for a while, and opens each again that the server closes. Returns a
/// sentence with the counts.
pub async fn hold(
    server: SocketAddr,
    count: usize,
    asked: Asked,
    time: Duration,
) -> Result<String> {
    let watch = Stopwatch::start();
    let Asked { name, path, requests } = asked;
    let request = format!("GET {path} HTTP/1.1\r\nHost: test\r\nX-API-Key: {KEY}\r\n\r\n");
    let request = request.repeat(requests);
    let holding = (0..count).map(|_| {
        let request = request.clone();
        tokio::spawn(async move {
            let mut opened = 0_usize;
            while watch.elapsed() < time {
                opened += 1;
                let left = time.saturating_sub(watch.elapsed());
                // A connection that is refused is tried again, as one that was closed.
                let _ = tokio::time::timeout(left, hold_one(server, request.as_bytes())).await;
                tokio::time::sleep(AGAIN).await;
            }
            opened
        })
    });
    let holding: Vec<_> = holding.collect();
    let opened: usize = join_all(holding).await.into_iter().flatten().sum();
    Ok(format!(
        "{count} connections that ask for {name}, and read nothing for {} s; each that the server \
         closed was opened again, {opened} in all",
        time.as_secs()
    ))
}

/// Opens a connection, asks, and waits until the server closes it.
async fn hold_one(server: SocketAddr, request: &[u8]) -> std::io::Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(ADDRESS, 0))?;
    socket.set_recv_buffer_size(BUFFER)?;
    let mut stream = socket.connect(server).await?;
    stream.write_all(request).await?;
    // The end of what was sent is behind the rest of the answer; only a reset shows.
    loop {
        let ready = stream.ready(Interest::ERROR | Interest::READABLE).await?;
        if ready.is_error() || ready.is_read_closed() {
            return Ok(());
        }
        tokio::time::sleep(AGAIN).await;
    }
}
