//! Bundles the scripts of an agent's voice in the browser. A page downloads them only when an agent
//! goes online.
//!
//! Exotel's SDK and `JsSIP` are npm packages and need npm's own tools: `widget/voice/build.mjs` has
//! esbuild bundle each into a file, our code into another, and each tone into one, all named by
//! their content.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::ASSETS;
use crate::{exec, paths, setup::node};

/// The name under which the ribbon requests it.
const NAME: &str = "voice";

/// Writes all files; returns the name and the path of the file that the ribbon loads.
pub fn pack(staging: &Path) -> Result<(String, String)> {
    let folder = paths::workspace()?.join("widget/voice");
    node::install_packages(&folder)?;
    let mut build = exec::command("node");
    build.current_dir(&folder).arg("build.mjs").arg(staging.join(ASSETS));
    let printed = exec::read_output(&mut build).with_context(|| {
        format!("`{}` failed: run it in widget/voice to see why", exec::format_command(&build))
    })?;
    let file = printed.trim();
    ensure!(file.starts_with("voice-"), "build.mjs did not say which file is ours");
    Ok((NAME.to_owned(), format!("{ASSETS}/{file}")))
}
