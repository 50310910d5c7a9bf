//! The latest result of each scenario. RELIABILITY.md holds them, so that a run of some scenarios
//! keeps the others' results.

use std::{collections::BTreeMap, fs};

use anyhow::{Context, Result};

use super::page::PAGE;
use crate::{exec, paths, setup::Tools};

/// What stands before the sentence of a scenario that failed.
const FAILED: &str = "**Failed.** ";

/// The latest results.
pub struct Results(BTreeMap<String, Outcome>);

/// What came of a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Whether everything held.
    pub held: bool,
    /// The day, as `2026-01-31`.
    pub day: String,
    /// What was counted; the error, if something did not hold.
    pub sentence: String,
}

impl Results {
    /// Reads the results of earlier runs from the page.
    pub fn load() -> Result<Self> {
        let page = fs::read_to_string(paths::workspace()?.join(PAGE))?;
        Ok(Self(page.lines().filter_map(parse_line).collect()))
    }

    /// Puts a result in place of the scenario's earlier one.
    pub fn keep(&mut self, tools: &Tools, name: &str, result: &Result<String>) -> Result<()> {
        let day = exec::read_output(tools.command("date").args(["-u", "+%F"]));
        let day = day.context("`date` does not say the day")?.trim().to_owned();
        let sentence = match result {
            Ok(sentence) => sentence.clone(),
            Err(error) => format!("{error:#}"),
        };
        let sentence = sentence.replace('\n', " ");
        self.0.insert(name.to_owned(), Outcome { held: result.is_ok(), day, sentence });
        Ok(())
    }

    /// Returns a scenario's latest result.
    pub fn get(&self, name: &str) -> Option<&Outcome> {
        self.0.get(name)
    }

    /// Creates results that are on no page.
    #[cfg(test)]
    pub fn of(by_name: BTreeMap<String, Outcome>) -> Self {
        Self(by_name)
    }
}

/// Writes the line of a scenario for the page.
pub fn format_line(name: &str, outcome: Option<&Outcome>) -> String {
    let Some(Outcome { held, day, sentence }) = outcome else {
        return format!("| `{name}` | | not run |");
    };
    let failed = if *held { "" } else { FAILED };
    format!("| `{name}` | {day} | {failed}{} |", sentence.replace('|', "\\|"))
}

/// Parses what [`format_line`] writes; `None` for any other line, and for a scenario that was not
/// run.
fn parse_line(line: &str) -> Option<(String, Outcome)> {
    let (name, rest) = line.strip_prefix("| `")?.split_once("` | ")?;
    let (day, sentence) = rest.strip_suffix(" |")?.split_once(" | ")?;
    let is_day = day.len() == 10 && day.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if !is_day {
        return None;
    }
    let (held, sentence) = match sentence.strip_prefix(FAILED) {
        Some(sentence) => (false, sentence),
        None => (true, sentence),
    };
    let sentence = sentence.replace("\\|", "|");
    Some((name.to_owned(), Outcome { held, day: day.to_owned(), sentence }))
}

#[cfg(test)]
mod tests {
    use super::{Outcome, format_line, parse_line};

    #[test]
    fn a_result_is_read_as_it_was_written() {
        for held in [true, false] {
            let sentence = "100 kills | 3 MB | **none**".to_owned();
            let outcome = Outcome { held, day: "2026-01-31".into(), sentence };
            let line = format_line("kills", Some(&outcome));
            assert_eq!(parse_line(&line), Some(("kills".to_owned(), outcome)));
        }
        for other in [
            &format_line("kills", None),
            "| `cargo xtask soak --only …` | day | result |",
            "| 1 | The disk is full | 503 | `disk-full` | held |",
            "",
        ] {
            assert_eq!(parse_line(other), None, "{other}");
        }
    }
}
