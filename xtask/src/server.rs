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

/// Made-up calls to look at: few enough to be there in some seconds.
const DEMO_CALLS: &str = "9000";

/// Options of `cargo xtask run`.
#[derive(Args)]
pub struct RunArguments {
    /// Where to listen [default: the server's own, 127.0.0.1:8787]; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Build the server as it is released
    #[arg(long)]
    release: bool,
    /// Leave out the three clients with a year of made-up calls
    #[arg(long)]
    no_demo_data: bool,
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

    if !arguments.no_demo_data {
        make_demo_data(arguments, profile)?;
    }
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

/// Makes the calls that there are to look at, in the database that is going to be served; what is
/// there already stays. Their keys are shown when they are made.
fn make_demo_data(arguments: &RunArguments, profile: Profile) -> Result<()> {
    let mut make = exec::command(program(profile)?);
    make.current_dir(paths::workspace()?).args(["demo-data", "--calls", DEMO_CALLS]);
    // Once there are clients, serving no longer makes the one that everybody can try.
    if !arguments.serve.iter().any(|argument| argument == "--no-demo") {
        make.arg("--demo-client");
    }
    let mut passed_on = arguments.serve.iter();
    while let Some(argument) = passed_on.next() {
        if argument == "--database" {
            make.arg(argument).args(passed_on.next());
        } else if argument.starts_with("--database=") {
            make.arg(argument);
        }
    }
    exec::run(&mut make)
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
