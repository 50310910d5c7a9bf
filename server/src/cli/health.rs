//! The command `call-ribbon health`: asks a running server whether it is ready.

use super::operator::print_text;
use crate::config::PublicUrl;
use crate::doctor::error_chain;
use crate::outgoing;
use clap::Args;
use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Which server is asked.
#[derive(Debug, Args)]
pub struct HealthArgs {
    /// The address on which the server of this machine listens, by HTTP.
    #[arg(long, env = "CALL_RIBBON_LISTEN", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// Another server to ask, or one that answers by HTTPS, such as `https://calls.example.com`.
    #[arg(long, value_name = "URL")]
    url: Option<PublicUrl>,
}

/// Asks the server. The error says why it is not ready.
pub async fn run(asked: &HealthArgs) -> Result<(), Box<dyn Error>> {
    let server = match &asked.url {
        Some(url) => url.to_string(),
        None => format!("http://{}", reachable(asked.listen)),
    };
    let client = outgoing::operators_client(PATIENCE)?;
    let answer = client.get(format!("{server}/health/ready")).send().await.map_err(|error| {
        format!("{server} does not answer: {}", error_chain(&error.without_url()))
    })?;
    let status = answer.status();
    if status.is_success() {
        return print_text(&format!("{server} is ready.\n"));
    }
    Err(format!("{server} is not ready: it answers with status {}", status.as_u16()).into())
}

/// Returns the address at which a server that listens on all addresses is reached from here.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let address = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(address, listen.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_all_addresses_is_asked_on_this_machine() {
        for (listen, expected) in [
            ("0.0.0.0:80", "127.0.0.1:80"),
            ("[::]:80", "[::1]:80"),
            ("10.1.2.3:80", "10.1.2.3:80"),
        ] {
            assert_eq!(reachable(listen.parse().unwrap()).to_string(), expected);
        }
    }
}
