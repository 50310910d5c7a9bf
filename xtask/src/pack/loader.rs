//! Fills in the loader, the classic script of the script tag.

use anyhow::{Result, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest as _, Sha384};

use super::{ScriptKind, javascript};

/// The values that the loader needs.
#[derive(Debug)]
pub struct LoaderValues {
    /// The glue's path.
    pub glue: String,
    /// The WebAssembly's path.
    pub wasm: String,
    /// The path of the script that diagnoses problems.
    pub diagnose: String,
    /// The path of the script that replaces both on a page that forbids WebAssembly.
    pub frame: String,
    /// The globals that are passed to the glue.
    pub globals: Vec<String>,
}

/// Fills the ribbon's values into the loader's source and minifies it.
pub fn fill(source: &str, ribbon: &LoaderValues) -> Result<String> {
    let names: Vec<String> = ribbon.globals.iter().map(|name| format!("\"{name}\"")).collect();
    let values = [
        ("__GLUE__", ribbon.glue.clone()),
        ("__WASM__", ribbon.wasm.clone()),
        ("__DIAGNOSE__", ribbon.diagnose.clone()),
        ("__FRAME__", ribbon.frame.clone()),
        ("__VERSION__", env!("CARGO_PKG_VERSION").to_owned()),
        ("__GLOBALS__", format!("[{}]", names.join(","))),
    ];
    let mut filled = source.to_owned();
    for (place, value) in values {
        ensure!(filled.contains(place), "the loader has no {place} to fill in");
        filled = filled.replace(place, &value);
    }
    javascript::minify(&filled, ScriptKind::Script)
}

/// Returns the loader's digest for a script tag's `integrity` (Subresource Integrity, 3.1).
pub fn integrity_digest(loader: &str) -> String {
    let digest = BASE64_STANDARD.encode(Sha384::digest(loader));
    format!("{{\"call-ribbon.js\":\"sha384-{digest}\"}}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOADER: &str = "(function () { // the loader\n window.x = ['__GLUE__', '__WASM__', '__FRAME__', '__DIAGNOSE__', '__VERSION__', __GLOBALS__]; })();";

    fn ribbon() -> LoaderValues {
        LoaderValues {
            glue: "assets/ribbon-1.js".to_owned(),
            wasm: "assets/ribbon-2.wasm".to_owned(),
            diagnose: "assets/diagnose-4.js".to_owned(),
            frame: "assets/frame-3.js".to_owned(),
            globals: vec!["Object".to_owned(), "fetch".to_owned()],
        }
    }

    #[test]
    fn every_place_is_filled_and_no_comment_left() -> Result<()> {
        let filled = fill(LOADER, &ribbon())?;
        assert!(filled.contains("assets/ribbon-1.js") && filled.contains("assets/ribbon-2.wasm"));
        assert!(filled.contains("Object") && filled.contains("fetch"));
        assert!(!filled.contains("__") && !filled.contains("the loader"), "{filled}");
        Ok(())
    }

    #[test]
    fn a_loader_without_a_place_is_refused() {
        let without = LOADER.replace("__WASM__", "");
        assert!(fill(&without, &ribbon()).is_err());
    }
}
