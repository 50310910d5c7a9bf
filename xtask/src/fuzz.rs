//! `cargo xtask fuzz`: runs the server's readers of outside text on generated input, by libFuzzer.
//!
//! The same targets run on their seeds, changed at random, in the server's own tests. Those are
//! quick and deterministic; this runs for as long as one likes and finds more.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{
    exec::{self, Stream},
    paths,
    plan::Plan,
    setup::{Need, Tools},
};

/// The compiler that libFuzzer needs.
const TOOLCHAIN: &str = "+nightly";
/// Seconds for one input, beyond which it counts as a fault.
const TIMEOUT_SECONDS: u32 = 10;
/// What stands before the number of inputs in libFuzzer's statistics.
const EXECUTED: &str = "stat::number_of_executed_units:";
/// The most bytes of an input: that of a webhook.
const MAX_INPUT_BYTES: usize = 64 * 1024;

/// Options of `cargo xtask fuzz`.
#[derive(Args)]
pub struct FuzzArguments {
    /// Run this target alone; a file of fuzz/targets/, without its ending
    target: Option<String>,
    /// Seconds for each target
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

/// `cargo xtask fuzz`.
pub fn fuzz(arguments: &FuzzArguments) -> Result<()> {
    let all = target_names()?;
    let wanted = match &arguments.target {
        Some(name) if all.contains(name) => vec![name.clone()],
        Some(name) => bail!("there is no target {name}; there are {}", all.join(", ")),
        None => all,
    };
    let seconds = arguments.seconds;
    Plan::new(&[Need::CargoFuzz])
        .step("building the targets", build)
        .step("running the targets", move |tools| {
            println!("{}", run_targets(tools, &wanted, seconds)?);
            Ok(())
        })
        .run()
}

/// Builds and runs every target for so many seconds; returns a sentence with the counts.
pub fn run_all(tools: &Tools, seconds: u32) -> Result<String> {
    build(tools)?;
    run_targets(tools, &target_names()?, seconds)
}

fn build(tools: &Tools) -> Result<()> {
    share_lock_file()?;
    exec::run(cargo_fuzz(tools, "build")?.args(["--sanitizer", "none"]))
}

fn run_targets(tools: &Tools, targets: &[String], seconds: u32) -> Result<String> {
    let mut counts = Vec::new();
    for target in targets {
        println!("      {target}");
        counts.push(format!("{target} {}", run_target(tools, target, seconds)?));
    }
    Ok(format!("{seconds} s for each target, no crash; inputs tried: {}", counts.join(", ")))
}

/// Runs one target and returns the number of inputs. What it finds interesting is kept in fuzz/corpus/ for the next run, and what
/// fails in fuzz/artifacts/.
fn run_target(tools: &Tools, target: &str, seconds: u32) -> Result<u64> {
    let corpus = folder()?.join("corpus").join(target);
    fs::create_dir_all(&corpus)?;
    let mut fuzz = cargo_fuzz(tools, "run")?;
    fuzz.args(["--sanitizer", "none", target]);
    fuzz.arg(corpus).arg(folder()?.join("seeds").join(target)).arg("--");
    fuzz.arg(format!("-max_total_time={seconds}"));
    fuzz.arg(format!("-timeout={TIMEOUT_SECONDS}"));
    fuzz.arg(format!("-max_len={MAX_INPUT_BYTES}"));
    fuzz.args(["-print_final_stats=1", "-verbosity=0"]);
    let written = exec::run_and_read(&mut fuzz, Stream::Error)?;
    let line = written.lines().find_map(|line| line.strip_prefix(EXECUTED));
    let count = line.with_context(|| format!("{target} did not say how many inputs it tried"))?;
    Ok(count.trim().parse()?)
}

/// Without a sanitizer: they find faults of unsafe code, and the server has none.
fn cargo_fuzz(tools: &Tools, command: &str) -> Result<std::process::Command> {
    let mut cargo = tools.command("cargo");
    cargo.args([TOOLCHAIN, "fuzz", command, "--fuzz-dir"]).arg(folder()?);
    Ok(cargo)
}

/// Gives the fuzz crate, which is a workspace of its own, the product's versions of everything.
fn share_lock_file() -> Result<()> {
    let from = paths::workspace()?.join("Cargo.lock");
    fs::copy(&from, folder()?.join("Cargo.lock"))
        .with_context(|| format!("{} could not be copied", from.display()))?;
    Ok(())
}

fn folder() -> Result<PathBuf> {
    Ok(paths::workspace()?.join("fuzz"))
}

/// Returns the targets' names, in alphabetical order.
fn target_names() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder()?.join("targets"))? {
        let path = entry?.path();
        names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}
