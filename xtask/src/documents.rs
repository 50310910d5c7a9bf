//! Checks the documents: every path that they name exists, and the first page stays short.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};

use crate::paths;

/// The page that a newcomer reads first, and how many lines it may have.
const FIRST_PAGE: &str = "ARCHITECTURE.md";
const FIRST_PAGE_LINES: usize = 150;
/// The documents at the top; those in `docs/` are found.
const AT_THE_TOP: &[&str] = &[
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CODE_OF_CONDUCT.md",
    "CONTRIBUTING.md",
    "README.md",
    "RELIABILITY.md",
    "SECURITY.md",
];
/// What a path in backticks begins with. Anything else may be an address, a table or an option.
const FOLDERS: &[&str] = &[
    ".ci/",
    ".devcontainer/",
    ".github/",
    "bench/",
    "deploy/",
    "docs/",
    "end2end/",
    "examples/",
    "integrations/",
    "npm/",
    "server/",
    "shared/",
    "widget/",
    "xtask/",
];

/// Fails with one line for each path that does not exist.
pub fn check() -> Result<()> {
    let complaints = complaints(&paths::workspace()?)?;
    if !complaints.is_empty() {
        bail!("{}", complaints.join("\n"));
    }
    Ok(())
}

fn complaints(workspace: &Path) -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    for document in documents(workspace)? {
        let file = workspace.join(&document);
        let text = fs::read_to_string(&file).with_context(|| format!("{document} is not there"))?;
        if document == FIRST_PAGE && text.lines().count() > FIRST_PAGE_LINES {
            complaints.push(format!("{document} has more than {FIRST_PAGE_LINES} lines"));
        }
        let folder = file.parent().unwrap_or(workspace);
        for path in linked(&text) {
            if !folder.join(path).exists() {
                complaints.push(format!("{document} links to {path}, which does not exist"));
            }
        }
        // What has changed names what was there then.
        for path in in_backticks(&text).filter(|_| document != "CHANGELOG.md") {
            if !workspace.join(path).exists() {
                complaints.push(format!("{document} names {path}, which does not exist"));
            }
        }
    }
    Ok(complaints)
}

/// The paths of all documents within the workspace.
fn documents(workspace: &Path) -> Result<Vec<String>> {
    let mut documents: Vec<String> = AT_THE_TOP.iter().map(|name| (*name).to_owned()).collect();
    for folder in ["docs", "docs/guides", "docs/internals"] {
        for entry in fs::read_dir(workspace.join(folder))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if Path::new(&name).extension().is_some_and(|ending| ending == "md") {
                documents.push(format!("{folder}/{name}"));
            }
        }
    }
    documents.sort();
    Ok(documents)
}

/// The targets of Markdown links that point into the repository, without their anchors.
fn linked(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| {
        let target = rest.split(')').next()?.split('#').next()?;
        (!target.is_empty() && !target.contains(':')).then_some(target)
    })
}

/// What stands in backticks and begins like a path of this repository.
fn in_backticks(text: &str) -> impl Iterator<Item = &str> {
    // A block of code has three, which leave every second piece between two of them a word.
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).filter(|word| {
        let is_plain = !word.contains([' ', '*', '{', '<', '…', ':']);
        is_plain && FOLDERS.iter().any(|folder| word.starts_with(folder))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_in_the_documents_exists() -> Result<()> {
        assert_eq!(complaints(&paths::workspace()?)?, Vec::<String>::new());
        Ok(())
    }

    #[test]
    fn links_and_paths_are_told_from_anything_else() {
        let text = "See [this](docs/a.md#part), [that](https://x.y/z) and [here](#there).\n\
                    In `server/src/x.rs`, not `calls/{id}`, `server/{a,b}` or `cargo test`.\n";
        assert_eq!(linked(text).collect::<Vec<_>>(), ["docs/a.md"]);
        assert_eq!(in_backticks(text).collect::<Vec<_>>(), ["server/src/x.rs"]);
    }
}
