//! Builds everything a browser gets, by Trunk.

use std::{fs, process::Command};

use anyhow::{Context, Result};

use crate::{
    exec, fingerprint, paths,
    setup::{Tools, rust},
};

/// Compiles the standard library from its sources, for size and without panic messages: a tenth
/// less to download. `RUSTC_BOOTSTRAP` lets the pinned release use what Cargo calls unstable. No
/// source file uses an unstable feature, so `trunk build` without these variables works as well;
/// its files are larger and show panic messages. Trunk.toml unsets the variables for the last step.
const SMALL_STANDARD_LIBRARY: [(&str, &str); 5] = [
    ("RUSTC_BOOTSTRAP", "1"),
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
    ("CARGO_UNSTABLE_PANIC_IMMEDIATE_ABORT", "true"),
    ("CARGO_PROFILE_BROWSER_PANIC", "immediate-abort"),
];

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
    trunk.args(["build", "--release", "--offline"]).envs(SMALL_STANDARD_LIBRARY);
    // Panic messages name source files. The paths of this machine stay out of them.
    let sources = rust::crate_sources().into_iter().chain(rust::standard_library());
    let flags: Vec<_> =
        sources.map(|folder| format!("--remap-path-prefix={}=", folder.display())).collect();
    trunk.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags.join(" "));
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
    fetch.envs(SMALL_STANDARD_LIBRARY);
    fetch.args(["fetch", "--target", rust::WASM_TARGET]);
    if let Some(host) = rust::host(tools) {
        fetch.args(["--target", &host]);
    }
    exec::run(&mut fetch)
}
