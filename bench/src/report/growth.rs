//! Measures how speed, size and answers change as calls grow.

use super::filled::{Filled, QUESTIONS, Size};
use super::measure::{Line, Rounds};
use super::{ROUNDS, Report};
use anyhow::Result;
use std::fmt::Write as _;
use std::time::Duration;

/// Calls of the smallest database.
const LEAST: u64 = 10_000;
/// How often each question is asked.
const TIMES: u64 = 40;
const TIMES_QUICK: u64 = 15;
/// The parts of the largest database that are listed.
const PARTS: usize = 24;

/// What was found.
pub struct Growth {
    /// Lines of the table of rates.
    pub lines: Vec<Line>,
    steps: Vec<Step>,
    /// The parts of the largest database, with its number of calls.
    parts: (u64, Vec<Size>),
}

/// A database.
struct Step {
    calls: u64,
    /// Bytes per call.
    size: u64,
    /// Median and 95th percentile for each question.
    answers: Vec<(Duration, Duration)>,
}

/// Fills databases of 10,000 calls, and each with ten times as many up to `most`.
pub async fn measure(report: &Report, most: u64, quick: bool) -> Result<Growth> {
    let mut growth = Growth { lines: Vec::new(), steps: Vec::new(), parts: (0, Vec::new()) };
    let mut calls = LEAST.min(most);
    loop {
        let (mut made, mut copied) = (Rounds::default(), Rounds::default());
        // A million calls take minutes: then one round has to do.
        let rounds = if calls > LEAST { 1 } else { ROUNDS };
        for round in 0..rounds {
            let filled = Filled::make(&report.program, calls).await?;
            made.add_rate(filled.rate());
            copied.add_rate(filled.measure_copy().await?);
            if round + 1 < rounds {
                continue;
            }
            let (size, parts) = filled.measure_size(PARTS).await?;
            let answers = filled.ask_questions(if quick { TIMES_QUICK } else { TIMES }).await?;
            println!("{calls} calls: {size} bytes each");
            growth.steps.push(Step { calls, size, answers });
            growth.parts = (calls, parts);
        }
        let compared = Some(("SQLite copying the same".to_owned(), copied));
        let what = format!("`demo-data`, {calls} calls, SQLite");
        growth.lines.push(Line { what, ours: made, compared, aim: "≥ 40,000/s" });
        if calls == most {
            return Ok(growth);
        }
        calls = calls.saturating_mul(10).min(most);
    }
}

impl Growth {
    /// Writes the tables of the questions and of the sizes.
    pub fn render(&self, page: &mut String) -> Result<()> {
        page.push_str("| p50 / p95 in ms |");
        for step in &self.steps {
            write!(page, " {} calls |", step.calls)?;
        }
        page.push_str("\n| --- |");
        page.push_str(&" --- |".repeat(self.steps.len()));
        page.push('\n');
        for (at, (name, _)) in QUESTIONS.iter().enumerate() {
            write!(page, "| {name} |")?;
            for step in &self.steps {
                let (p50, p95) = step.answers.get(at).copied().unwrap_or_default();
                let (p50, p95) = (p50.as_secs_f64() * 1e3, p95.as_secs_f64() * 1e3);
                write!(page, " {p50:.1} / {p95:.1} |")?;
            }
            page.push('\n');
        }
        page.push_str("| bytes of the file per call |");
        for step in &self.steps {
            write!(page, " {} |", step.size)?;
        }
        let (calls, parts) = &self.parts;
        writeln!(page, "\n\n## What a call has on disk\n\nOf {calls} calls:\n")?;
        page.push_str("| table or index | bytes per call |\n| --- | --- |\n");
        for (name, bytes) in parts {
            writeln!(page, "| `{name}` | {} |", bytes / i64::try_from(*calls)?)?;
        }
        Ok(())
    }
}
