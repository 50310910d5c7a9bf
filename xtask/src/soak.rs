//! `cargo xtask soak`: does everything to the server that it must withstand and that takes longer
//! than a test may, and writes RELIABILITY.md.
//!
//! The package bench does most of it. Each scenario compares what is stored at its end with what
//! was acknowledged, and says in one sentence what it counted.

mod attacks;
mod page;
mod results;
mod rows;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{
    bench,
    exec::{self, Stream},
    fuzz,
    plan::Plan,
    schemathesis,
    server::{self, Profile},
    setup::{Need, Tools, postgres},
};
use results::Results;
use rows::{Scenario, Work};

/// What stands before a scenario's sentence.
const RESULT: &str = "result: ";
/// Examples of each operation in a small run.
const FEW_EXAMPLES: &str = "--max-examples=5";

/// Options of `cargo xtask soak`.
#[derive(Args)]
pub struct SoakArguments {
    /// Run these scenarios alone; repeat it, or separate several with commas
    #[arg(long, value_delimiter = ',', value_name = "SCENARIO")]
    only: Vec<String>,
    /// A small run of some minutes, which does not write RELIABILITY.md
    #[arg(long)]
    quick: bool,
    /// Seconds for each fuzz target
    #[arg(long, default_value_t = 300)]
    fuzz_seconds: u32,
    /// The server's program, as it is released [default: build it]
    #[arg(long, value_name = "PATH")]
    server: Option<PathBuf>,
}

/// `cargo xtask soak`. Runs every scenario, whether or not others fail.
pub fn soak(arguments: &SoakArguments) -> Result<()> {
    let wanted = wanted_scenarios(&arguments.only)?;
    let has = |kind: Work| wanted.iter().any(|scenario| scenario.work == kind);
    let mut needs = Vec::new();
    if has(Work::Schemathesis) {
        needs.extend([Need::Postgres, Need::Schemathesis]);
    }
    if has(Work::Fuzz) {
        needs.push(Need::CargoFuzz);
    }
    let mut plan = Plan::new(&needs);
    if has(Work::Bench) {
        if arguments.server.is_none() {
            plan =
                plan.step("building the server", |tools| server::compile(tools, Profile::Release));
        }
        plan = plan.step("building what disturbs it", |tools| {
            bench::compile(tools)?;
            bench::compile_shim(tools, "lose_unsynced").map(drop)
        });
    }
    let run = Run {
        quick: arguments.quick,
        fuzz_seconds: if arguments.quick { 5 } else { arguments.fuzz_seconds },
        server: arguments.server.clone().map_or_else(|| server::program(Profile::Release), Ok)?,
    };
    plan.step("disturbing it", move |tools| run.run_all(tools, &wanted)).run()
}

/// How to run scenarios.
struct Run {
    quick: bool,
    fuzz_seconds: u32,
    server: PathBuf,
}

impl Run {
    fn run_all(&self, tools: &Tools, wanted: &[&Scenario]) -> Result<()> {
        let mut failed = Vec::new();
        for (place, scenario) in wanted.iter().enumerate() {
            println!("      {}/{}: {}", place + 1, wanted.len(), scenario.name);
            let result = self.run_one(tools, scenario);
            match &result {
                Ok(sentence) => println!("      {}: {sentence}", scenario.name),
                Err(error) => {
                    println!("      {} FAILED: {error:#}", scenario.name);
                    failed.push(scenario.name);
                }
            }
            // A small run says nothing of the amounts that the page promises.
            if !self.quick {
                // Another run may have written the page meanwhile.
                let mut results = Results::load()?;
                results.keep(tools, scenario.name, &result)?;
                page::write(&results)?;
            }
        }
        if !failed.is_empty() {
            bail!("failed: {}", failed.join(", "));
        }
        Ok(())
    }

    /// Runs a scenario and returns its sentence.
    fn run_one(&self, tools: &Tools, scenario: &Scenario) -> Result<String> {
        match scenario.work {
            Work::Bench => self.run_bench(tools, scenario.name),
            Work::Fuzz => fuzz::run_all(tools, self.fuzz_seconds),
            Work::Schemathesis => {
                let more = if self.quick { vec![FEW_EXAMPLES.to_owned()] } else { Vec::new() };
                schemathesis::run_all(tools, &more)
            }
        }
    }

    fn run_bench(&self, tools: &Tools, name: &str) -> Result<String> {
        let mut soak = tools.command(&bench::program()?.to_string_lossy());
        soak.args(["soak", name, "--server"]).arg(&self.server);
        soak.arg("--postgres-programs").arg(postgres::ensure_programs()?);
        soak.arg("--lose-unsynced").arg(bench::shim("lose_unsynced")?);
        if self.quick {
            soak.arg("--quick");
        }
        let said = exec::run_and_read(&mut soak, Stream::Output)?;
        let result = said.lines().rev().find_map(|line| line.strip_prefix(RESULT));
        Ok(result.context("the scenario gave no result")?.to_owned())
    }
}

/// Returns the scenarios of these names, or all.
fn wanted_scenarios(only: &[String]) -> Result<Vec<&'static Scenario>> {
    if only.is_empty() {
        return Ok(rows::SCENARIOS.iter().collect());
    }
    let find = |name: &String| {
        rows::SCENARIOS.iter().find(|scenario| scenario.name == name).with_context(|| {
            let names: Vec<_> = rows::SCENARIOS.iter().map(|scenario| scenario.name).collect();
            format!("there is no scenario {name}; there are {}", names.join(", "))
        })
    };
    only.iter().map(find).collect()
}
