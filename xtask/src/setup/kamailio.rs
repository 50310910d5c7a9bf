//! Finds or installs Kamailio, a real SIP server with which end2end/ tests the browser's voice.

use std::path::Path;

use anyhow::Result;

use super::apt;
use crate::paths;

/// Debian's path; a user's search path rarely contains this folder.
const PROGRAM: &str = "/usr/sbin/kamailio";

/// Finds or installs it, with its WebSocket module and the program that creates a certificate.
pub fn ensure() -> Result<()> {
    let there = Path::new(PROGRAM).is_file() || paths::on_path("kamailio").is_some();
    if there && has_websockets() && paths::on_path("openssl").is_some() {
        return Ok(());
    }
    apt::install(
        "Kamailio",
        "to test the browser's voice against a SIP server",
        &["kamailio", "kamailio-websocket-modules", "openssl"],
    )
}

/// Returns whether the WebSocket module exists; Debian keeps the modules in a folder per
/// architecture.
fn has_websockets() -> bool {
    let kinds = ["x86_64-linux-gnu/", "aarch64-linux-gnu/", ""];
    kinds
        .iter()
        .any(|kind| Path::new(&format!("/usr/lib/{kind}kamailio/modules/websocket.so")).is_file())
}
