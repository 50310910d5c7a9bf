//! Builds and starts the server.

mod pbx;

use std::{
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};
use clap::Args;

use crate::{
    browser::{self, Size},
    exec, paths,
    plan::Plan,
    setup::{Need, Tools, static_build},
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
    /// Build the server and the browser files as they are released, which takes longer
    #[arg(long)]
    release: bool,
    /// Serve calls through a real Asterisk, which this starts with people who answer and speak
    #[arg(long)]
    pbx: bool,
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
    /// As it is shipped, without a library of the system.
    Static,
}

/// `cargo xtask run`.
pub fn run(arguments: &RunArguments) -> Result<()> {
    let (profile, size) = if arguments.release {
        (Profile::Release, Size::Released)
    } else {
        (Profile::Dev, Size::Quick)
    };
    let ahead = Ahead::start(profile)?;
    Plan::new(&[Need::BrowserBuild])
        .step("building the browser files", move |tools| browser::build_as(tools, size))
        .step("building the server", move |tools| {
            ahead.finish();
            compile(tools, profile)
        })
        .run()?;

    if arguments.pbx {
        return pbx::serve(&program(profile)?, arguments.listen.as_deref(), &arguments.serve);
    }
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
    println!("{}", exec::format_command(&serve));
    // This process becomes the server, so every signal reaches it as it is.
    let error = serve.exec();
    Err(error).with_context(|| format!("`{}` could not be started", exec::format_command(&serve)))
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

/// Options of `cargo xtask build`.
#[derive(Args)]
pub struct BuildArguments {
    /// Build a program that needs no library of the system, for any Linux or an empty image
    #[arg(long = "static")]
    is_static: bool,
}

/// `cargo xtask build`.
pub fn build(arguments: &BuildArguments) -> Result<()> {
    let (profile, needs): (_, &[Need]) = if arguments.is_static {
        (Profile::Static, &[Need::BrowserBuild, Need::StaticBuild])
    } else {
        (Profile::Release, &[Need::BrowserBuild])
    };
    Plan::new(needs)
        .step("building the browser files", browser::build)
        .step("building the server", move |tools| compile(tools, profile))
        .run()?;
    println!("{}", program(profile)?.display());
    Ok(())
}

/// A first build of the server, which runs while the tools and the browser files are made. The build
/// after that only has to embed the files.
struct Ahead(Option<Child>);

impl Ahead {
    fn start(profile: Profile) -> Result<Self> {
        if program(profile)?.is_file() {
            return Ok(Self(None));
        }
        let mut cargo = compiler(&Tools::default(), profile);
        // What is wrong is shown by the build that follows.
        cargo.arg("--quiet").stdout(Stdio::null()).stderr(Stdio::null());
        let child = cargo.spawn().context("`cargo` could not be started")?;
        Ok(Self(Some(child)))
    }

    fn finish(mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.wait();
        }
    }
}

impl Drop for Ahead {
    /// When a step before has failed, nobody needs the server.
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Compiles the server. The browser files go into it, so they have to be there before.
pub fn compile(tools: &Tools, profile: Profile) -> Result<()> {
    exec::run(&mut compiler(tools, profile))
}

fn compiler(tools: &Tools, profile: Profile) -> Command {
    let mut cargo = tools.command("cargo");
    cargo.args(["build", "--package", PACKAGE, "--bin", PROGRAM]);
    if profile != Profile::Dev {
        cargo.arg("--release");
    }
    if profile == Profile::Static {
        cargo.args(["--target", &static_build::choose_target()]);
    }
    cargo
}

/// Where Cargo puts the program.
pub fn program(profile: Profile) -> Result<PathBuf> {
    let target = paths::target()?;
    let folder = match profile {
        Profile::Dev => target.join("debug"),
        Profile::Release => target.join("release"),
        Profile::Static => target.join(static_build::choose_target()).join("release"),
    };
    Ok(folder.join(PROGRAM))
}
