//! Finds or unpacks InfluxDB 1.x, which `cargo xtask bench` compares the server with.

use std::path::PathBuf;

use anyhow::Result;

use super::apt;
use crate::paths;

/// Finds the server's program, or unpacks it from Debian's package: installed, it would start a
/// service.
pub fn find_or_unpack() -> Result<PathBuf> {
    if let Some(installed) = paths::on_path("influxd") {
        return Ok(installed);
    }
    let folder = paths::tools()?.join("influxdb");
    let program = folder.join("usr/bin/influxd");
    if !program.is_file() {
        println!("      downloading InfluxDB");
        apt::unpack("influxdb", &folder)?;
    }
    Ok(program)
}
