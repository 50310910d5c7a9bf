//! Describes the machine, and how busy its processors were.

use anyhow::{Context, Result, ensure};
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
    /// Of this program and the programs that it started and that have ended.
    own: u64,
}

impl Sub for Busy {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            idle: self.idle - before.idle,
            all: self.all - before.all,
            own: self.own - before.own,
        }
    }
}

impl Busy {
    /// Describes the processor time in a sentence.
    pub fn describe(self) -> String {
        let share = |part: u64| 100 * part / self.all.max(1);
        let (idle, own) = (share(self.idle), share(self.own));
        let others = 100_u64.saturating_sub(idle + own);
        let judged = if others > 20 {
            "Other work kept this machine busy, so each rate is lower than the machine allows."
        } else {
            "Little else ran."
        };
        format!(
            "Of the processors' time, this run took {own} %, {idle} % was idle or waited for the \
             disk, and {others} % went to the system and to other programs. {judged}"
        )
    }
}

/// Returns the processor time used so far.
pub fn processor_time() -> Result<Busy> {
    let said = fs::read_to_string("/proc/stat").context("what the processors did is not told")?;
    let line = said.lines().next().unwrap_or_default();
    // The last two, the time of guests, are also in the first two.
    let spent = read_numbers(line, 1, 8).context("the first line of /proc/stat")?;
    let idle = spent.iter().skip(3).take(2).sum();
    Ok(Busy { idle, all: spent.iter().sum(), own: own_time()? })
}

/// Reads so many numbers of a line, from this word on.
fn read_numbers(line: &str, from: usize, count: usize) -> Result<Vec<u64>> {
    let words = line.split_whitespace().skip(from).take(count);
    let numbers = words.map(|word| {
        word.parse().with_context(|| format!("the kernel writes {word:?} in place of a number"))
    });
    let numbers = numbers.collect::<Result<Vec<u64>>>()?;
    ensure!(numbers.len() == count, "the kernel writes {} of {count} numbers", numbers.len());
    Ok(numbers)
}

/// Returns the time of this program and of the children that have ended.
fn own_time() -> Result<u64> {
    let said =
        fs::read_to_string("/proc/self/stat").context("what this program did is not told")?;
    // The program's name, in parentheses, may contain spaces.
    let (_, rest) = said.rsplit_once(')').context("a status without a name")?;
    Ok(read_numbers(rest, 11, 4).context("/proc/self/stat")?.iter().sum())
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

#[cfg(test)]
mod tests {
    use super::read_numbers;

    #[test]
    fn each_number_is_read_or_missed() {
        assert_eq!(read_numbers("cpu 1 2  3 4", 1, 3).unwrap(), [1, 2, 3]);
        for (line, says) in [
            ("cpu 1 x 3", "\"x\" in place of a number"),
            ("cpu 1 -2 3", "\"-2\" in place of a number"),
            ("cpu 1 2", "2 of 3 numbers"),
            ("", "0 of 3 numbers"),
        ] {
            let error = read_numbers(line, 1, 3).unwrap_err().to_string();
            assert!(error.contains(says), "{line:?}: {error}");
        }
    }
}
