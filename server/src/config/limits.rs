//! Limits on requests and connections.

use super::Network;
use clap::Args;
use std::time::Duration;

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
    /// Connections that may be open at once; more wait.
    #[arg(long, env = "CALL_RIBBON_CONNECTIONS", default_value_t = 10_000, value_name = "COUNT")]
    pub connections: u32,
    /// Seconds for a request's header to arrive, after which the connection is closed; also the
    /// longest pause between two requests.
    #[arg(long, env = "CALL_RIBBON_HEADER_TIMEOUT", default_value_t = 10, value_name = "SECONDS")]
    pub header_timeout: u32,
    /// Seconds for a request's body to arrive, after which it is refused.
    #[arg(long, env = "CALL_RIBBON_BODY_TIMEOUT", default_value_t = 30, value_name = "SECONDS")]
    pub body_timeout: u32,
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
            write_rate: 64,
            trusted_proxy: Vec::new(),
            connections: 10_000,
            header_timeout: 10,
            body_timeout: 30,
            stream_timeout: 0,
        }
    }
}
