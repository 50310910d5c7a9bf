//! Developer commands: `cargo xtask run`, `test`, `check` and what these are made of.
//!
//! The set-up of a machine lives here and not in prose, so that a machine with nothing but
//! Rust and a C compiler on it can run and test everything by one command.

#![expect(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]

mod bench;
mod browser;
mod check;
mod clock;
mod documents;
mod exec;
mod fingerprint;
mod fuzz;
mod guides;
mod pack;
mod paths;
mod plan;
mod record;
mod schemathesis;
mod server;
mod setup;
mod sizes;
mod soak;
mod test;
mod words;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Developer commands of Call Ribbon", version)]
struct Arguments {
    /// Install missing system packages without asking
    #[arg(long, global = true)]
    yes: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build what is needed and start the server on this machine
    Run(server::RunArguments),
    /// Build the browser files and the server as they are released
    Build(server::BuildArguments),
    /// Run every test: Rust, WebAssembly in Chromium, end to end
    Test(test::TestArguments),
    /// Formatting, lints, documentation, dependencies and download sizes
    Check,
    /// Count one-word function names, phrases that are not plain English, and long files
    Words,
    /// Show what a page downloads; fails when it is too much
    Sizes,
    /// Record which of the ribbon's functions a page needs until it is ready
    Record,
    /// Try the ribbon in Firefox and in a WebKit
    Browsers,
    /// Measure what a page pays for the ribbon, on a slowed processor
    PageCost,
    /// Take the screenshots that the documentation shows
    Screenshots,
    /// Try the server against its OpenAPI document, on both databases
    Schemathesis(schemathesis::SchemathesisArguments),
    /// Measure how fast the server is, and write BENCHMARKS.md
    Bench(bench::BenchArguments),
    /// Do everything to the server that it must withstand, and write RELIABILITY.md
    Soak(soak::SoakArguments),
    /// Run the readers of outside text on generated input (needs a nightly compiler)
    Fuzz(fuzz::FuzzArguments),
    /// Build the guides into book/, to look at them
    Guides,
    /// Install every tool that the other commands need
    Setup,
    /// Turn Trunk's output into what the server embeds (Trunk calls this itself)
    Pack,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.yes {
        setup::apt::agree_to_all();
    }
    match carry_out(arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, and no trace of this program's own calls, whatever RUST_BACKTRACE says.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(command: Command) -> Result<()> {
    match command {
        Command::Run(arguments) => server::run(&arguments),
        Command::Build(arguments) => server::build(&arguments),
        Command::Test(arguments) => test::test(&arguments),
        Command::Check => check::check(),
        Command::Words => words::print(),
        Command::Sizes => sizes::sizes(),
        Command::Record => record::record(),
        Command::Browsers => test::browsers(),
        Command::PageCost => test::page_cost(),
        Command::Screenshots => test::screenshots(),
        Command::Schemathesis(arguments) => schemathesis::schemathesis(&arguments),
        Command::Bench(arguments) => bench::bench(&arguments),
        Command::Soak(arguments) => soak::soak(&arguments),
        Command::Fuzz(arguments) => fuzz::fuzz(&arguments),
        Command::Guides => guides::guides(),
        Command::Setup => setup::everything(),
        Command::Pack => pack::pack(),
    }
}
