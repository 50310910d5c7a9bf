//! Finds or installs Chromium and its driver, for tests in a real browser.

use std::{env, path::PathBuf};

use anyhow::{Context, Result};

use super::apt;
use crate::{exec, paths};

/// The browser's two programs.
#[derive(Debug)]
pub struct Chromium {
    /// The browser.
    pub browser: PathBuf,
    /// The program through which WebAssembly tests control it.
    pub driver: PathBuf,
}

/// The names under which systems install it.
const BROWSERS: &[&str] =
    &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Finds or installs Chromium; `CHROMIUM` and `CHROMEDRIVER` name other programs.
pub fn ensure() -> Result<Chromium> {
    if let Some(found) = find_chromium() {
        return Ok(found);
    }
    // Without any font, a screenshot shows no text.
    apt::install(
        "Chromium",
        "to test pages in a real browser",
        &["chromium", "chromium-driver", "fonts-liberation"],
    )?;
    find_chromium().context(
        "Chromium was installed, yet `chromium` and `chromedriver` are not on the search path",
    )
}

/// Finds or installs fonts for the ribbon's languages: without them a screenshot shows boxes.
pub fn ensure_fonts() -> Result<()> {
    let has = |language: &str| {
        let found = exec::read_output(exec::command("fc-list").arg(format!(":lang={language}")));
        found.is_some_and(|fonts| !fonts.trim().is_empty())
    };
    if has("hi") && has("ur") {
        return Ok(());
    }
    apt::install(
        "Fonts for Hindi and Urdu",
        "for pictures of the ribbon in these languages",
        &["fontconfig", "fonts-noto-core"],
    )
}

fn find_chromium() -> Option<Chromium> {
    let browser = named_program("CHROMIUM")
        .or_else(|| BROWSERS.iter().find_map(|name| paths::on_path(name)))?;
    let driver = named_program("CHROMEDRIVER").or_else(|| paths::on_path("chromedriver"))?;
    Some(Chromium { browser, driver })
}

fn named_program(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from)
}
