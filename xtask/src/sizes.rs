//! Measures what an agent's page and the dashboard download, and fails above a limit.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::{browser, pack, paths, plan::Plan, setup::Need};

/// In bytes after brotli: what must not be passed, and what is aimed at. The total is what a page
/// downloads until the ribbon is ready.
const LOADER_LIMIT: usize = 2_000;
const TOTAL_LIMIT: usize = 92_900;
const TOTAL_GOAL: usize = 90_000;
/// Of the second file of the WebAssembly, which follows when the page is idle, or at once for a call.
const REST_LIMIT: usize = 53_400;
/// Of what only an agent who goes online by browser calling downloads: all scripts of the voice.
const VOICE_LIMIT: usize = 105_000;
/// Of the dashboard until its overview is shown, and of its other views.
const DASHBOARD_LIMIT: usize = 358_000;
const VIEWS_LIMIT: usize = 741_000;

/// `cargo xtask sizes`.
pub fn sizes() -> Result<()> {
    Plan::new(&[Need::BrowserBuild])
        .step("building the browser files", browser::build)
        .step("measuring", |_| check())
        .run()
}

/// Prints the table; fails when a limit is passed.
pub fn check() -> Result<()> {
    let dist = paths::dist()?;
    let loader = downloaded(&dist.join("call-ribbon.js"))?;
    let glue = downloaded(&find(&dist.join("assets"), "ribbon-", ".js")?)?;
    let wasm = downloaded(&find(&dist.join("assets"), "ribbon-", ".wasm")?)?;
    let words = largest_language(&dist.join("assets"))?;
    let total = loader + glue + wasm + words;

    println!("      what a page downloads until the ribbon is ready, in bytes after brotli");
    row("loader", loader);
    row("glue", glue);
    row("wasm", wasm);
    for styles in files_named(&paths::workspace()?.join("widget/src"), "ribbon.css")? {
        row("  its style sheet, as written", pack::brotli_size(&fs::read(styles)?)?);
    }
    row("words, at most", words);
    row("all", total);
    let rest = downloaded(&find(&dist.join("assets"), "rest-", ".wasm")?)?;
    row("second file, when idle", rest);
    row("all until a call starts", total + rest);
    let ours = downloaded(&find(&dist.join("assets"), "voice-", ".js")?)?;
    let sdk = downloaded(&find(&dist.join("assets"), "exotel-sdk-", ".js")?)?;
    row("voice, separately", ours + sdk);
    row("  of which ours", ours);
    let sip = downloaded(&find(&dist.join("assets"), "sip-", ".js")?)?;
    row("voice by SIP, separately", ours + sip);
    println!(
        "      goal {TOTAL_GOAL}, limit {TOTAL_LIMIT}; limit of the loader {LOADER_LIMIT}, of the second file {REST_LIMIT}, of the voice {VOICE_LIMIT}"
    );
    verdict(loader, total, rest, ours + sdk)?;

    println!("      what the dashboard downloads until its overview is shown");
    let assets = dist.join("assets");
    let mut first = downloaded(&dist.join("index.html"))?;
    for (what, end) in [("styles", ".css"), ("glue", ".js"), ("wasm", ".wasm")] {
        let bytes = downloaded(&find(&assets, "dashboard-", end)?)?;
        row(what, bytes);
        first += bytes;
    }
    row("all", first);
    let views = downloaded(&find(&assets, "views-", ".wasm")?)?;
    row("other views, when idle", views);
    println!("      limit {DASHBOARD_LIMIT}, of the other views {VIEWS_LIMIT}");
    dashboard_verdict(first, views)
}

fn dashboard_verdict(first: usize, views: usize) -> Result<()> {
    if first > DASHBOARD_LIMIT {
        bail!(
            "the dashboard downloads {first} bytes after brotli until its overview is shown, and may download {DASHBOARD_LIMIT}"
        );
    }
    if views > VIEWS_LIMIT {
        bail!(
            "the dashboard's other views have {views} bytes after brotli, and may have {VIEWS_LIMIT}"
        );
    }
    Ok(())
}

fn verdict(loader: usize, total: usize, rest: usize, voice: usize) -> Result<()> {
    if loader > LOADER_LIMIT {
        bail!("the loader has {loader} bytes after brotli, and may have {LOADER_LIMIT}");
    }
    if total > TOTAL_LIMIT {
        bail!("a page downloads {total} bytes after brotli, and may download {TOTAL_LIMIT}");
    }
    if rest > REST_LIMIT {
        bail!("the second file has {rest} bytes after brotli, and may have {REST_LIMIT}");
    }
    if voice > VOICE_LIMIT {
        bail!("the voice has {voice} bytes after brotli, and may have {VOICE_LIMIT}");
    }
    Ok(())
}

fn row(what: &str, bytes: usize) {
    println!("      {what:<24}{bytes:>8}");
}

/// The size of what goes over the wire: of the compressed file beside it, if there is one.
fn downloaded(file: &Path) -> Result<usize> {
    let compressed = pack::with_ending(file, "br");
    let sent = if compressed.is_file() { compressed } else { file.to_owned() };
    let content = fs::read(&sent).with_context(|| format!("{} is not there", sent.display()))?;
    Ok(content.len())
}

/// English is in the WebAssembly; an agent of another language downloads one file more.
fn largest_language(folder: &Path) -> Result<usize> {
    let mut largest = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("words-") && name.ends_with(".txt") {
            largest = largest.max(downloaded(&path)?);
        }
    }
    Ok(largest)
}

fn find(folder: &Path, start: &str, end: &str) -> Result<PathBuf> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(start) && name.ends_with(end) {
            return Ok(entry.path());
        }
    }
    bail!("{} holds no {start}….{end}", folder.display())
}

fn files_named(folder: &Path, name: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files_named(&path, name)?);
        } else if path.ends_with(name) {
            found.push(path);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_may_be_reached_and_not_passed() {
        assert!(verdict(LOADER_LIMIT, TOTAL_LIMIT, REST_LIMIT, VOICE_LIMIT).is_ok());
        assert!(verdict(LOADER_LIMIT + 1, TOTAL_GOAL, 0, 0).is_err());
        assert!(verdict(LOADER_LIMIT, TOTAL_LIMIT + 1, 0, 0).is_err());
        assert!(verdict(LOADER_LIMIT, TOTAL_LIMIT, REST_LIMIT + 1, 0).is_err());
        assert!(verdict(LOADER_LIMIT, TOTAL_LIMIT, 0, VOICE_LIMIT + 1).is_err());
        assert!(dashboard_verdict(DASHBOARD_LIMIT, VIEWS_LIMIT).is_ok());
        assert!(dashboard_verdict(DASHBOARD_LIMIT + 1, 0).is_err());
        assert!(dashboard_verdict(0, VIEWS_LIMIT + 1).is_err());
    }
}
