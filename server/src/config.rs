//! The settings: a flag takes precedence over an environment variable, that over the file, that
//! over the default. Each setting is defined once, and the help and the file are generated from it;
//! one module per section.

mod default_file;
mod file;
mod limits;
mod logs;
mod network;
mod oidc;
mod outgoing;
mod public_url;
mod secret_files;
mod secret_keys;
mod secret_strength;
mod share;
mod smtp;
mod tls;
mod traces;

pub use crate::providers::simulator::Settings as SimulatorSettings;
pub use crate::secret::Secret;
pub use default_file::{default_text as default_file, setting_flags};
pub use file::{File, FileError};
pub use limits::Limits;
pub use logs::{LogFormat, Logs};
pub use network::Network;
pub use oidc::{GroupRole, OidcConfig, OidcFault, OidcSettings, ROLES as OIDC_ROLES};
pub use outgoing::OutgoingSettings;
pub use public_url::PublicUrl;
pub use secret_files::{SecretFileError, SecretFiles};
pub use secret_keys::SecretKeys;
pub use secret_strength::WeakSecret;
pub use share::Share;
pub use smtp::{SmtpSettings, SmtpTls};
pub use tls::TlsSettings;
pub use traces::{CollectorUrl, TraceSettings};

use clap::Args;
use std::net::SocketAddr;
use std::time::Duration;

/// Settings of `call-ribbon serve`.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Server")]
pub struct Config {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, env = "CALL_RIBBON_LISTEN", default_value = "127.0.0.1:8787")]
    pub listen: SocketAddr,
    /// The database: a file such as sqlite:data/call-ribbon.db, which is created if it does not
    /// exist, or `postgres://user@host/name`, which any number of servers may share.
    #[arg(
        long,
        env = "CALL_RIBBON_DATABASE_URL",
        default_value = "sqlite:data/call-ribbon.db",
        hide_env_values = true
    )]
    pub database: String,
    /// The keys under which secrets are kept.
    #[command(flatten)]
    pub keys: SecretKeys,
    /// The server's public address, such as `https://calls.example.com` or, below a path,
    /// `https://www.example.com/ribbon`. Telephony providers call it, and all pages are below its
    /// path.
    #[arg(long, env = "CALL_RIBBON_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<PublicUrl>,
    /// Do not put the demo client into a fresh database.
    #[arg(long, env = "CALL_RIBBON_NO_DEMO")]
    pub no_demo: bool,
    /// Do not serve the welcome page, the example pages and the inspector.
    #[arg(long, env = "CALL_RIBBON_NO_EXAMPLES")]
    pub no_examples: bool,
    /// The operator's token for /api/admin. Without it, the server makes one and shows it once.
    #[arg(long, env = "CALL_RIBBON_ADMIN_TOKEN", hide_env_values = true)]
    pub admin_token: Option<Secret>,
    /// The demo client's dialer key, for leads from a dialer.
    #[arg(long, env = "CALL_RIBBON_DIALER_API_KEY", hide_env_values = true)]
    pub dialer_api_key: Option<Secret>,
    /// Minutes without an event after which a call counts as abandoned.
    #[arg(long, env = "CALL_RIBBON_ABANDON_AFTER_MINUTES", default_value_t = 240)]
    pub abandon_after_minutes: u32,
    /// Milliseconds within which a telephony provider must answer a request.
    #[arg(
        long,
        env = "CALL_RIBBON_PROVIDER_TIMEOUT",
        default_value_t = 15_000,
        value_parser = clap::value_parser!(u32).range(1..),
        value_name = "MS"
    )]
    pub provider_timeout: u32,
    /// Days for which requests to and from telephony providers are kept.
    #[arg(long, env = "CALL_RIBBON_PROVIDER_LOG_DAYS", default_value_t = 30, value_name = "DAYS")]
    pub provider_log_days: u32,
    /// Secrets in files of their own.
    #[command(flatten)]
    pub secret_files: SecretFiles,
    /// Answering by HTTPS.
    #[command(flatten)]
    pub tls: TlsSettings,
    /// Limits on requests and connections.
    #[command(flatten)]
    pub limits: Limits,
    /// Where this server sends requests.
    #[command(flatten)]
    pub outgoing: OutgoingSettings,
    /// Signing in to the dashboard by a company's own provider.
    #[command(flatten)]
    pub oidc: OidcSettings,
    /// The mail server that sends alerts and digests.
    #[command(flatten)]
    pub smtp: SmtpSettings,
    /// Traces for an OpenTelemetry collector.
    #[command(flatten)]
    pub traces: TraceSettings,
    /// How the simulated provider behaves.
    #[command(flatten)]
    pub simulator: SimulatorSettings,
}

impl Config {
    /// Returns how long a telephony provider may take to answer.
    pub(crate) fn provider_timeout(&self) -> Duration {
        Duration::from_millis(u64::from(self.provider_timeout))
    }

    /// Returns whether other machines can reach the server: directly, or through a proxy.
    pub(crate) fn is_public(&self, address: SocketAddr) -> bool {
        let through_proxy = self.public_url.is_some() || !self.limits.trusted_proxy.is_empty();
        through_proxy || !address.ip().is_loopback()
    }

    /// Returns how long a call may be silent before it counts as abandoned.
    pub(crate) fn abandon_after(&self) -> Duration {
        Duration::from_mins(u64::from(self.abandon_after_minutes))
    }
}
