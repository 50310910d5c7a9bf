//! Keeps the latest result of each scenario, so that the page can be written after a run of some.

use std::{collections::BTreeMap, fs, path::PathBuf};

use anyhow::{Context, Result};

use crate::{exec, paths, setup::Tools};

/// The latest results.
pub struct Results {
    folder: PathBuf,
    by_name: BTreeMap<String, Outcome>,
}

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
    /// Reads the results of earlier runs.
    pub fn load() -> Result<Self> {
        let folder = paths::target()?.join("soak");
        fs::create_dir_all(&folder)?;
        let mut by_name = BTreeMap::new();
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let text = fs::read_to_string(entry.path())?;
            by_name.extend(Outcome::parse(&text).map(|outcome| (name, outcome)));
        }
        Ok(Self { folder, by_name })
    }

    /// Keeps a result in place of the scenario's earlier one.
    pub fn keep(&mut self, tools: &Tools, name: &str, result: &Result<String>) -> Result<()> {
        let day = exec::read_output(tools.command("date").args(["-u", "+%F"]));
        let day = day.context("`date` does not say the day")?.trim().to_owned();
        let sentence = match result {
            Ok(sentence) => sentence.clone(),
            Err(error) => format!("{error:#}").replace('\n', " "),
        };
        let outcome = Outcome { held: result.is_ok(), day, sentence };
        fs::write(self.folder.join(name), outcome.to_text())?;
        self.by_name.insert(name.to_owned(), outcome);
        Ok(())
    }

    /// Returns a scenario's latest result.
    pub fn get(&self, name: &str) -> Option<&Outcome> {
        self.by_name.get(name)
    }

    /// Creates results without a folder.
    #[cfg(test)]
    pub fn of(by_name: BTreeMap<String, Outcome>) -> Self {
        Self { folder: PathBuf::new(), by_name }
    }
}

impl Outcome {
    fn to_text(&self) -> String {
        let held = if self.held { "held" } else { "failed" };
        format!("{held}\n{}\n{}\n", self.day, self.sentence)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let held = lines.next()? == "held";
        let (day, sentence) = (lines.next()?.to_owned(), lines.next()?.to_owned());
        Some(Self { held, day, sentence })
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome;

    #[test]
    fn an_outcome_is_read_as_it_was_written() {
        for held in [true, false] {
            let outcome = Outcome { held, day: "2026-01-31".into(), sentence: "100 kills".into() };
            assert_eq!(Outcome::parse(&outcome.to_text()), Some(outcome));
        }
        assert_eq!(Outcome::parse("held\n"), None);
    }
}
