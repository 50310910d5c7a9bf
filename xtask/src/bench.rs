//! `cargo xtask bench` and `cargo xtask torture`: build what they need and hand over to the
//! package bench, which does the work.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::{
    exec, paths,
    plan::Plan,
    server::{self, Profile},
    setup::{Tools, postgres},
};

/// The package, and the program that it builds.
const PACKAGE: &str = "call-ribbon-bench";
/// What `bench` writes, in the workspace.
const PAGE: &str = "BENCHMARKS.md";

/// Options of `cargo xtask bench`.
#[derive(Args)]
pub struct BenchArguments {
    /// Two seconds for each figure rather than ten
    #[arg(long)]
    quick: bool,
}

/// Options of `cargo xtask torture`.
#[derive(Args)]
pub struct TortureArguments {
    /// How often to kill it, or to restart its servers
    #[arg(long, default_value = "100")]
    rounds: String,
    /// The kind of database
    #[arg(long, value_enum, default_value_t = Database::Sqlite)]
    database: Database,
    /// The seed of all randomness; the same one gives the same events
    #[arg(long, default_value = "1")]
    seed: String,
    /// The scenarios, separated by commas: kill, away, disk-full, disorder, one-id, two-servers
    #[arg(long, default_value = "kill")]
    scenario: String,
    /// Passed on to the program
    #[arg(last = true)]
    more: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
}

/// `cargo xtask bench`.
pub fn bench(arguments: &BenchArguments) -> Result<()> {
    let quick = arguments.quick;
    Plan::new(&[])
        .step("building the server", |tools| server::compile(tools, Profile::Release))
        .step("building what measures it", compile)
        .step("measuring", move |tools| {
            let mut measure = tools.command(&program()?.to_string_lossy());
            measure.args(["report", "--write", PAGE]);
            if quick {
                measure.arg("--quick");
            }
            // What cannot be had is left out of the page, which says so.
            match postgres::ensure_programs() {
                Ok(programs) => drop(measure.arg("--postgres-programs").arg(programs)),
                Err(error) => println!("      without PostgreSQL: {error:#}"),
            }
            match slow_sync(tools) {
                Ok(library) => drop(measure.arg("--slow-sync").arg(library)),
                Err(error) => println!("      without a slow disk: {error:#}"),
            }
            exec::run(&mut measure)
        })
        .run()
}

/// `cargo xtask torture`.
pub fn torture(arguments: &TortureArguments) -> Result<()> {
    let mut words = vec!["torture".to_owned()];
    words.extend(["--rounds".to_owned(), arguments.rounds.clone()]);
    words.extend(["--seed".to_owned(), arguments.seed.clone()]);
    words.extend(["--scenario".to_owned(), arguments.scenario.clone()]);
    words.extend(arguments.more.clone());
    let database = arguments.database;
    Plan::new(&[])
        .step("building the server", |tools| server::compile(tools, Profile::Release))
        .step("building what tortures it", compile)
        .step("torturing", move |tools| {
            let mut torture = tools.command(&program()?.to_string_lossy());
            torture.args(words);
            if database == Database::Postgres {
                torture.args(["--database", "postgres", "--postgres-programs"]);
                torture.arg(postgres::ensure_programs()?);
            }
            exec::run(&mut torture)
        })
        .run()
}

fn compile(tools: &Tools) -> Result<()> {
    exec::run(tools.command("cargo").args(["build", "--release", "--package", PACKAGE]))
}

fn program() -> Result<PathBuf> {
    Ok(paths::target()?.join("release").join(PACKAGE))
}

/// Compiles the library that has each sync of the disk take longer.
fn slow_sync(tools: &Tools) -> Result<PathBuf> {
    let library = paths::target()?.join("slow_sync.so");
    let source = Path::new("bench/shims/slow_sync.c");
    let mut cc = tools.command("cc");
    cc.args(["-shared", "-fPIC", "-O2", "-o"]).arg(&library).arg(source).arg("-ldl");
    exec::run(&mut cc)?;
    Ok(library)
}
