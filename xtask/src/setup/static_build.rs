//! Installs what a static binary is built with: Rust's target for musl, and musl's C compiler, which
//! SQLite and the encryption are compiled by.

use std::{env, path::Path};

use anyhow::{Context, Result};

use super::apt;
use crate::{exec, paths};

/// Returns the target of static binaries for this machine's processor.
pub fn choose_target() -> String {
    format!("{}-unknown-linux-musl", env::consts::ARCH)
}

/// Finds or installs the target and the compiler.
pub fn ensure() -> Result<()> {
    if paths::on_path("musl-gcc").is_none() {
        apt::install("musl's C compiler", "to build a static binary", &["musl-tools"])?;
    }
    let target = choose_target();
    let mut ask = exec::command("rustc");
    ask.args(["--print", "target-libdir", "--target", &target]);
    if exec::read_output(&mut ask).is_some_and(|folder| Path::new(folder.trim()).is_dir()) {
        return Ok(());
    }
    println!("      adding the target {target}");
    exec::run(exec::command("rustup").args(["target", "add", &target])).with_context(|| {
        format!("Rust's target {target} is missing: run `rustup target add {target}`")
    })
}
