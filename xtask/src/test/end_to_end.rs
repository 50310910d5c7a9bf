//! Runs the tests end to end. Files that failed run again alone, and the last lines name them.

use std::{
    collections::BTreeSet,
    fmt, fs,
    io::{self, IsTerminal as _},
    num::NonZero,
    thread,
};

use anyhow::{Context, Result, bail};

use crate::{exec, paths, setup::Tools};

/// The most files that run again. If more fail, the build is broken, and not a test unstable.
const MOST_AGAIN: usize = 3;
/// The reporter that writes [`Failure`]s, in end2end/.
const REPORTER: &str = "./support/failures.mjs";
/// Its last line, if all tests were run.
const DONE: &str = "done";

/// A test that failed.
#[derive(Debug, PartialEq, Eq)]
struct Failure {
    /// The path of its file.
    file: String,
    /// Its name.
    test: String,
    /// The message of its error.
    error: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.rsplit('/').next().unwrap_or_default();
        write!(f, "{file}: {}: {}", self.test, self.error)
    }
}

/// Runs all tests. A file with a failed test runs once more, without others beside it: on a busy
/// machine a test may fail for lack of time. What fails twice is an error; what fails once is named
/// as unstable.
///
/// # Errors
///
/// If a test fails twice, more than three files fail, or the tests do not run.
pub fn run(tools: &Tools) -> Result<()> {
    let failed = run_files(tools, &BTreeSet::new())?;
    let files: BTreeSet<&str> = failed.iter().map(|failure| failure.file.as_str()).collect();
    if files.is_empty() {
        return Ok(());
    }
    if files.len() > MOST_AGAIN {
        bail!("tests end to end failed:\n{}", format_failures(&failed));
    }
    println!("      failed, and run again alone:\n{}", format_failures(&failed));
    let again = run_files(tools, &files)?;
    if !again.is_empty() {
        bail!("tests end to end failed twice:\n{}", format_failures(&again));
    }
    println!("      UNSTABLE, failed once and passed alone:\n{}", format_failures(&failed));
    Ok(())
}

/// Runs files, all if none is named, and returns the tests that failed.
fn run_files(tools: &Tools, files: &BTreeSet<&str>) -> Result<Vec<Failure>> {
    let report = paths::workspace()?.join("target/end2end-failures.tsv");
    if report.exists() {
        fs::remove_file(&report)?;
    }
    let shown = if io::stdout().is_terminal() { "spec" } else { "tap" };
    let mut node = super::node_for_pages(tools)?;
    node.arg("--test").arg(format!("--test-reporter={shown}"));
    node.args(["--test-reporter-destination=stdout", &format!("--test-reporter={REPORTER}")]);
    node.arg(format!("--test-reporter-destination={}", report.display()));
    // Node leaves one processor free, which is half of a small machine. A test mostly waits for the
    // browser, so there are as many files at once as processors.
    let processors = thread::available_parallelism().map_or(2, NonZero::get);
    let at_once = if files.is_empty() { processors } else { 1 };
    node.arg(format!("--test-concurrency={at_once}")).args(files);
    let result = exec::run(&mut node);
    match (result, parse_failures(&fs::read_to_string(&report).unwrap_or_default())) {
        (Ok(()), Some(failed)) => Ok(failed),
        (Err(_), Some(failed)) if !failed.is_empty() => Ok(failed),
        // Tests that did not run are no tests that passed.
        (Ok(()), None) => bail!("the tests did not run to their end"),
        (Err(error), _) => Err(error).context("it was no test that failed"),
    }
}

/// Parses what the reporter writes: for each failure a line with file, test and error, and tabs
/// between them. `None` if the run was cut off.
fn parse_failures(report: &str) -> Option<Vec<Failure>> {
    let report = report.strip_suffix(&format!("{DONE}\n"))?;
    let parse_line = |line: &str| {
        let mut cells = line.splitn(3, '\t').map(str::to_owned);
        Some(Failure { file: cells.next()?, test: cells.next()?, error: cells.next()? })
    };
    report.lines().map(parse_line).collect()
}

fn format_failures(failed: &[Failure]) -> String {
    let lines: Vec<String> = failed.iter().map(|failure| format!("      {failure}")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{Failure, format_failures, parse_failures};

    #[test]
    fn failures_are_read_as_the_reporter_writes_them() {
        let failure = |file: &str, test: &str, error: &str| Failure {
            file: file.into(),
            test: test.into(),
            error: error.into(),
        };
        let report = "/a/b.test.mjs\tit rings\tTimeout\tof 2 s\n/a/c.test.mjs\tx\t\n";
        // A run that was cut off has no last line, whatever had failed before.
        assert_eq!(parse_failures(report), None);
        assert_eq!(parse_failures(""), None);
        assert_eq!(parse_failures("done\n"), Some(Vec::new()));
        let read = parse_failures(&format!("{report}done\n")).unwrap();
        let expected = [
            failure("/a/b.test.mjs", "it rings", "Timeout\tof 2 s"),
            failure("/a/c.test.mjs", "x", ""),
        ];
        assert_eq!(read, expected);
        assert!(format_failures(&read).contains("b.test.mjs: it rings: Timeout"));
    }
}
