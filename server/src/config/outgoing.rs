//! Where the server may send requests.

use super::Network;
use clap::Args;

/// Settings of the requests that the server sends.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Outgoing")]
pub struct OutgoingSettings {
    /// A private address or network, such as 10.1.2.3 or 10.0.0.0/8, to which the server may send
    /// requests, also without TLS; otherwise they go only to public addresses, by HTTPS. Every
    /// client's admin can then reach it. Repeat it, or separate several with commas.
    #[arg(
        long,
        env = "CALL_RIBBON_ALLOW_PRIVATE_ADDRESSES",
        value_delimiter = ',',
        value_name = "ADDRESS"
    )]
    pub allow_private_addresses: Vec<Network>,
}
