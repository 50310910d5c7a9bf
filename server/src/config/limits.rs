//! Limits on requests and connections.

use super::{Network, Share};
use clap::Args;
use std::time::Duration;

/// The default of the setting of this name.
const CONNECTIONS_PER_NETWORK: Share = Share::Percent(10);
/// The default of the setting of this name.
const STREAMS_PER_KEY: Share = Share::Percent(50);
/// The part of all connections that live streams leave for requests.
const STREAMS_LEAVE: u32 = 10;

/// Limits on requests and connections.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Limits")]
pub struct Limits {
    /// Requests per second to log-call and log-calls with one API key; ten seconds' worth may
    /// come at once. 0 means no limit.
    #[arg(long, env = "CALL_RIBBON_LOG_RATE", default_value_t = 1000, value_name = "PER_SECOND")]
    pub log_rate: u32,
    /// Requests per second to init from one address; ten seconds' worth may come at once. 0 means
    /// no limit.
    #[arg(long, env = "CALL_RIBBON_INIT_RATE", default_value_t = 20, value_name = "PER_SECOND")]
    pub init_rate: u32,
    /// Unknown keys and tokens per second from one address, IPv6 by /64; ten seconds' worth may come
    /// at once. Beyond that only those are accepted that were accepted from there before. 0 means
    /// no limit.
    #[arg(
        long,
        env = "CALL_RIBBON_WRONG_SECRET_RATE",
        default_value_t = 5,
        value_name = "PER_SECOND"
    )]
    pub wrong_secret_rate: u32,
    /// Mebibytes per minute that one client's pages may send, as many of which may come at once; the
    /// same for its dialers, for its providers and for its staff. 0 means no limit.
    #[arg(
        long,
        env = "CALL_RIBBON_WRITE_RATE",
        default_value_t = 64,
        value_name = "MIB_PER_MINUTE"
    )]
    pub write_rate: u32,
    /// A proxy whose X-Forwarded-For or Forwarded is trusted: an address such as 10.0.0.7, or a
    /// network such as 10.0.0.0/8. Repeat it, or separate several with commas.
    #[arg(long, env = "CALL_RIBBON_TRUSTED_PROXY", value_delimiter = ',', value_name = "ADDRESS")]
    pub trusted_proxy: Vec<Network>,
    /// Connections that may be open at once. Beyond them, only health checks are answered.
    #[arg(long, env = "CALL_RIBBON_CONNECTIONS", default_value_t = 10_000, value_name = "COUNT")]
    pub connections: u32,
    /// Connections that may be open at once from one IPv4 address or IPv6 /64, except trusted
    /// proxies: a number, or a percentage of all, which is at least 10. 0 means no limit.
    #[arg(
        long,
        env = "CALL_RIBBON_CONNECTIONS_PER_NETWORK",
        default_value_t = CONNECTIONS_PER_NETWORK,
        value_name = "SHARE"
    )]
    pub connections_per_network: Share,
    /// Live streams that may be open at once with one API key, token or sign-in: a number, or a
    /// percentage of the connections, which is at least 10. 0 means no limit.
    #[arg(
        long,
        env = "CALL_RIBBON_STREAMS_PER_KEY",
        default_value_t = STREAMS_PER_KEY,
        value_name = "SHARE"
    )]
    pub streams_per_key: Share,
    /// Seconds for a request's header to arrive, after which the connection is closed; also the
    /// longest pause between two requests.
    #[arg(long, env = "CALL_RIBBON_HEADER_TIMEOUT", default_value_t = 10, value_name = "SECONDS")]
    pub header_timeout: u32,
    /// Seconds for a request's body to arrive, after which it is refused.
    #[arg(long, env = "CALL_RIBBON_BODY_TIMEOUT", default_value_t = 30, value_name = "SECONDS")]
    pub body_timeout: u32,
    /// Seconds after which a connection is closed whose other side takes nothing of an answer; live
    /// streams too.
    #[arg(
        long,
        env = "CALL_RIBBON_WRITE_TIMEOUT",
        default_value_t = 30,
        value_parser = clap::value_parser!(u32).range(1..),
        value_name = "SECONDS"
    )]
    pub write_timeout: u32,
    /// Seconds after which a live stream is ended, so that its listener reconnects, perhaps to a
    /// new server; it misses nothing. 0 means never.
    #[arg(long, env = "CALL_RIBBON_STREAM_TIMEOUT", default_value_t = 0, value_name = "SECONDS")]
    pub stream_timeout: u32,
}

impl Limits {
    /// Returns how many bytes a client's pages may send in a minute; 0: any number.
    pub(crate) fn write_bytes(&self) -> u64 {
        u64::from(self.write_rate) * 1024 * 1024
    }

    /// Returns how long a request's header may take.
    pub(crate) fn header_timeout(&self) -> Duration {
        Duration::from_secs(self.header_timeout.into())
    }

    /// Returns how long a request's body may take.
    pub(crate) fn body_timeout(&self) -> Duration {
        Duration::from_secs(self.body_timeout.into())
    }

    /// Returns how long an answer may be unread.
    pub(crate) fn write_timeout(&self) -> Duration {
        Duration::from_secs(self.write_timeout.into())
    }

    /// Returns the most connections from one network; `None` if there is no such limit.
    pub(crate) fn connections_per_network(&self) -> Option<u32> {
        self.connections_per_network.of(self.connections)
    }

    /// Returns the most live streams with one credential; `None` if there is no such limit.
    pub(crate) fn streams_per_key(&self) -> Option<u32> {
        self.streams_per_key.of(self.connections)
    }

    /// Returns the most live streams in all. They leave some connections for requests.
    pub(crate) fn streams(&self) -> u32 {
        (self.connections - self.connections / STREAMS_LEAVE).max(1)
    }

    /// Returns how long a live stream lasts; `None`: until one of the two sides ends it.
    pub(crate) fn stream_timeout(&self) -> Option<Duration> {
        (self.stream_timeout > 0).then(|| Duration::from_secs(self.stream_timeout.into()))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            log_rate: 1000,
            init_rate: 20,
            wrong_secret_rate: 5,
            write_rate: 64,
            trusted_proxy: Vec::new(),
            connections: 10_000,
            connections_per_network: CONNECTIONS_PER_NETWORK,
            streams_per_key: STREAMS_PER_KEY,
            header_timeout: 10,
            body_timeout: 30,
            write_timeout: 30,
            stream_timeout: 0,
        }
    }
}
