//! Installs parts of Rust: the WebAssembly target of the pinned toolchain, and the standard
//! library's sources.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{exec, setup::Tools};

/// The target for which the ribbon and the dashboard are compiled.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Adds the WebAssembly target if the toolchain lacks it.
pub fn ensure_wasm_target() -> Result<()> {
    let mut ask = exec::command("rustc");
    ask.args(["--print", "target-libdir", "--target", WASM_TARGET]);
    if exec::read_output(&mut ask).is_some_and(|folder| Path::new(folder.trim()).is_dir()) {
        return Ok(());
    }
    println!("      adding the target {WASM_TARGET}");
    exec::run(exec::command("rustup").args(["target", "add", WASM_TARGET])).with_context(|| {
        format!("Rust's target {WASM_TARGET} is missing: run `rustup target add {WASM_TARGET}`")
    })
}

/// Adds the sources of the standard library, from which the browser build compiles it.
pub fn ensure_sources() -> Result<()> {
    if standard_library().is_some_and(|folder| folder.join("library/Cargo.lock").is_file()) {
        return Ok(());
    }
    println!("      adding the sources of Rust's standard library");
    exec::run(exec::command("rustup").args(["component", "add", "rust-src"])).context(
        "the sources of Rust's standard library are missing: run `rustup component add rust-src`",
    )
}

/// Installs a nightly compiler if rustup has none.
pub fn ensure_nightly() -> Result<()> {
    if exec::read_output(exec::command("rustc").args(["+nightly", "-V"])).is_some() {
        return Ok(());
    }
    println!("      installing a nightly compiler");
    let install = ["toolchain", "install", "nightly", "--profile", "minimal"];
    exec::run(exec::command("rustup").args(install)).context(
        "a nightly compiler is missing: run `rustup toolchain install nightly --profile minimal`",
    )
}

/// Returns the folder of the standard library's sources, whether or not they are installed.
pub fn standard_library() -> Option<PathBuf> {
    let root = exec::read_output(exec::command("rustc").args(["--print", "sysroot"]))?;
    Some(Path::new(root.trim()).join("lib/rustlib/src/rust"))
}

/// Returns this machine's own target, as in `x86_64-unknown-linux-gnu`.
pub fn host_target(tools: &Tools) -> Option<String> {
    let version = exec::read_output(tools.command("rustc").arg("-vV"))?;
    let line = version.lines().find_map(|line| line.strip_prefix("host: "))?;
    Some(line.to_owned())
}

/// Returns the folder where cargo keeps the sources of dependencies.
pub fn crate_sources() -> Option<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")))?;
    Some(home.join("registry").join("src"))
}
