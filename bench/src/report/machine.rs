//! Describes the machine, and how busy its processors were.

use anyhow::{Context, Result};
use chrono::Utc;
use std::fs;
use std::ops::Sub;
use std::process::Command;
use std::thread::available_parallelism;

/// Processor time, in the kernel's own unit.
#[derive(Debug, Clone, Copy)]
pub struct Busy {
    idle: u64,
    all: u64,
}

impl Sub for Busy {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self { idle: self.idle - before.idle, all: self.all - before.all }
    }
}

impl Busy {
    /// Describes the processor time in a sentence.
    pub fn describe(self) -> String {
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load.split_whitespace().nth(2).unwrap_or("unknown").to_owned();
        let idle = 100 * self.idle / self.all.max(1);
        format!(
            "The processors were idle for {idle} % of the time; the load over the last quarter of \
             an hour was {load}. A load above the number of processors means that others used \
             them too: then the times are those of a busy machine."
        )
    }
}

/// Returns the processor time used so far.
pub fn processor_time() -> Result<Busy> {
    let said = fs::read_to_string("/proc/stat").context("what the processors did is not told")?;
    let line = said.lines().next().unwrap_or_default();
    let spent: Vec<u64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    Ok(Busy { idle: spent.get(3).copied().unwrap_or_default(), all: spent.iter().sum() })
}

/// Returns the date, the processors and the versions.
#[expect(clippy::disallowed_methods, reason = "the day of the run is part of what is reported")]
pub fn describe() -> String {
    let day = Utc::now().format("%Y-%m-%d");
    let processors = available_parallelism().map_or(0, usize::from);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.and_then(|line| line.split(": ").nth(1)).unwrap_or("unknown processors");
    let kernel = Command::new("uname").arg("-sr").output().map(|said| said.stdout);
    let kernel = String::from_utf8_lossy(&kernel.unwrap_or_default()).trim().to_owned();
    let version = env!("CARGO_PKG_VERSION");
    format!("on {day} with version {version}, on {processors} × {model}, {kernel}")
}
