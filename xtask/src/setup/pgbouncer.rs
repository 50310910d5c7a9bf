//! Finds or installs PgBouncer, behind which the server's tests run servers.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::apt;
use crate::paths;

/// The environment variable that names the program for the tests.
pub const PROGRAM: &str = "CALL_RIBBON_TEST_PGBOUNCER";
/// Debian's path; a user's search path rarely contains this folder.
const DEBIAN: &str = "/usr/sbin/pgbouncer";

/// Finds the program, or installs it. The tests start it themselves, each with its own settings.
pub fn ensure() -> Result<PathBuf> {
    if let Some(there) = installed_program() {
        return Ok(there);
    }
    apt::install("PgBouncer", "to test servers behind a pooler", &["pgbouncer"])?;
    installed_program().context("PgBouncer is installed, but its program was not found")
}

fn installed_program() -> Option<PathBuf> {
    let debian = Path::new(DEBIAN);
    if debian.is_file() { Some(debian.to_owned()) } else { paths::on_path("pgbouncer") }
}
