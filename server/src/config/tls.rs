//! The settings for HTTPS.

use clap::Args;
use std::path::PathBuf;

/// The server's certificate and its key. Without them it answers by HTTP.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "TLS")]
pub struct TlsSettings {
    /// A PEM file with the certificate, followed by the intermediate ones. Read again on SIGHUP.
    #[arg(long, env = "CALL_RIBBON_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// A PEM file with the certificate's key.
    #[arg(long, env = "CALL_RIBBON_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
}
