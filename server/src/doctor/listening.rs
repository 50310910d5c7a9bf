//! Checks whether the address to listen on is free, or else which server uses it.

use super::Finding;
use crate::config::Config;
use call_ribbon_shared::wire::Health;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// How long the server that uses the address may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// The most bytes of an answer; a server like this one answers with far fewer.
const LONGEST_ANSWER: u64 = 8 * 1024;

const ABOUT: &str = "address";

/// Checks the address to listen on.
pub async fn check_address(config: &Config) -> Finding {
    let address = config.listen;
    match TcpListener::bind(address).await {
        Ok(_) => Finding::ok(ABOUT, format!("{address} is free")),
        Err(error) if error.kind() == ErrorKind::AddrInUse => describe_server(config).await,
        Err(error) => Finding::problem(ABOUT, format!("{address} cannot be used: {error}")),
    }
}

async fn describe_server(config: &Config) -> Finding {
    let address = config.listen;
    match tokio::time::timeout(PATIENCE, fetch_health(reachable_address(address))).await {
        Ok(Ok(Some(health))) => {
            let version = health.version;
            Finding::ok(ABOUT, format!("Call Ribbon {version} is running at {address}"))
        }
        // The request would need TLS, and a host name that only the certificate contains.
        _ if config.tls.tls_cert.is_some() => Finding::warning(
            ABOUT,
            format!("{address} is in use, by this server or by another program"),
        ),
        _ => Finding::problem(
            ABOUT,
            format!("{address} is in use by another program: stop it, or set another address"),
        ),
    }
}

/// Returns the address at which to reach a server that listens on all addresses.
fn reachable_address(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

/// Returns the health that a server like this one reports; `None` if it is another server.
async fn fetch_health(address: SocketAddr) -> io::Result<Option<Health>> {
    let mut socket = TcpStream::connect(address).await?;
    let request = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    socket.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    socket.take(LONGEST_ANSWER).read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body);
    Ok(body.and_then(|body| serde_json::from_str(body).ok()))
}
