//! Finds or installs wasm-opt, which makes WebAssembly a third smaller.
//!
//! Debian 12 and Ubuntu 24.04 have version 108, which cannot be used: it exports the wrong table if
//! there are two, and wasm-bindgen's glue then fails at its first step. npm's package runs anywhere
//! and is pinned, so every machine produces the same files.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process,
};

use anyhow::{Context, Result};

use crate::{exec, paths};

/// The oldest accepted version: 112 was seen to export the right table, and a later one learned to
/// sort functions by name; 120 does both.
const OLDEST: u32 = 120;
/// The version to install from npm.
const NPM_VERSION: &str = "132.0.0";

/// Finds or installs `wasm-opt`; returns its folder unless that is on the search path.
pub fn ensure() -> Result<Option<PathBuf>> {
    if paths::on_path("wasm-opt").is_some_and(|program| is_accepted(&program)) {
        return Ok(None);
    }
    let kept = paths::tools()?.join(format!("binaryen-{NPM_VERSION}"));
    let folder = kept.join("bin");
    if !is_accepted(&folder.join("wasm-opt")) {
        // npm's wasm-opt is itself WebAssembly, which Node runs: the set-up has found it before.
        println!("      installing binaryen {NPM_VERSION} for wasm-opt");
        install_from_npm(&kept).context(
            "wasm-opt is missing and could not be installed: run `npm install --global binaryen`",
        )?;
    }
    Ok(Some(folder))
}

fn is_accepted(program: &Path) -> bool {
    let answer = exec::read_output(exec::command(program).arg("--version"));
    let version = answer.as_deref().and_then(parse_version);
    version.is_some_and(|version| version >= OLDEST)
}

/// Installs npm's package of the same name, in the layout of the other tools.
fn install_from_npm(kept: &Path) -> Result<()> {
    let partial = kept.with_file_name(format!(".binaryen-{}", process::id()));
    fs::create_dir_all(&partial)?;
    let package = format!("binaryen@{NPM_VERSION}");
    let mut install = exec::command("npm");
    install.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(&partial).arg(package);
    let installed = exec::run_quiet(&mut install, "installing binaryen").and_then(|()| {
        symlink("node_modules/.bin", partial.join("bin"))?;
        if kept.exists() {
            fs::remove_dir_all(kept)?;
        }
        Ok(fs::rename(&partial, kept)?)
    });
    if installed.is_err() {
        let _ = fs::remove_dir_all(&partial);
    }
    installed
}

/// Parses the 108 of `wasm-opt version 108 (version_108)`.
fn parse_version(text: &str) -> Option<u32> {
    text.split_whitespace().skip_while(|word| *word != "version").nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::parse_version;

    #[test]
    fn both_ways_to_tell_the_version_are_read() {
        assert_eq!(parse_version("wasm-opt version 108\n"), Some(108));
        assert_eq!(parse_version("wasm-opt version 132 (version_132)"), Some(132));
        assert_eq!(parse_version("no such thing"), None);
    }
}
