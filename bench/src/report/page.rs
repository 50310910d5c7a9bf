//! Writes the page of the results.

use super::growth::Growth;
use super::listeners::Heard;
use super::machine::{self, Busy};
use super::{ROUNDS, Report};
use anyhow::Result;
use std::fmt::Write as _;

/// Returns the whole page.
pub fn render(report: &Report, growth: &Growth, heard: &[Heard], busy: Busy) -> Result<String> {
    let mut page = include_str!("head.md").to_owned();
    let (machine, seconds) = (machine::describe(), report.seconds);
    let minutes = report.watch.elapsed().as_secs_f64() / 60.0;
    writeln!(page, "\nMeasured {machine}, {ROUNDS} rounds of {seconds} seconds each.")?;
    write!(page, "All of it took {minutes:.1} minutes. ")?;
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
    page.push_str("\n## Live listeners\n\n");
    page.push_str("| listeners | deliveries per second | p50 / p99 | server's memory |\n");
    page.push_str("| --- | --- | --- | --- |\n");
    for Heard { listeners, rate, p50, p99, memory } in heard {
        let (p50, p99) = (p50.as_secs_f64() * 1e3, p99.as_secs_f64() * 1e3);
        let memory = memory / 1_000_000;
        writeln!(page, "| {listeners} | {rate:.0} | {p50:.0} / {p99:.0} ms | {memory} MB |")?;
    }
    page.push_str("\n## Not measured\n\n");
    for omitted in &report.omitted {
        writeln!(page, "- {omitted}")?;
    }
    page.push('\n');
    page.push_str(include_str!("method.md"));
    Ok(page)
}
