//! Builds the browser's files with Trunk.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result};

use crate::{
    exec, fingerprint, guides,
    pack::rest,
    paths,
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

/// How much work goes into making the files small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Built quickly, to try the product: about twice as much to download.
    Quick,
    /// As small as they are released.
    Released,
}

impl Size {
    /// How the record in the target folder names it.
    fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Released => "released",
        }
    }
}

/// Builds the browser files as they are released, unless they are there.
pub fn build(tools: &Tools) -> Result<()> {
    build_as(tools, Size::Released)
}

/// Builds the browser files unless those in `dist/` are made from the same inputs. Files as they
/// are released will do where quick ones are asked for. The guides are built beside them.
pub fn build_as(tools: &Tools, size: Size) -> Result<()> {
    guides::build(tools, size)?;
    let workspace = paths::workspace()?;
    let record = paths::target()?.join("xtask").join("browser-inputs");
    let inputs = fingerprint::of_browser_inputs(&workspace)?;
    let complete = paths::dist()?.join("call-ribbon.js").is_file();
    if complete && fs::read_to_string(&record).is_ok_and(|built| will_do(&built, size, &inputs)) {
        println!("      nothing changed since they were built");
        return Ok(());
    }

    forget_build(&record)?;
    run_trunk(tools, size, None)?;

    // The build may have completed Cargo.lock, which is one of the inputs.
    let inputs = fingerprint::of_browser_inputs(&workspace)?;
    let folder = record.parent().context("the record has no folder")?;
    fs::create_dir_all(folder)?;
    fs::write(&record, record_of(size, &inputs))?;
    Ok(())
}

/// Builds files that record which functions of the ribbon run. `folder` receives the functions'
/// names.
pub fn build_recording(tools: &Tools, folder: &Path) -> Result<()> {
    forget_build(&folder.join("browser-inputs"))?;
    run_trunk(tools, Size::Released, Some(folder))
}

/// Forgets what is in `dist/`: it is neither the old build nor the new one while it is replaced.
fn forget_build(record: &Path) -> Result<()> {
    if record.exists() {
        fs::remove_file(record)?;
    }
    Ok(())
}

fn run_trunk(tools: &Tools, size: Size, record_into: Option<&Path>) -> Result<()> {
    download_crates(tools)?;
    // Offline also keeps Trunk from fetching tools of its own choice: those found by the
    // set-up come first on its search path.
    let mut trunk = tools.command("trunk");
    trunk.args(["build", "--offline"]);
    if size == Size::Released {
        trunk.arg("--release").envs(SMALL_STANDARD_LIBRARY);
    }
    // Panic messages name source files. The paths of this machine stay out of them.
    let sources = rust::crate_sources().into_iter().chain(rust::standard_library());
    let flags: Vec<_> =
        sources.map(|folder| format!("--remap-path-prefix={}=", folder.display())).collect();
    trunk.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags.join(" "));
    if let Some(folder) = record_into {
        trunk.env(rest::RECORD, folder);
    }
    exec::run(&mut trunk)
}

/// What is kept of a build: its size and a hash of its inputs.
fn record_of(size: Size, inputs: &str) -> String {
    format!("{} {inputs}", size.name())
}

fn will_do(built: &str, wanted: Size, inputs: &str) -> bool {
    [wanted, Size::Released].iter().any(|size| built == record_of(*size, inputs))
}

/// Trunk builds offline, so what Cargo needs has to be there before.
fn download_crates(tools: &Tools) -> Result<()> {
    let mut fetch: Command = tools.command("cargo");
    fetch.envs(SMALL_STANDARD_LIBRARY);
    fetch.args(["fetch", "--target", rust::WASM_TARGET]);
    if let Some(host) = rust::host_target(tools) {
        fetch.args(["--target", &host]);
    }
    exec::run(&mut fetch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn released_files_will_do_as_quick_ones_and_never_the_other_way() {
        let quick = record_of(Size::Quick, "abc");
        let released = record_of(Size::Released, "abc");
        assert!(will_do(&quick, Size::Quick, "abc"));
        assert!(will_do(&released, Size::Quick, "abc"));
        assert!(will_do(&released, Size::Released, "abc"));
        assert!(!will_do(&quick, Size::Released, "abc"));
        assert!(!will_do(&released, Size::Released, "def"));
    }
}
