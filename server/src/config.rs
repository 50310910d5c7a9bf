//! What can be set.

pub use crate::providers::simulator::Settings as SimulatorSettings;
pub use crate::secret::Secret;
use clap::Args;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// Settings of `call-ribbon serve`. Every flag can be given as an environment variable.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, env = "CALL_RIBBON_LISTEN", default_value = "127.0.0.1:8787")]
    pub listen: SocketAddr,
    /// The database: a file such as sqlite:data/call-ribbon.db, which is made where there is
    /// none, or `postgres://user@host/name`, which any number of servers may share.
    #[arg(
        long,
        env = "CALL_RIBBON_DATABASE_URL",
        default_value = "sqlite:data/call-ribbon.db",
        hide_env_values = true
    )]
    pub database: String,
    /// Signs tickets. Without one, the server makes one and keeps it in the database.
    #[arg(long, env = "CALL_RIBBON_SECRET_KEY", hide_env_values = true)]
    pub secret_key: Option<Secret>,
    /// Do not put the demo client into a fresh database.
    #[arg(long, env = "CALL_RIBBON_NO_DEMO")]
    pub no_demo: bool,
    /// Lets an operator in at /api/admin. Without one, the server makes one and shows it once.
    #[arg(long, env = "CALL_RIBBON_ADMIN_TOKEN", hide_env_values = true)]
    pub admin_token: Option<Secret>,
    /// The demo client's dialer key, for leads from a dialer.
    #[arg(long, env = "CALL_RIBBON_DIALER_API_KEY", hide_env_values = true)]
    pub dialer_api_key: Option<Secret>,
    /// Minutes without an event after which a call counts as abandoned.
    #[arg(long, env = "CALL_RIBBON_ABANDON_AFTER_MINUTES", default_value_t = 240)]
    pub abandon_after_minutes: u32,
    /// What the server takes from others.
    #[command(flatten)]
    pub limits: Limits,
    /// How the simulated provider behaves.
    #[command(flatten)]
    pub simulator: SimulatorSettings,
}

/// How much the server takes from others.
#[derive(Debug, Clone, Args)]
pub struct Limits {
    /// Requests a second to log-call and log-calls with one API key; ten seconds' worth may
    /// come at once. 0 is no limit.
    #[arg(long, env = "CALL_RIBBON_LOG_RATE", default_value_t = 1000, value_name = "PER_SECOND")]
    pub log_rate: u32,
    /// Requests a second to init from one address; ten seconds' worth may come at once. 0 is no
    /// limit.
    #[arg(long, env = "CALL_RIBBON_INIT_RATE", default_value_t = 20, value_name = "PER_SECOND")]
    pub init_rate: u32,
    /// The address of a proxy whose X-Forwarded-For is believed; may be given several times,
    /// or with commas.
    #[arg(long, env = "CALL_RIBBON_TRUSTED_PROXY", value_delimiter = ',', value_name = "ADDRESS")]
    pub trusted_proxy: Vec<IpAddr>,
    /// Connections at once; more wait until there is room.
    #[arg(long, env = "CALL_RIBBON_CONNECTIONS", default_value_t = 10_000, value_name = "COUNT")]
    pub connections: u32,
    /// Seconds for a request's header to arrive, after which the connection is closed; one that
    /// is kept open may be silent for as long between two requests.
    #[arg(long, env = "CALL_RIBBON_HEADER_TIMEOUT", default_value_t = 10, value_name = "SECONDS")]
    pub header_timeout: u32,
    /// Seconds for a request's body to arrive, after which it is refused.
    #[arg(long, env = "CALL_RIBBON_BODY_TIMEOUT", default_value_t = 30, value_name = "SECONDS")]
    pub body_timeout: u32,
}

impl Limits {
    /// How long a request's header may take.
    pub(crate) fn header_timeout(&self) -> Duration {
        Duration::from_secs(self.header_timeout.into())
    }

    /// How long a request's body may take.
    pub(crate) fn body_timeout(&self) -> Duration {
        Duration::from_secs(self.body_timeout.into())
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            log_rate: 1000,
            init_rate: 20,
            trusted_proxy: Vec::new(),
            connections: 10_000,
            header_timeout: 10,
            body_timeout: 30,
        }
    }
}

impl Config {
    /// How long a call may be silent before it counts as abandoned.
    pub(crate) fn abandon_after(&self) -> Duration {
        Duration::from_mins(u64::from(self.abandon_after_minutes))
    }
}
