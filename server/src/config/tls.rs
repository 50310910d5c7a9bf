//! Answering by HTTPS.

use clap::Args;
use std::path::PathBuf;

/// The server's certificate and its key. Without them it answers by HTTP.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "TLS")]
pub struct TlsSettings {
    /// The certificate in a PEM file, followed by those between it and its root. Read again when
    /// the server gets a SIGHUP.
    #[arg(long, env = "CALL_RIBBON_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's key in a PEM file.
    #[arg(long, env = "CALL_RIBBON_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
}
