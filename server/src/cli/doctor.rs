//! The command `call-ribbon doctor`: prints each finding on a line.

use crate::config::{Config, FileError};
use crate::doctor::{Finding, State, run_checks};
use crate::time::SystemClock;
use clap::Args;
use serde_json::json;
use std::io::{self, Write as _};
use std::path::Path;

/// Settings as of `serve`, and how to say what was found.
#[derive(Debug, Args)]
pub struct Doctor {
    #[command(flatten)]
    pub config: Config,
    /// Prints JSON.
    #[arg(long)]
    pub json: bool,
}

/// Checks everything and prints the findings; returns whether a server would work.
pub async fn run(
    doctor: Doctor,
    file: Option<&Path>,
    refused: Option<&FileError>,
) -> io::Result<bool> {
    let findings = match refused {
        // The other checks would run as if nothing were set.
        Some(error) => vec![Finding::problem("settings", error.to_string())],
        None => run_checks(doctor.config, file, &SystemClock).await,
    };
    let works = findings.iter().all(|finding| finding.state != State::Problem);
    let mut out = io::stdout().lock();
    if doctor.json {
        writeln!(out, "{}", json!({ "works": works, "findings": findings }))?;
    } else {
        for Finding { about, state, sentence } in &findings {
            let state = match state {
                State::Ok => "ok",
                State::Warning => "warning",
                State::Problem => "problem",
            };
            writeln!(out, "{state:<8} {about}: {sentence}")?;
        }
    }
    out.flush()?;
    Ok(works)
}
