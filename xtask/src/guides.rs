//! Makes the book of the guides: the pages that `docs/SUMMARY.md` names, as a website that can be
//! searched. The server embeds it and serves it at `/docs/guides/`.
//!
//! mdBook gets copies of the pages, all in one folder with the pictures that they show, so that the
//! rest of `docs/` stays out of the binary.

use std::{
    collections::BTreeMap,
    fs,
    path::{Component, Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::{
    browser::Size,
    exec, fingerprint, paths,
    plan::Plan,
    setup::{Need, Tools},
};

/// The list of the book's pages, in docs/.
pub const SUMMARY: &str = "SUMMARY.md";
/// The style sheet of fonts. mdBook's own fonts would be half a megabyte; with this one, the system's
/// are used. mdBook does not copy an empty one.
const FONTS: &str = "/* The fonts of the system. */\n";
/// The book's settings.
const SETTINGS: &str = "\
[book]
title = \"Call Ribbon\"
language = \"en\"
src = \"src\"
[output.html]
no-section-label = true
[output.html.print]
enable = false
[output.html.search]
limit-results = 20
";
/// What the server's own pages are called from the book: the book is at `/docs/guides/`.
const SERVER: &str = "../..";

/// `cargo xtask guides`.
pub fn guides() -> Result<()> {
    Plan::new(&[Need::MdBook])
        .step("building the guides", |tools| build(tools, Size::Released))
        .run()?;
    println!("{}", paths::workspace()?.join("book/index.html").display());
    Ok(())
}

/// Builds the book into `book/`, unless it is made from the same pages already. Without mdBook, it
/// is left out of what is only tried, and of nothing that is released.
pub fn build(tools: &Tools, size: Size) -> Result<()> {
    if !tools.has_mdbook {
        if size == Size::Released {
            bail!("the guides cannot be built without mdBook, which the set-up could not install");
        }
        return Ok(());
    }
    let workspace = paths::workspace()?;
    let pages = stage_pages(&workspace.join("docs"))?;
    let record = paths::target()?.join("xtask").join("guides-inputs");
    let inputs = hash_pages(&pages);
    let book = workspace.join("book");
    let complete = book.join("index.html").is_file();
    if complete && fs::read_to_string(&record).is_ok_and(|built| built == inputs) {
        return Ok(());
    }
    let stage = paths::target()?.join("xtask").join("guides");
    if stage.exists() {
        fs::remove_dir_all(&stage)?;
    }
    for (name, content) in &pages {
        let file = stage.join("src").join(name);
        fs::create_dir_all(file.parent().context("a page has no folder")?)?;
        fs::write(&file, content)?;
    }
    fs::create_dir_all(stage.join("theme/fonts"))?;
    fs::write(stage.join("theme/fonts/fonts.css"), FONTS)?;
    fs::write(stage.join("book.toml"), SETTINGS)?;
    let mut mdbook = tools.command("mdbook");
    mdbook.arg("build").arg(&stage).arg("--dest-dir").arg(&book).env("MDBOOK_LOG", "warn");
    exec::run_quiet(&mut mdbook, "building the guides")?;
    fs::write(&record, inputs).with_context(|| format!("{} is not writable", record.display()))
}

/// The files that mdBook gets, by name.
type Pages = BTreeMap<String, Vec<u8>>;

fn hash_pages(pages: &Pages) -> String {
    let mut all = [SETTINGS, FONTS].concat().into_bytes();
    for (name, content) in pages {
        all.extend_from_slice(format!("\n{name} {}\n", content.len()).as_bytes());
        all.extend_from_slice(content);
    }
    fingerprint::short_hash(&all)
}

/// Reads the pages and pictures of the book. Each page is at the top, under its own name.
fn stage_pages(docs: &Path) -> Result<Pages> {
    let summary = fs::read_to_string(docs.join(SUMMARY)).context("docs/SUMMARY.md is not there")?;
    let names = page_names(&summary);
    let mut pages = Pages::new();
    for page in &names {
        let file = docs.join(page);
        let text = fs::read_to_string(&file).with_context(|| format!("SUMMARY.md names {page}"))?;
        let folder = Path::new(page).parent().unwrap_or(Path::new(""));
        let mut pictures = Vec::new();
        let text = rewrite_links(&text, |target| {
            let place = find_place(folder, target, &names);
            if let Place::Picture(path) = &place {
                pictures.push(path.clone());
            }
            place.write_target()
        });
        for picture in pictures {
            let content = fs::read(docs.join(&picture))
                .with_context(|| format!("{page} shows {}", picture.display()))?;
            pages.insert(format!("pictures/{}", flat_name(&picture)), content);
        }
        if pages.insert(file_name(page).to_owned(), text.into_bytes()).is_some() {
            bail!("two pages of docs/SUMMARY.md are called {}", file_name(page));
        }
    }
    let summary = rewrite_links(&summary, |target| Some(file_name(target).to_owned()));
    pages.insert(SUMMARY.to_owned(), summary.into_bytes());
    Ok(pages)
}

/// The pages that the summary names, as paths in docs/.
pub fn page_names(summary: &str) -> Vec<String> {
    let mut names = Vec::new();
    rewrite_links(summary, |target| {
        names.push(target.to_owned());
        None
    });
    names
}

/// What a link in a page leads to.
enum Place {
    /// An address, or a heading of the page itself.
    Same(String),
    /// Another page, by its name and heading.
    Page(String),
    /// A picture, by its path in docs/.
    Picture(PathBuf),
    /// A page or file that the server serves, by its path there.
    Served(String),
    /// A file of the repository, which a reader of the book does not have.
    Elsewhere,
}

impl Place {
    fn write_target(&self) -> Option<String> {
        match self {
            Self::Same(target) | Self::Page(target) => Some(target.clone()),
            Self::Picture(path) => Some(format!("pictures/{}", flat_name(path))),
            Self::Served(path) => Some(format!("{SERVER}/{path}")),
            Self::Elsewhere => None,
        }
    }
}

fn find_place(folder: &Path, target: &str, names: &[String]) -> Place {
    if target.starts_with('#') || target.contains("://") || target.starts_with("mailto:") {
        return Place::Same(target.to_owned());
    }
    let (path, heading) = target.split_at(target.find('#').unwrap_or(target.len()));
    let path = resolve_path(folder, path);
    let name = path.to_string_lossy().into_owned();
    if names.contains(&name) {
        return Place::Page(format!("{}{heading}", file_name(&name)));
    }
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("png" | "svg") => Place::Picture(path),
        // Paths outside of docs/ begin with "..".
        _ => match name.strip_prefix("../examples") {
            Some(rest) => Place::Served(format!("examples{rest}")),
            None => Place::Elsewhere,
        },
    }
}

/// The path in docs/ that a link from a folder in docs/ names.
fn resolve_path(folder: &Path, path: &str) -> PathBuf {
    let mut resolved = PathBuf::new();
    for part in folder.join(path).components() {
        match part {
            Component::ParentDir if resolved.file_name().is_some_and(|name| name != "..") => {
                resolved.pop();
            }
            Component::CurDir => {}
            part => resolved.push(part),
        }
    }
    resolved
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn flat_name(picture: &Path) -> String {
    picture.to_string_lossy().replace('/', "-")
}

/// Replaces the target of each link outside of code. A link whose target is `None` leaves its text.
fn rewrite_links(text: &str, mut replace: impl FnMut(&str) -> Option<String>) -> String {
    let mut written = String::with_capacity(text.len());
    let mut in_code = false;
    for line in text.split_inclusive('\n') {
        let fence = line.trim_start().starts_with("```");
        if fence {
            in_code = !in_code;
        }
        if fence || in_code || line.starts_with("    ") && !line.trim_start().starts_with("- ") {
            written.push_str(line);
            continue;
        }
        let mut rest = line;
        while let Some((start, middle, end)) = next_link(rest) {
            let (before, link) = rest.split_at(start);
            let (label, target) = (&link[..middle - start], &link[middle - start + 2..end - start]);
            written.push_str(before);
            match replace(target) {
                Some(target) => {
                    written.push_str(label);
                    written.push_str("](");
                    written.push_str(&target);
                    written.push(')');
                }
                // Without the bracket that opens it.
                None => {
                    written.push_str(label.trim_start_matches('!').get(1..).unwrap_or_default());
                }
            }
            rest = &rest[end + 1..];
        }
        written.push_str(rest);
    }
    written
}

/// Where the next link of a line begins, where its text ends, and where its target ends.
fn next_link(line: &str) -> Option<(usize, usize, usize)> {
    let middle = line.find("](")?;
    let start = line[..middle].rfind('[')?;
    let start = if line[..start].ends_with('!') { start - 1 } else { start };
    let end = middle + line[middle..].find(')')?;
    Some((start, middle, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_pages_pictures_and_what_the_server_serves() {
        let names = ["webhooks.md".to_owned(), "guides/embed.md".to_owned()];
        let from = |folder: &str, text: &str| {
            rewrite_links(text, |target| {
                find_place(Path::new(folder), target, &names).write_target()
            })
        };
        let text = "[a](../webhooks.md#check) and ![b](../ribbon-in-call.png), [c](#here).\n";
        let expected =
            "[a](webhooks.md#check) and ![b](pictures/ribbon-in-call.png), [c](#here).\n";
        assert_eq!(from("guides", text), expected);
        assert_eq!(from("", "see [it](guides/embed.md)"), "see [it](embed.md)");
        let text = "[x](../examples/receivers/receiver.mjs), [y](https://y.z), [z](../README.md).";
        let expected = "[x](../../examples/receivers/receiver.mjs), [y](https://y.z), z.";
        assert_eq!(from("", text), expected);
        let code = "```js\nf([a](b))\n```\n";
        assert_eq!(from("", code), code);
    }

    #[test]
    fn the_pages_of_the_summary_and_their_pictures_exist() -> Result<()> {
        let pages = stage_pages(&paths::workspace()?.join("docs"))?;
        assert!(pages.contains_key("embed.md") && pages.contains_key("operating.md"));
        Ok(())
    }
}
