//! Counts how the sources read: one-word function names, phrases of a dialect, long files.
//!
//! `cargo xtask words` prints the table, `cargo xtask check` fails when a count exceeds its limit.
//! The limits are what was there when they were last lowered, and they only go down.

mod functions;
mod phrases;
mod sources;

use std::fmt::Display;

use anyhow::{Result, bail};

use functions::Names;
use phrases::Phrase;
use sources::Source;

use crate::paths;

/// Phrases that plain English says more shortly, each with the largest number that passes.
const PHRASES: &[Phrase] = &[
    Phrase {
        name: "those who, one who, whoever",
        forms: &["those who", "one who", "whoever"],
        limit: 0,
    },
    Phrase { name: "anew", forms: &["anew"], limit: 1 },
    Phrase { name: "by itself, by themselves", forms: &["by itself", "by themselves"], limit: 0 },
    Phrase {
        name: "where there is, it, none, nothing",
        forms: &["where there", "where it", "where none", "where nothing"],
        limit: 17,
    },
];

/// A source file should not be longer than this many lines.
const LONGEST: usize = 400;
/// How many source files may be longer.
const LONG_FILES: usize = 0;

/// `cargo xtask words`.
pub fn print() -> Result<()> {
    let sources = sources::read(&paths::workspace()?)?;
    print_names(&sources);
    print_phrases(&sources);
    println!();
    match over(&sources) {
        complaints if complaints.is_empty() => println!("no count exceeds its limit"),
        complaints => println!("{}", complaints.join("\n")),
    }
    Ok(())
}

/// Fails when a count exceeds its limit.
pub fn check() -> Result<()> {
    let complaints = over(&sources::read(&paths::workspace()?)?);
    if !complaints.is_empty() {
        bail!("{}; `cargo xtask words` counts them by folder", complaints.join("; "));
    }
    Ok(())
}

/// One sentence for each count that exceeds its limit.
fn over(sources: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    for phrase in PHRASES {
        let found: usize = sources.iter().map(|source| phrase.count(&source.prose)).sum();
        if found > phrase.limit {
            let Phrase { name, limit, .. } = phrase;
            complaints.push(format!("comments say “{name}” {found} times, at most {limit} pass"));
        }
    }
    let long: Vec<_> = sources.iter().filter(|source| source.is_long(LONGEST)).collect();
    if long.len() > LONG_FILES {
        let names: Vec<_> =
            long.iter().map(|file| format!("{} ({})", file.path, file.lines)).collect();
        let names = names.join(", ");
        complaints.push(format!(
            "{} files have more than {LONGEST} lines, at most {LONG_FILES} may: {names}",
            long.len()
        ));
    }
    complaints
}

fn print_names(sources: &[Source]) {
    println!("functions, without tests and methods of traits");
    println!("{:<24}{:>8}{:>10}{:>8}", "", "all", "one word", "share");
    for part in sources::parts(sources) {
        let mut names = Names::default();
        for source in sources.iter().filter(|source| source.part == part) {
            names.add(&source.code);
        }
        if let Some(share) = (names.one_word * 100).checked_div(names.all) {
            println!("{part:<24}{:>8}{:>10}{share:>6} %", names.all, names.one_word);
        }
    }
}

fn print_phrases(sources: &[Source]) {
    println!();
    println!("phrases in comments and documents, and files of more than {LONGEST} lines");
    let columns = PHRASES.iter().map(|phrase| phrase.forms[0]).chain(["long files"]);
    print_row("", columns);
    let row = |name: &str, part: &[&Source]| {
        let counts = PHRASES
            .iter()
            .map(|phrase| part.iter().map(|source| phrase.count(&source.prose)).sum::<usize>());
        let long = part.iter().filter(|source| source.is_long(LONGEST)).count();
        print_row(name, counts.chain([long]));
    };
    for part in sources::parts(sources) {
        let of_part: Vec<_> = sources.iter().filter(|source| source.part == part).collect();
        row(part, &of_part);
    }
    row("all", &sources.iter().collect::<Vec<_>>());
    let limits = PHRASES.iter().map(|phrase| phrase.limit).chain([LONG_FILES]);
    print_row("limit", limits);
}

fn print_row(name: &str, cells: impl Iterator<Item = impl Display>) {
    print!("{name:<24}");
    for cell in cells {
        print!("{cell:>14}");
    }
    println!();
}
