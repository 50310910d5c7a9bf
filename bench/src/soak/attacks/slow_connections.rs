//! Connections that take places and do next to nothing.

use crate::clock::Stopwatch;
use anyhow::{Result, ensure};
use futures_util::future::join_all;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// A file of more than a megabyte that is in every binary.
const FILE: &[u8] = b"GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: test\r\n\r\n";
/// The beginning of a header.
const HALF: &[u8] = b"GET /health HTTP/1.1\r\nHost: te";
/// The bytes that the attacker's system accepts for it: few, so that the server's side fills up.
const BUFFER: u32 = 2048;
/// The pause before a connection that was closed is opened again.
const AGAIN: Duration = Duration::from_millis(500);
/// The connections from one address: fewer than the server allows, so that they are held.
const FROM_ONE_ADDRESS: usize = 800;

/// The longest time to hold a connection that reads nothing: the server has closed it.
const UNREAD: Duration = Duration::from_secs(35);

/// What a connection does.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Silent,
    HalfOpen,
    ReadsNothing,
    ReadsSlowly,
}

const KINDS: [Kind; 4] = [Kind::Silent, Kind::HalfOpen, Kind::ReadsNothing, Kind::ReadsSlowly];

/// Holds so many connections for a while, and opens each again that the server closes. Returns a
/// sentence with the counts.
pub async fn hold(server: SocketAddr, count: usize, time: Duration) -> Result<String> {
    let watch = Stopwatch::start();
    let addresses = count.div_ceil(FROM_ONE_ADDRESS);
    let holding = KINDS.iter().cycle().take(count).enumerate().map(|(n, kind)| {
        let address = u8::try_from(n % addresses + 1).unwrap_or(u8::MAX);
        let from = IpAddr::V4(Ipv4Addr::new(127, 0, 1, address));
        tokio::spawn(async move {
            let mut opened = 0_usize;
            while watch.elapsed() < time {
                opened += 1;
                let left = time.saturating_sub(watch.elapsed());
                // A connection that is refused is tried again, as one that was closed.
                let _ = tokio::time::timeout(left, hold_one(from, server, *kind)).await;
                tokio::time::sleep(AGAIN).await;
            }
            opened
        })
    });
    let holding: Vec<_> = holding.collect();
    let opened: usize = join_all(holding).await.into_iter().flatten().sum();
    ensure!(opened > count, "the server closed no connection");
    Ok(format!(
        "{count} connections from {addresses} addresses for {} s, a quarter each silent, with half a header, \
         reading nothing of a large file, and reading a byte a second of it; each that the server \
         closed was opened again, {opened} in all",
        time.as_secs()
    ))
}

/// Opens a connection and holds it until the server closes it.
async fn hold_one(from: IpAddr, server: SocketAddr, kind: Kind) -> std::io::Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(from, 0))?;
    socket.set_recv_buffer_size(BUFFER)?;
    let mut stream = socket.connect(server).await?;
    match kind {
        Kind::Silent => read_at_pace(&mut stream, None).await,
        Kind::HalfOpen => {
            stream.write_all(HALF).await?;
            read_at_pace(&mut stream, None).await;
        }
        Kind::ReadsNothing => {
            stream.write_all(FILE).await?;
            // The end of what was sent is behind the rest of the file, and so never seen.
            let closed = stream.ready(tokio::io::Interest::ERROR);
            let _ = tokio::time::timeout(UNREAD, closed).await;
        }
        Kind::ReadsSlowly => {
            stream.write_all(FILE).await?;
            read_at_pace(&mut stream, Some(Duration::from_secs(1))).await;
        }
    }
    Ok(())
}

/// Reads a byte each time until the server closes the connection.
async fn read_at_pace(stream: &mut TcpStream, pause: Option<Duration>) {
    let mut byte = [0];
    while stream.read(&mut byte).await.is_ok_and(|read| read > 0) {
        if let Some(pause) = pause {
            tokio::time::sleep(pause).await;
        }
    }
}
