//! Tests that what the rows name exists.

use std::fs;

use anyhow::{Context, Result};

use super::{ROWS, SCENARIOS};
use crate::paths;

/// Returns whether a source file has a test of this name.
fn has_test(source: &str, name: &str) -> bool {
    let as_function = format!("fn {name}(");
    let lines: Vec<_> = source.lines().map(str::trim).collect();
    let is_rust = lines.iter().enumerate().any(|(place, line)| {
        // What stands directly above a function belongs to it.
        let above = lines[..place].iter().rev().take_while(|line| !line.is_empty());
        let attributes = above.take_while(|line| !line.ends_with('}'));
        line.contains(&as_function) && attributes.into_iter().any(|line| is_test_attribute(line))
    });
    let title = |quote: char| format!("test({quote}{name}");
    is_rust || ['\'', '`', '"'].iter().any(|quote| source.contains(&title(*quote)))
}

fn is_test_attribute(line: &str) -> bool {
    ["#[test]", "#[tokio::test"].iter().any(|start| line.starts_with(start))
}

#[test]
fn every_named_test_exists() -> Result<()> {
    let mut missing: Vec<&str> = Vec::new();
    for row in ROWS {
        for (file, names) in row.tests {
            let source = fs::read_to_string(paths::workspace()?.join(file))
                .with_context(|| format!("{file} is named for row {}", row.number))?;
            missing.extend(names.iter().copied().filter(|name| !has_test(&source, name)));
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
    Ok(())
}

#[test]
fn every_row_is_shown_by_something_that_exists() {
    let numbers: Vec<_> = ROWS.iter().map(|row| row.number).collect();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
    for row in ROWS {
        assert!(!row.scenarios.is_empty() || !row.tests.is_empty(), "row {}", row.number);
    }
    let mut named: Vec<_> = ROWS.iter().flat_map(|row| row.scenarios).collect();
    let mut all: Vec<_> = SCENARIOS.iter().map(|scenario| &scenario.name).collect();
    named.sort_unstable();
    all.sort_unstable();
    assert_eq!(named, all, "every scenario belongs to one row");
}

#[test]
fn only_a_test_counts() {
    let rust = "#[tokio::test]\n#[expect(x)]\nasync fn one() {\n}\n#[derive(Debug)]\nfn two() {}\n";
    assert!(has_test(rust, "one") && !has_test(rust, "two") && !has_test(rust, "on"));
    let node = "test('a tab that slept, and woke', async () => {\n// 'a tab that crashed'";
    assert!(has_test(node, "a tab that slept") && !has_test(node, "a tab that crashed"));
}
