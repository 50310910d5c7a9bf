//! The operator's mail server, which sends alerts and digests.

use crate::secret::Secret;
use clap::{Args, ValueEnum};

/// How the connection to the mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum SmtpTls {
    /// Begins without TLS and changes to it; usual on port 587.
    #[default]
    Starttls,
    /// TLS from the beginning; usual on port 465.
    Tls,
    /// No encryption: only for a mail server on the same machine or in a trusted network.
    None,
}

/// Settings of the mail server. Without a host, the server sends no e-mails.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Mail")]
pub struct SmtpSettings {
    /// The mail server that sends alerts and digests, such as smtp.example.com.
    #[arg(long, env = "CALL_RIBBON_SMTP_HOST", value_name = "HOST")]
    pub smtp_host: Option<String>,
    /// Its port.
    #[arg(long, env = "CALL_RIBBON_SMTP_PORT", default_value_t = 587, value_name = "PORT")]
    pub smtp_port: u16,
    /// How the connection is encrypted: `starttls`, `tls` or `none`.
    #[arg(long, env = "CALL_RIBBON_SMTP_TLS", value_enum, default_value_t, value_name = "HOW")]
    pub smtp_tls: SmtpTls,
    /// The user name at the mail server, if it wants one.
    #[arg(long, env = "CALL_RIBBON_SMTP_USER", value_name = "USER")]
    pub smtp_user: Option<String>,
    /// The password at the mail server.
    #[arg(long, env = "CALL_RIBBON_SMTP_PASSWORD", hide_env_values = true)]
    pub smtp_password: Option<Secret>,
    /// The address that e-mails come from, such as `Call Ribbon <calls@example.com>`.
    #[arg(long, env = "CALL_RIBBON_SMTP_FROM", value_name = "ADDRESS")]
    pub smtp_from: Option<String>,
}
