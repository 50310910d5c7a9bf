//! `cargo xtask bench`: builds what it needs and hands over to the package bench, which does the
//! work.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;

use crate::{
    exec, paths,
    plan::Plan,
    server::{self, Profile},
    setup::{Tools, influx, postgres},
};

/// The package, and the program that it builds.
const PACKAGE: &str = "call-ribbon-bench";
/// What `bench` writes, in the workspace.
const PAGE: &str = "BENCHMARKS.md";

/// Options of `cargo xtask bench`.
#[derive(Args)]
pub struct BenchArguments {
    /// Two seconds for each round rather than ten, and fewer calls: less than five minutes
    #[arg(long)]
    quick: bool,
    /// Calls of the largest database whose growth is measured [default: 1000000, or 50000 if quick]
    #[arg(long)]
    calls: Option<u64>,
}

/// `cargo xtask bench`.
pub fn bench(arguments: &BenchArguments) -> Result<()> {
    let BenchArguments { quick, calls } = *arguments;
    Plan::new(&[])
        .step("building the server", |tools| server::compile(tools, Profile::Release))
        .step("building what measures it", compile)
        .step("measuring", move |tools| {
            let mut measure = tools.command(&program()?.to_string_lossy());
            measure.args(["report", "--write", PAGE]);
            if quick {
                measure.arg("--quick");
            }
            if let Some(calls) = calls {
                measure.args(["--calls", &calls.to_string()]);
            }
            // What cannot be had is left out of the page, which says so.
            match postgres::ensure_programs() {
                Ok(programs) => drop(measure.arg("--postgres-programs").arg(programs)),
                Err(error) => println!("      without PostgreSQL: {error:#}"),
            }
            match influx::find_or_unpack() {
                Ok(program) => drop(measure.arg("--influx").arg(program)),
                Err(error) => println!("      without InfluxDB: {error:#}"),
            }
            match compile_shim(tools, "slow_sync") {
                Ok(library) => drop(measure.arg("--slow-sync").arg(library)),
                Err(error) => println!("      without a slow disk: {error:#}"),
            }
            exec::run(&mut measure)
        })
        .run()
}

/// Compiles the package bench.
pub fn compile(tools: &Tools) -> Result<()> {
    exec::run(tools.command("cargo").args(["build", "--release", "--package", PACKAGE]))
}

/// Returns the path of its program.
pub fn program() -> Result<PathBuf> {
    Ok(paths::target()?.join("release").join(PACKAGE))
}

/// Returns the path of a library that [`compile_shim`] makes.
pub fn shim(name: &str) -> Result<PathBuf> {
    Ok(paths::target()?.join(format!("{name}.so")))
}

/// Compiles a library of bench/shims/, which is preloaded into another program.
pub fn compile_shim(tools: &Tools, name: &str) -> Result<PathBuf> {
    let library = shim(name)?;
    let source = Path::new("bench/shims").join(format!("{name}.c"));
    let mut cc = tools.command("cc");
    cc.args(["-shared", "-fPIC", "-O2", "-o"]).arg(&library).arg(source).arg("-ldl");
    exec::run(&mut cc)?;
    Ok(library)
}
