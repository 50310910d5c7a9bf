//! Reads the files that people write: code, and the documents beside it.

use std::{fs, path::Path};

use anyhow::{Context, Result};

/// A file.
pub struct Source {
    /// Its path in the workspace.
    pub path: String,
    /// What it is counted under: the folder at the top, or `documents`.
    pub part: &'static str,
    /// Its Rust code; empty for anything else.
    pub code: String,
    /// Its comments, or the whole document, in lower case and with one space between words.
    pub prose: String,
    /// How many lines it has.
    pub lines: usize,
}

impl Source {
    /// Whether it is code of more lines than this.
    pub fn is_long(&self, longest: usize) -> bool {
        self.part != DOCUMENTS && self.lines > longest
    }
}

/// Documents, wherever they lie.
const DOCUMENTS: &str = "documents";
/// The folders of code, in the order of the table.
const FOLDERS: &[&str] =
    &["server", "shared", "rules", "widget", "xtask", "bench", "end2end", "npm"];
/// Folders that hold no file of ours.
const SKIPPED: &[&str] = &["node_modules", "target", "dist"];

/// Reads them all.
pub fn read(workspace: &Path) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for folder in FOLDERS {
        add(&mut sources, workspace, folder, folder)?;
    }
    for entry in fs::read_dir(workspace)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if is_document(&name) {
            add(&mut sources, workspace, &name, DOCUMENTS)?;
        }
    }
    add(&mut sources, workspace, "docs", DOCUMENTS)?;
    Ok(sources)
}

/// The parts that have a file, in the order of the table.
pub fn parts(sources: &[Source]) -> impl Iterator<Item = &'static str> {
    let parts = FOLDERS.iter().copied().chain([DOCUMENTS]);
    parts.filter(|part| sources.iter().any(|source| source.part == *part))
}

fn add(sources: &mut Vec<Source>, root: &Path, path: &str, part: &'static str) -> Result<()> {
    let file = root.join(path);
    if file.is_dir() {
        let entries = fs::read_dir(&file)?.map(|entry| entry.map(|entry| entry.file_name()));
        let mut names = entries.collect::<std::io::Result<Vec<_>>>()?;
        names.sort();
        for name in names.iter().map(|name| name.to_string_lossy()) {
            if !name.starts_with('.') && !SKIPPED.contains(&name.as_ref()) {
                add(sources, root, &format!("{path}/{name}"), part)?;
            }
        }
        return Ok(());
    }
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let is_code = matches!(ending, "rs" | "js" | "mjs" | "ts");
    if !is_code && !is_document(path) {
        return Ok(());
    }
    let text = fs::read_to_string(&file).with_context(|| format!("{path} could not be read"))?;
    sources.push(Source {
        path: path.to_owned(),
        part: if is_code { part } else { DOCUMENTS },
        prose: if is_code { comments(&text) } else { plain(text.lines()) },
        lines: text.lines().count(),
        code: if ending == "rs" { text } else { String::new() },
    });
    Ok(())
}

fn is_document(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|ending| ending == "md")
}

/// The lines that are nothing but a comment, without its marks, so that a phrase is found across
/// the end of a line.
fn comments(code: &str) -> String {
    let comment = |line| {
        let line: &str = str::trim_start(line);
        let is_comment = line.starts_with("//") || line.starts_with("/*") || line.starts_with("* ");
        is_comment.then(|| line.trim_matches(['/', '!', '*']))
    };
    plain(code.lines().filter_map(comment))
}

fn plain<'text>(lines: impl Iterator<Item = &'text str>) -> String {
    let words: Vec<_> = lines.flat_map(str::split_whitespace).map(str::to_lowercase).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_found_across_lines() {
        let code = "//! Told to those\n//! who ask.\nlet those = \"who\";\n/* It is */\n * Done.\n";
        assert_eq!(comments(code), "told to those who ask. it is done.");
    }
}
