//! Moves the dashboard's files into `assets/` and updates its page.
//!
//! The page then contains no inline script, so the server can forbid those, and no file is
//! requested twice: the glue starts itself, where Trunk would write a script into the page.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};

use super::{
    ASSETS, ScriptKind, imports, javascript, read_and_remove, rest, source_of, unused, write_hashed,
};

/// The files that stay at the root: the page, and what was put there before.
const AT_THE_ROOT: &[&str] = &["call-ribbon.js", "embed.html", "index.html", "integrity.json"];
/// The end of the name that wasm-bindgen gives a WebAssembly file.
const WASM_END: &str = "_bg.wasm";
/// wasm-bindgen's name of the glue's module: Trunk puts a hash into names of files only.
const MODULE: &str = "./dashboard_bg.js";
/// The options for minimizing. `-g` keeps the names, by which the program is split, and only small
/// functions are merged with their only caller, so that more of them can be in the second file.
const SMALLER: [&str; 7] = [
    "--low-memory-unused",
    "--strip-producers",
    "--strip-target-features",
    "-Oz",
    "--reorder-functions-by-name",
    "-g",
    "--one-caller-inline-max-function-size=40",
];

/// Packs the dashboard, whose files are all that remains beside the page.
pub fn pack(staging: &Path, quick: bool) -> Result<()> {
    let page_file = staging.join("index.html");
    let mut page = fs::read_to_string(&page_file).context("Trunk made no index.html")?;

    let wasm_file = file_names(staging)?
        .into_iter()
        .find(|name| name.ends_with(WASM_END))
        .context("Trunk made no WebAssembly for the dashboard")?;
    let glue_file = format!("{}.js", wasm_file.trim_end_matches(WASM_END));

    let wasm = read_and_remove(&staging.join(&wasm_file))?;
    let glue = String::from_utf8(read_and_remove(&staging.join(&glue_file))?)?;
    let (glue, wasm) = if quick {
        (self_starting(&glue, &write_hashed(staging, "dashboard", "wasm", &wasm)?)?, wasm)
    } else {
        split(&glue, &wasm, staging)?
    };
    let wasm = write_hashed(staging, "dashboard", "wasm", &wasm)?;
    let glue = javascript::minify(&glue, ScriptKind::Module)?;
    let glue = write_hashed(staging, "dashboard", "js", glue.as_bytes())?;
    page = point_at(&page, &wasm_file, &wasm)?;
    page = point_at(&page, &glue_file, &glue)?;

    page = join_styles(staging, &page)?;

    // Trunk has already hashed the other files that index.html names.
    for name in file_names(staging)? {
        let moved = format!("{ASSETS}/{name}");
        fs::rename(staging.join(&name), staging.join(&moved))?;
        page = point_at(&page, &name, &moved)?;
    }
    fs::write(&page_file, page)?;
    Ok(())
}

/// Minimizes and splits the program. Returns the whole glue and the first file.
fn split(glue: &str, wasm: &[u8], staging: &Path) -> Result<(String, Vec<u8>)> {
    let wasm = unused::run_wasm_opt(wasm, staging, &SMALLER)?;
    let (glue, wasm) = imports::shorten(glue, &wasm, MODULE)
        .context("the dashboard's imports could not be given short names")?;
    let (glue, first, path) = rest::DASHBOARD
        .split(&rest::begin(&glue)?, &wasm, staging)
        .context("the dashboard could not be split")?;
    let loader = source_of("dashboard.js")?.replace("__REST__", file_name(&path)?);
    let starting = self_starting(&glue, &write_hashed(staging, "dashboard", "wasm", &first)?)?;
    Ok((format!("{loader}\n{starting}"), first))
}

/// Returns the name of a file in the folder of the glue.
fn file_name(path: &str) -> Result<&str> {
    Path::new(path).file_name().and_then(|name| name.to_str()).context("a file has no name")
}

/// Returns the glue with a last line that starts it with the WebAssembly beside it.
fn self_starting(glue: &str, wasm: &str) -> Result<String> {
    ensure!(
        glue.contains("__wbg_init as default"),
        "this is not the glue of wasm-bindgen's target `web`"
    );
    let wasm = file_name(wasm)?;
    let start = format!("__wbg_init({{module_or_path:new URL(\"{wasm}\",import.meta.url)}})");
    Ok(if glue.contains("callRibbonBegin") {
        format!("{glue}\ncallRibbonStart(()=>{start});\n")
    } else {
        format!("{glue}\n{start};\n")
    })
}

/// Replaces each mention of a file at the root.
fn point_at(page: &str, from: &str, to: &str) -> Result<String> {
    let mention = format!("\"/{from}\"");
    ensure!(page.contains(&mention), "index.html does not mention {mention}");
    Ok(page.replace(&mention, &format!("\"/{to}\"")))
}

/// Returns the names of the files to move.
fn file_names(staging: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(staging)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            if name != ASSETS {
                // wasm-bindgen's snippets: the glue imports them by relative paths.
                bail!("{} cannot be packed yet", PathBuf::from(&name).display());
            }
        } else if !AT_THE_ROOT.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Joins the page's style sheets, in their order, into one file: a browser draws nothing before it
/// has all of them. Returns the page with one link in their place.
fn join_styles(staging: &Path, page: &str) -> Result<String> {
    let (left, names) = take_style_links(page);
    ensure!(!names.is_empty(), "index.html has no style sheets");
    let mut styles = Vec::new();
    for name in &names {
        styles.extend(read_and_remove(&staging.join(name))?);
        styles.push(b'\n');
    }
    let joined = write_hashed(staging, "dashboard", "css", &styles)?;
    let link = format!("</title><link rel=\"stylesheet\" href=\"/{joined}\">");
    Ok(left.replacen("</title>", &link, 1))
}

/// Takes the links to style sheets at the root out of a page. Returns what is left, and the names of
/// the files in their order.
fn take_style_links(page: &str) -> (String, Vec<String>) {
    let mut left = String::new();
    let mut names = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find("<link") {
        let end = rest[start..].find('>').map_or(rest.len(), |end| start + end + 1);
        let link = &rest[start..end];
        let href = link.split_once("href=\"/").and_then(|(_, after)| after.split_once('"'));
        let is_sheet =
            |name: &str| name.rsplit_once('.').is_some_and(|(_, ending)| ending == "css");
        match href.filter(|(name, _)| is_sheet(name)) {
            Some((name, _)) => {
                left.push_str(&rest[..start]);
                names.push(name.to_owned());
            }
            None => left.push_str(&rest[..end]),
        }
        rest = &rest[end..];
    }
    left.push_str(rest);
    (left, names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_pointed_at_the_packed_file() -> Result<()> {
        let page = r#"<script type="module" src="/dashboard-1.js"></script>"#;
        let pointed = point_at(page, "dashboard-1.js", "assets/dashboard-2.js")?;
        assert_eq!(pointed, r#"<script type="module" src="/assets/dashboard-2.js"></script>"#);
        assert!(point_at(page, "other.js", "assets/other.js").is_err());
        Ok(())
    }

    #[test]
    fn style_sheets_are_taken_out_in_their_order() {
        let page = r#"<head><link rel="stylesheet" href="/base-1.css"/><link rel="preload" href="/a.wasm"><link href="/views-2.css" rel="stylesheet"></head>"#;
        let (left, names) = take_style_links(page);
        assert_eq!(left, r#"<head><link rel="preload" href="/a.wasm"></head>"#);
        assert_eq!(names, ["base-1.css", "views-2.css"]);
        assert_eq!(take_style_links("<p>none</p>"), ("<p>none</p>".to_owned(), Vec::new()));
    }

    #[test]
    fn the_glue_loads_the_file_beside_it() -> Result<()> {
        let glue = "async function __wbg_init(o) {}\nexport { __wbg_init as default };";
        let started = self_starting(glue, "assets/dashboard-3.wasm")?;
        assert!(started.contains(r#"new URL("dashboard-3.wasm",import.meta.url)"#));
        assert!(self_starting("let wasm_bindgen = 1;", "assets/x.wasm").is_err());
        Ok(())
    }
}
