//! Runs other programs, says which one failed, and reports that a slow one is still at work.

use std::{
    env,
    io::{self, BufRead as _, BufReader, Read},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::clock::{Stopwatch, format_duration};

/// How often a program that prints nothing is reported to be still at work.
const HEARTBEAT: Duration = Duration::from_secs(15);
const POLL: Duration = Duration::from_millis(50);

/// A command that does not inherit what `cargo run` told this program about its own package:
/// build scripts that watch these variables would be built again each time.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs a program that shows its own progress.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| not_started(command))?;
    if !status.success() {
        bail!("`{}` failed ({status})", format_command(command));
    }
    Ok(())
}

/// Runs a program that may be silent for long; every 15 seconds a line says that it is at it.
pub fn run_quiet(command: &mut Command, doing: &str) -> Result<()> {
    let watch = Stopwatch::start();
    let mut reported = Duration::ZERO;
    let mut child = command.spawn().with_context(|| not_started(command))?;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        thread::sleep(POLL);
        let elapsed = watch.elapsed();
        if elapsed >= reported + HEARTBEAT {
            reported = elapsed;
            println!("      still {doing}, {}", format_duration(elapsed));
        }
    };
    if !status.success() {
        bail!("`{}` failed ({status})", format_command(command));
    }
    Ok(())
}

/// What a program writes to and is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

/// Runs a program that shows its own progress, and returns what it wrote to one stream.
pub fn run_and_read(command: &mut Command, stream: Stream) -> Result<String> {
    match stream {
        Stream::Output => command.stdout(Stdio::piped()),
        Stream::Error => command.stderr(Stdio::piped()),
    };
    let mut child = command.spawn().with_context(|| not_started(command))?;
    let written: Box<dyn Read> = match (child.stdout.take(), child.stderr.take()) {
        (Some(output), None) => Box::new(output),
        (_, Some(error)) => Box::new(error),
        (None, None) => Box::new(io::empty()),
    };
    let mut text = String::new();
    for line in BufReader::new(written).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        println!("      {line}");
        text.push_str(&line);
        text.push('\n');
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{}` failed ({status})", format_command(command));
    }
    Ok(text)
}

/// What a program printed on standard output; `None` when it is not there or failed.
pub fn read_output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The command as a person would type it.
pub fn format_command(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn not_started(command: &Command) -> String {
    format!("`{}` could not be started", format_command(command))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_command() {
        let failed = run(Command::new("false").arg("--really"));
        assert!(failed.is_err_and(|error| error.to_string().starts_with("`false --really`")));
    }

    #[test]
    fn a_missing_program_has_no_answer() {
        assert_eq!(read_output(&mut Command::new("no-such-program-here")), None);
    }
}
