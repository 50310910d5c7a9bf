//! Builds and starts the server.

use std::{os::unix::process::CommandExt, path::PathBuf};

use anyhow::{Context, Result};
use clap::Args;

use crate::{
    browser, exec, paths,
    plan::Plan,
    setup::{Need, Tools},
};

/// The server's package, and the program that it builds.
const PACKAGE: &str = "call-ribbon-server";
const PROGRAM: &str = "call-ribbon";

/// Options of `cargo xtask run`.
#[derive(Args)]
pub struct RunArguments {
    /// Where to listen [default: the server's own, 127.0.0.1:8787]; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Build the server as it is released
    #[arg(long)]
    release: bool,
    /// Passed on to `call-ribbon serve`
    #[arg(last = true)]
    serve: Vec<String>,
}

/// How the server is compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build, with checks.
    Dev,
    /// As it is shipped.
    Release,
}

/// `cargo xtask run`.
pub fn run(arguments: &RunArguments) -> Result<()> {
    let profile = if arguments.release { Profile::Release } else { Profile::Dev };
    Plan::new(&[Need::BrowserBuild])
        .step("building the browser files", browser::build)
        .step("building the server", move |tools| compile(tools, profile))
        .run()?;

    // Everything else is the server's own default: port 8787, SQLite in data/, the demo client.
    let mut serve = exec::command(program(profile)?);
    serve.current_dir(paths::workspace()?).arg("serve");
    if let Some(address) = &arguments.listen {
        serve.args(["--listen", address]);
    }
    serve.args(&arguments.serve);
    println!("{}", exec::shown(&serve));
    // This process becomes the server, so every signal reaches it as it is.
    let error = serve.exec();
    Err(error).with_context(|| format!("`{}` could not be started", exec::shown(&serve)))
}

/// `cargo xtask build`.
pub fn build() -> Result<()> {
    Plan::new(&[Need::BrowserBuild])
        .step("building the browser files", browser::build)
        .step("building the server", |tools| compile(tools, Profile::Release))
        .run()?;
    println!("{}", program(Profile::Release)?.display());
    Ok(())
}

/// Compiles the server. The browser files go into it, so they have to be there before.
pub fn compile(tools: &Tools, profile: Profile) -> Result<()> {
    let mut cargo = tools.command("cargo");
    cargo.args(["build", "--package", PACKAGE, "--bin", PROGRAM]);
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    exec::run(&mut cargo)
}

/// Where Cargo puts the program.
pub fn program(profile: Profile) -> Result<PathBuf> {
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => "release",
    };
    Ok(paths::target()?.join(folder).join(PROGRAM))
}
