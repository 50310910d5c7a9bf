//! Where things are: the workspace, what is built, and what is kept between builds.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// The top folder of the workspace.
///
/// Cargo tells at run time where this package is. A path compiled in would point at the
/// old place after the folder was moved.
pub fn workspace() -> Result<PathBuf> {
    let package = env::var_os("CARGO_MANIFEST_DIR")
        .context("this tool is started as `cargo xtask …`, which tells it where it is")?;
    let parent = Path::new(&package).parent().context("the package xtask has no parent folder")?;
    Ok(parent.to_owned())
}

/// What `trunk build` makes and the server embeds.
pub fn dist() -> Result<PathBuf> {
    Ok(workspace()?.join("dist"))
}

/// Cargo's target folder.
///
/// This program itself lies in `<target>/debug/`, which holds whatever environment
/// variable or configuration file chose the folder.
pub fn target() -> Result<PathBuf> {
    let program = env::current_exe().context("this program's own path is not known")?;
    let folder = program.ancestors().nth(2).context("this program lies outside a target folder")?;
    Ok(folder.to_owned())
}

/// Tools that this project installed for itself, one folder for each name and version, so
/// that two checkouts with different versions do not disturb each other.
pub fn tools() -> Result<PathBuf> {
    Ok(cache()?.join("tools"))
}

/// The folder of this project among the user's caches.
pub fn cache() -> Result<PathBuf> {
    let caches = match env::var_os("XDG_CACHE_HOME") {
        Some(folder) if !folder.is_empty() => PathBuf::from(folder),
        _ => env::home_dir().context("the home folder is not known: set HOME")?.join(".cache"),
    };
    Ok(caches.join("call-ribbon"))
}

/// The first program of this name on the search path.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let search = env::var_os("PATH")?;
    env::split_paths(&search).map(|folder| folder.join(program)).find(|file| file.is_file())
}
