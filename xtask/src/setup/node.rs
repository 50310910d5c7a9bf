//! Node and npm, for the end-to-end tests.

use anyhow::{Result, bail};

use super::apt;
use crate::{exec, paths};

/// The oldest version whose test runner does what end2end/ asks of it.
const OLDEST: u32 = 18;

/// Finds or installs Node and npm.
pub fn ensure() -> Result<()> {
    if is_there() {
        return Ok(());
    }
    apt::install("Node", &["nodejs", "npm"])?;
    if !is_there() {
        bail!(
            "Node {OLDEST} or newer is needed, and this system's own is older: install a newer one"
        );
    }
    Ok(())
}

fn is_there() -> bool {
    let version = exec::answer(exec::command("node").arg("--version"));
    let major = version.as_deref().and_then(major);
    major.is_some_and(|major| major >= OLDEST) && paths::on_path("npm").is_some()
}

/// The 20 of `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("unknown"), None);
    }
}
