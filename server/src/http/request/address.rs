//! Finds the address that a request comes from, and limits the rate per address.

use super::problem::Problem;
use crate::app::App;
use crate::config::Network;
use crate::network::sender_network;
use crate::rate_limit::{RateLimit, TooMany};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// The address that a proxy received the request from.
const FORWARDED_FOR: &str = "x-forwarded-for";
/// The same in the form of RFC 7239.
const FORWARDED: &str = "forwarded";

/// Lets an init request pass if its address does not send too many. It is checked before the body
/// is read and the key looked up, so that guessing keys is slow too.
pub struct InitRateCheck;

impl FromRequestParts<Arc<App>> for InitRateCheck {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        check_rate(parts, app, &app.init_limit, "init")?;
        Ok(Self)
    }
}

/// The same for signing in with a password.
pub struct SignInRateCheck;

impl FromRequestParts<Arc<App>> for SignInRateCheck {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        check_rate(parts, app, &app.sign_in_limits.by_network, "sign_in")?;
        Ok(Self)
    }
}

/// Where a request comes from.
#[derive(Debug, Clone, Copy)]
pub struct Sender {
    /// The sender's address, or for IPv6 its network; `None` if the request came over no socket.
    pub network: Option<IpAddr>,
}

impl FromRequestParts<Arc<App>> for Sender {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Self::of_request(app, &parts.headers, &parts.extensions))
    }
}

impl Sender {
    /// Returns the sender of a request.
    pub fn of_request(app: &App, headers: &HeaderMap, extensions: &Extensions) -> Self {
        // Present whenever a request came over a socket.
        let socket = extensions.get::<ConnectInfo<SocketAddr>>();
        let trusted = &app.config.limits.trusted_proxy;
        let network = socket.map(|ConnectInfo(socket)| {
            sender_network(sender_address(socket.ip(), headers, trusted))
        });
        Self { network }
    }
}

/// Counts a request against its address.
fn check_rate(
    parts: &Parts,
    app: &App,
    limit: &RateLimit<IpAddr>,
    name: &'static str,
) -> Result<(), TooMany> {
    let Some(network) = Sender::of_request(app, &parts.headers, &parts.extensions).network else {
        return Ok(());
    };
    limit.check_rate(network, app.now()).inspect_err(|_| app.metrics.count_rate_limited(name))
}

/// Returns whether a request came over a connection from a trusted proxy.
pub fn is_trusted_proxy(of: &Extensions, trusted: &[Network]) -> bool {
    let socket = of.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(socket)| socket.ip());
    socket.is_some_and(|socket| trusted.iter().any(|proxy| proxy.contains(socket)))
}

/// Returns whether a request came directly from a program on this machine. A proxy on this machine
/// adds headers to what it passes on, and the original sender may be anyone.
pub fn is_of_this_machine(parts: &Parts) -> bool {
    let passed_on = ["x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via"];
    let socket = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    socket.is_some_and(|ConnectInfo(socket)| socket.ip().to_canonical().is_loopback())
        && passed_on.iter().all(|name| !parts.headers.contains_key(*name))
}

/// Returns the sender's address. `X-Forwarded-For`, or else `Forwarded` (RFC 7239), counts only as
/// far as trusted proxies wrote it: each proxy appends on the right the address that it received
/// the request from, and anything further left may be forged.
fn sender_address(socket: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|proxy| proxy.contains(address));
    let mut address = socket.to_canonical();
    let (name, read): (_, fn(&str) -> Option<IpAddr>) = if headers.contains_key(FORWARDED_FOR) {
        (FORWARDED_FOR, parse_address)
    } else {
        (FORWARDED, parse_forwarded)
    };
    let lines = headers.get_all(name).iter().rev();
    let mut heard = lines
        .flat_map(|line| line.to_str().unwrap_or("?").rsplit(','))
        .filter(|heard| !heard.trim().is_empty());
    while is_trusted(address) {
        match heard.next().and_then(read) {
            Some(next) => address = next,
            None => break,
        }
    }
    address
}

/// Reads an address, which some proxies write with a port or in brackets.
fn parse_address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().or_else(|_| text.parse().map(|socket: SocketAddr| socket.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

/// Reads the address out of an element of `Forwarded`, such as `for="[2001:db8::17]:4711";by=x`.
fn parse_forwarded(element: &str) -> Option<IpAddr> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    parse_address(value.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard_as(name: &'static str, socket: &str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(name, line.parse().unwrap());
        }
        let trusted = ["10.0.0.1", "10.0.0.2", "172.16.0.0/12", "fd00::/8"];
        let trusted = trusted.map(|proxy| proxy.parse().unwrap());
        sender_address(socket.parse().unwrap(), &headers, &trusted).to_string()
    }

    fn heard(socket: &str, lines: &[&str]) -> String {
        heard_as(FORWARDED_FOR, socket, lines)
    }

    #[test]
    fn networks_of_proxies_are_passed_over() {
        assert_eq!(heard("172.20.1.1", &["1.1.1.1, 172.31.9.9"]), "1.1.1.1");
        assert_eq!(heard("172.32.0.1", &["1.1.1.1"]), "172.32.0.1");
        assert_eq!(heard("fd00::5", &["6.6.6.6, 2001:db8::1, fd00::6"]), "2001:db8::1");
        assert_eq!(heard("fd00::5", &["[2001:db8::1]"]), "2001:db8::1");
        assert_eq!(heard("10.0.0.1", &["1.1.1.1, "]), "1.1.1.1");
        // If all are trusted, it is the first of them.
        assert_eq!(heard("10.0.0.1", &["172.16.0.9, 10.0.0.2"]), "172.16.0.9");
    }

    #[test]
    fn the_standard_header_is_read_too() {
        let heard = |socket, lines: &[&str]| heard_as(FORWARDED, socket, lines);
        assert_eq!(heard("10.0.0.1", &["for=1.1.1.1;proto=https;by=10.0.0.1"]), "1.1.1.1");
        assert_eq!(heard("10.0.0.1", &["for=6.6.6.6, For=\"1.1.1.1:5060\""]), "1.1.1.1");
        assert_eq!(heard("10.0.0.1", &["for=\"[2001:db8::17]:4711\""]), "2001:db8::17");
        assert_eq!(heard("10.0.0.1", &["for=1.1.1.1", "for=172.16.3.3"]), "1.1.1.1");
        assert_eq!(heard("10.0.0.1", &["for=unknown"]), "10.0.0.1");
        assert_eq!(heard("9.9.9.9", &["for=1.1.1.1"]), "9.9.9.9");
    }

    #[test]
    fn only_what_trusted_proxies_heard_counts() {
        assert_eq!(heard("9.9.9.9", &["1.1.1.1"]), "9.9.9.9");
        assert_eq!(heard("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(heard("10.0.0.1", &["1.1.1.1"]), "1.1.1.1");
        assert_eq!(heard("10.0.0.1", &["6.6.6.6, 1.1.1.1"]), "1.1.1.1");
        assert_eq!(heard("10.0.0.1", &["6.6.6.6", "1.1.1.1:5060, 10.0.0.2"]), "1.1.1.1");
        assert_eq!(heard("::ffff:10.0.0.1", &["::ffff:1.1.1.1"]), "1.1.1.1");
        assert_eq!(heard("10.0.0.1", &["1.1.1.1, unknown"]), "10.0.0.1");
    }
}
