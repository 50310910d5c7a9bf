//! Loads, measures and disturbs a real server. `cargo xtask bench` and `cargo xtask soak` build what
//! it needs and run it.

#![expect(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]

mod client;
mod clock;
mod deciding;
mod load;
mod postgres;
mod report;
mod server;
mod soak;
mod webhooks;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "call-ribbon-bench", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Do harm to a server at full speed, and check what is stored
    Soak(soak::Arguments),
    /// Measure everything, and write it down
    Report(report::Arguments),
    /// Log as fast as the server takes it, for some seconds
    Load(load::Arguments),
    /// Judge calls after millions of earlier ones
    Deciding(deciding::Arguments),
    /// Log events that receivers of webhooks, some of which hang, are told of
    Webhooks(webhooks::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    match run_command(Arguments::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run_command(command: Command) -> Result<()> {
    match command {
        Command::Soak(arguments) => soak::run(arguments).await,
        Command::Report(arguments) => report::run(&arguments).await,
        Command::Load(arguments) => load::run(&arguments).await,
        Command::Deciding(arguments) => deciding::run(&arguments).await,
        Command::Webhooks(arguments) => webhooks::run(&arguments).await,
    }
}
