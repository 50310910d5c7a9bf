//! Kamailio, a real SIP server: end2end/ has the browser's voice register and talk there.

use std::path::Path;

use anyhow::Result;

use super::apt;
use crate::paths;

/// Where Debian puts it; a user's search path seldom holds this folder.
const PROGRAM: &str = "/usr/sbin/kamailio";

/// Finds or installs it, with what has it speak WebSocket, and what makes a certificate for it.
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

/// Debian keeps the modules in a folder for each kind of processor.
fn has_websockets() -> bool {
    let kinds = ["x86_64-linux-gnu/", "aarch64-linux-gnu/", ""];
    kinds
        .iter()
        .any(|kind| Path::new(&format!("/usr/lib/{kind}kamailio/modules/websocket.so")).is_file())
}
