//! Finds or unpacks promtool, which tests the alert rules of `monitoring/`.

use std::path::PathBuf;

use anyhow::Result;

use super::apt;
use crate::paths;

/// Finds promtool, or unpacks it from Debian's package of Prometheus. The rules are a small part
/// of the product, so the other tests run without it; this says then what is not tested.
pub fn ensure() -> Option<PathBuf> {
    match find_or_unpack() {
        Ok(program) => Some(program),
        Err(error) => {
            println!(
                "      NOT TESTED: the alert rules, because promtool is missing ({error:#}): run `apt-get install prometheus` as root"
            );
            None
        }
    }
}

fn find_or_unpack() -> Result<PathBuf> {
    if let Some(installed) = paths::on_path("promtool") {
        return Ok(installed);
    }
    let folder = paths::tools()?.join("prometheus");
    let program = folder.join("usr/bin/promtool");
    if !program.is_file() {
        println!("      downloading Prometheus for promtool");
        apt::unpack("prometheus", &folder)?;
    }
    Ok(program)
}
