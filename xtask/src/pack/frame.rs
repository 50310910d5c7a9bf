//! Packs the ribbon's own page, which a strict page shows in a frame, and the scripts that connect
//! the two.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};

use super::{ScriptKind, javascript, write_hashed};
use crate::paths;

/// The placeholder for the page's script.
const PLACE: &str = "__INSIDE__";

/// Packs both scripts and the page; returns the path of the script that the loader loads. `around`
/// is the source of the code that keeps an element on the page.
pub fn pack(staging: &Path, around: &str) -> Result<String> {
    let source = |name: &str| {
        let file = paths::workspace()?.join("widget/loader/frame").join(name);
        fs::read_to_string(&file).with_context(|| format!("{} could not be read", file.display()))
    };
    let inside = javascript::minify(&source("inside.js")?, ScriptKind::Script)?;
    let inside = write_hashed(staging, "inside", "js", inside.as_bytes())?;
    let page = source("embed.html")?;
    ensure!(page.contains(PLACE), "embed.html has no {PLACE} to fill in");
    fs::write(staging.join("embed.html"), page.replace(PLACE, &inside))?;
    let outside = format!("{around}\n{}", source("outside.js")?);
    let outside = javascript::minify(&outside, ScriptKind::Module)?;
    write_hashed(staging, "frame", "js", outside.as_bytes())
}
