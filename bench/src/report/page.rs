//! Writes the page of the results.

use super::growth::Growth;
use super::machine::{self, Busy};
use super::{ROUNDS, Report};
use anyhow::Result;
use std::fmt::Write as _;

/// Returns the whole page.
pub fn render(report: &Report, growth: &Growth, busy: Busy) -> Result<String> {
    let mut page = include_str!("head.md").to_owned();
    let (machine, seconds) = (machine::describe(), report.seconds);
    writeln!(page, "\nMeasured {machine}, {ROUNDS} rounds of {seconds} seconds each.")?;
    writeln!(page, "{}\n", busy.describe())?;
    page.push_str("## Rates\n\n");
    page.push_str(
        "| what | per second | p50 / p99 | compared in the same run with | per second | ratio | aim |\n",
    );
    page.push_str("| --- | --- | --- | --- | --- | --- | --- |\n");
    for line in &report.lines {
        page.push_str(&line.render());
    }
    page.push_str("\n## As calls grow\n\n");
    growth.render(&mut page)?;
    page.push_str("\n## Not measured\n\n");
    for omitted in &report.omitted {
        writeln!(page, "- {omitted}")?;
    }
    page.push('\n');
    page.push_str(include_str!("method.md"));
    Ok(page)
}
