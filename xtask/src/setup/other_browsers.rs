//! Finds or installs browsers other than Chromium, with their WebDriver programs.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{
    apt,
    cargo_tool::{BuildFolder, CargoTool},
};
use crate::paths;

/// The version that works with Debian's `firefox-esr`.
const GECKODRIVER: &str = "0.37.1";
/// WebKitGTK's own small browser, which its driver starts. It is not on the search path.
const MINI_BROWSERS: &[&str] = &[
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.0/MiniBrowser",
    "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.0/MiniBrowser",
];

/// The browsers and their drivers.
#[derive(Debug)]
pub struct OtherBrowsers {
    /// Firefox.
    pub firefox: PathBuf,
    /// Firefox's driver.
    pub geckodriver: PathBuf,
    /// A WebKit browser.
    pub webkit: PathBuf,
    /// WebKit's driver.
    pub webkit_driver: PathBuf,
}

/// Finds or installs Firefox and a WebKit.
pub fn ensure(workshop: &BuildFolder) -> Result<OtherBrowsers> {
    let firefox = || ["firefox-esr", "firefox"].iter().find_map(|name| paths::on_path(name));
    if firefox().is_none() {
        apt::install("Firefox", "to try the ribbon in it", &["firefox-esr"])?;
    }
    let webkit = || MINI_BROWSERS.iter().map(PathBuf::from).find(|program| program.exists());
    let driver = || paths::on_path("WebKitWebDriver");
    // WebKit's window needs a display; Firefox needs none.
    let ready = || webkit().is_some() && driver().is_some() && paths::on_path("xvfb-run").is_some();
    if !ready() {
        apt::install("WebKit", "to try the ribbon in it", &["webkit2gtk-driver", "xvfb", "xauth"])?;
    }
    let gecko =
        CargoTool { name: "geckodriver", package: "geckodriver", version: GECKODRIVER.into() };
    let geckodriver = match gecko.ensure_tool(workshop)? {
        Some(folder) => folder.join("geckodriver"),
        None => Path::new("geckodriver").to_owned(),
    };
    Ok(OtherBrowsers {
        firefox: firefox().context("Firefox was installed, yet it is not on the search path")?,
        geckodriver,
        webkit: webkit().context("WebKit's MiniBrowser is not where Debian puts it")?,
        webkit_driver: driver().context("WebKitWebDriver is not on the search path")?,
    })
}
