//! Writes RELIABILITY.md.

use std::{fmt::Write as _, fs};

use anyhow::Result;

use super::{
    attacks::ATTACKS,
    results::{Results, format_line},
    rows::{ROWS, Row},
};
use crate::paths;

/// What `soak` writes, in the workspace.
pub const PAGE: &str = "RELIABILITY.md";

/// Writes the page.
pub fn write(results: &Results) -> Result<()> {
    fs::write(paths::workspace()?.join(PAGE), render(results)?)?;
    Ok(())
}

fn render(results: &Results) -> Result<String> {
    let mut page = include_str!("head.md").to_owned();
    page.push_str("\n| # | what is done | what must hold | shown by | result |\n");
    page.push_str("| --- | --- | --- | --- | --- |\n");
    for row in ROWS {
        let (number, done, holds) = (row.number, row.done, row.holds);
        let (shown, result) = (list_proofs(row), summarize(row, results));
        writeln!(page, "| {number} | {done} | {holds} | {shown} | {result} |")?;
    }
    write_attacks(&mut page, results)?;
    for row in ROWS {
        writeln!(page, "\n## {}. {}\n\n{}\n", row.number, row.done, row.holds)?;
        write_scenarios(&mut page, row, results)?;
        write_tests(&mut page, row)?;
    }
    Ok(page)
}

/// Compares what attacks did to the build of the security review with what they do today.
fn write_attacks(page: &mut String, results: &Results) -> Result<()> {
    page.push_str(include_str!("attacks.md"));
    page.push_str(
        "\n| what is done | the review's build | today: others, and memory | scenario |\n",
    );
    page.push_str("| --- | --- | --- | --- |\n");
    for attack in ATTACKS {
        let today = match results.get(attack.scenario) {
            None => "not run",
            Some(outcome) if !outcome.held => "**failed**",
            Some(outcome) => find_effects(&outcome.sentence),
        };
        let (done, before, scenario) = (attack.done, attack.before, attack.scenario);
        writeln!(page, "| {done} | {before} | {today} | `{scenario}` |")?;
    }
    Ok(())
}

/// Returns the part of a scenario's sentence that says what others noticed.
fn find_effects(sentence: &str) -> &str {
    let others = sentence.split_once("Others: ").map_or(sentence, |(_, others)| others);
    others.split_once(". ").map_or(others, |(others, _)| others)
}

/// Names what shows a row.
fn list_proofs(row: &Row) -> String {
    let scenarios = row.scenarios.iter().map(|name| format!("`{name}`"));
    let tests: usize = row.tests.iter().map(|(_, names)| names.len()).sum();
    let tests = match tests {
        0 => None,
        1 => Some("1 test".to_owned()),
        count => Some(format!("{count} tests")),
    };
    scenarios.chain(tests).collect::<Vec<_>>().join(", ")
}

/// Says in a word what came of a row's scenarios.
fn summarize(row: &Row, results: &Results) -> &'static str {
    let outcomes: Vec<_> = row.scenarios.iter().map(|name| results.get(name)).collect();
    match () {
        () if outcomes.iter().flatten().any(|outcome| !outcome.held) => "**failed**",
        () if outcomes.iter().any(Option::is_none) => "not run",
        () if outcomes.is_empty() => "by tests",
        () => "held",
    }
}

fn write_scenarios(page: &mut String, row: &Row, results: &Results) -> Result<()> {
    if row.scenarios.is_empty() {
        return Ok(());
    }
    page.push_str("| `cargo xtask soak --only …` | day | result |\n| --- | --- | --- |\n");
    for name in row.scenarios {
        writeln!(page, "{}", format_line(name, results.get(name)))?;
    }
    page.push('\n');
    Ok(())
}

fn write_tests(page: &mut String, row: &Row) -> Result<()> {
    if row.tests.is_empty() {
        return Ok(());
    }
    page.push_str("Tests:\n\n");
    for (file, names) in row.tests {
        for name in *names {
            writeln!(page, "- `{file}`: {}", name.replace('_', "\\_"))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::soak::results::Outcome;

    fn render_with(held: bool) -> Result<String> {
        let outcome = Outcome { held, day: "2026-01-31".into(), sentence: "4 kills".into() };
        let names = ["kills-sqlite", "kills-postgres"];
        let by_name = names.map(|name| (name.to_owned(), outcome.clone()));
        render(&Results::of(BTreeMap::from(by_name)))
    }

    #[test]
    fn a_row_says_what_came_of_it() -> Result<()> {
        let page = render_with(true)?;
        assert!(page.contains("`kills-sqlite`, `kills-postgres`, 2 tests | held |"), "{page}");
        assert!(page.contains("| `kills-sqlite` | 2026-01-31 | 4 kills |"), "{page}");
        assert!(page.contains("`fuzz`, 14 tests | not run |"), "{page}");
        assert!(render_with(false)?.contains("2 tests | **failed** |"));
        Ok(())
    }

    #[test]
    fn an_attack_shows_what_others_noticed() -> Result<()> {
        let sentence = "9 bodies. Others: p99 0.5 ms during; at most 3 MB. 7 events".to_owned();
        let outcome = Outcome { held: true, day: "2026-01-31".into(), sentence };
        let page = render(&Results::of(BTreeMap::from([("bad-bodies".to_owned(), outcome)])))?;
        assert!(page.contains("| p99 0.5 ms during; at most 3 MB | `bad-bodies` |"), "{page}");
        Ok(())
    }

    /// The page in the repository names the rows, scenarios and tests of today.
    #[test]
    fn the_page_is_up_to_date() -> Result<()> {
        let page = fs::read_to_string(paths::workspace()?.join(PAGE))?;
        for row in ROWS {
            assert!(page.contains(&format!("## {}. {}\n\n{}", row.number, row.done, row.holds)));
            let mut tests = String::new();
            write_tests(&mut tests, row)?;
            assert!(page.contains(&tests), "row {}: `cargo xtask soak` writes {tests}", row.number);
            for name in row.scenarios {
                assert!(page.contains(&format!("| `{name}` | ")), "{name}");
            }
        }
        for attack in ATTACKS {
            let line = format!("| {} | {} | ", attack.done, attack.before);
            assert!(page.contains(&line), "`cargo xtask soak` writes {line}");
        }
        Ok(())
    }
}
