//! Builds everything a browser gets, by Trunk.

use std::{fs, process::Command};

use anyhow::{Context, Result};

use crate::{
    exec, fingerprint, paths,
    setup::{Tools, rust},
};

/// Builds the browser files unless those in `dist/` are made from the same inputs.
pub fn build(tools: &Tools) -> Result<()> {
    let workspace = paths::workspace()?;
    let record = paths::target()?.join("xtask").join("browser-inputs");
    let inputs = fingerprint::of_browser_inputs(&workspace)?;
    let complete = paths::dist()?.join("call-ribbon.js").is_file();
    if complete && fs::read_to_string(&record).is_ok_and(|built| built == inputs) {
        println!("      nothing changed since they were built");
        return Ok(());
    }

    download_crates(tools)?;
    // Offline also keeps Trunk from fetching tools of its own choice: those found by the
    // set-up come first on its search path.
    let mut trunk = tools.command("trunk");
    trunk.args(["build", "--release", "--offline"]);
    if let Some(sources) = rust::crate_sources() {
        // Panic messages name source files; where they lie on this machine is nobody's business.
        let flag = format!("--remap-path-prefix={}=", sources.display());
        trunk.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flag);
    }
    exec::run(&mut trunk)?;

    // The build may have completed Cargo.lock, which is one of the inputs.
    let inputs = fingerprint::of_browser_inputs(&workspace)?;
    let folder = record.parent().context("the record has no folder")?;
    fs::create_dir_all(folder)?;
    fs::write(&record, inputs)?;
    Ok(())
}

/// Trunk builds offline, so what Cargo needs has to be there before.
fn download_crates(tools: &Tools) -> Result<()> {
    let mut fetch: Command = tools.command("cargo");
    fetch.args(["fetch", "--target", rust::WASM_TARGET]);
    if let Some(host) = rust::host(tools) {
        fetch.args(["--target", &host]);
    }
    exec::run(&mut fetch)
}
