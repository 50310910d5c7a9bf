//! Wraps wasm-bindgen's glue, so that the surrounding page cannot break it.
//!
//! The ribbon runs in other people's pages. Some replace `fetch` or `Promise` long after the ribbon
//! was loaded, or name an element `Response`. The glue therefore becomes the body of a function
//! that receives the functions it needs, as the loader found them when it first ran:
//!
//! ```js
//! export default function (natives) {
//!     const { fetch, Promise, … } = natives;
//!     const callRibbonFiles = { … };
//!     const callRibbonImport = (address) => import(address);
//!     const callRibbonAround = …;
//!     return callRibbonSupervise(() => { let wasm_bindgen = …; return wasm_bindgen; });
//! }
//! ```

use anyhow::{Result, bail, ensure};

use super::{ScriptKind, javascript};

/// The globals that the glue still reads from the page: the page itself, which no script can
/// replace, keywords, and names of which it only checks whether they exist.
const PAGE_GLOBALS: &[&str] =
    &["arguments", "document", "global", "globalThis", "location", "self", "undefined", "window"];

/// The wrapped glue.
#[derive(Debug)]
pub struct Glue {
    /// A module whose default export creates the ribbon's `init`.
    pub code: String,
    /// The globals that the loader must pass.
    pub globals: Vec<String>,
}

/// Wraps the glue that wasm-bindgen made for its target `no-modules`. `files` are the files that
/// the ribbon fetches on demand, as names and paths. `around` is the source of the code that keeps
/// the ribbon's element on the page, `helpers` that of the other functions that the ribbon calls; one
/// of them creates the glue, and creates it again if the ribbon must start again (`rest.js`).
pub fn wrap(glue: &str, around: &str, helpers: &str, files: &[(String, String)]) -> Result<Glue> {
    ensure!(
        javascript::minify(glue, ScriptKind::Script).is_ok() && glue.contains("let wasm_bindgen"),
        "this is not the glue of wasm-bindgen's target `no-modules`"
    );
    // At its start the glue derives its own address from the running script. A module has none, and
    // in a function called later it would be a script of the page, whose address need not even be
    // valid. The loader passes the right one.
    let glue = glue.replace("document.currentScript", "null");
    let glue = format!(
        "{around}\n{helpers}\nreturn callRibbonSupervise(() => {{\n{glue}\nreturn wasm_bindgen}})"
    );

    // Names are searched after dead code is removed.
    let plain = javascript::minify(&glue_module(&glue, &[], files), ScriptKind::Module)?;
    let mut globals = javascript::free_names(&plain, ScriptKind::Module)?;
    globals.retain(|name| !PAGE_GLOBALS.contains(&name.as_str()));
    let globals: Vec<String> = globals.into_iter().collect();
    let code = javascript::minify(&glue_module(&glue, &globals, files), ScriptKind::Module)?;

    let left = javascript::free_names(&code, ScriptKind::Module)?;
    if let Some(name) = left.iter().find(|name| !PAGE_GLOBALS.contains(&name.as_str())) {
        bail!("`{name}` is still taken from the page");
    }
    Ok(Glue { code, globals })
}

fn glue_module(glue: &str, globals: &[String], files: &[(String, String)]) -> String {
    let names = globals.join(",");
    let files: Vec<String> =
        files.iter().map(|(name, path)| format!("{name:?}:{path:?}")).collect();
    let files = files.join(",");
    format!(
        "export default function(natives){{const {{{names}}}=natives;\
         const callRibbonFiles={{{files}}},callRibbonImport=(a)=>import(a),callRibbonHere=import.meta.url;\n{glue}}}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELPERS: &str = "const callRibbonSupervise = (make) => make();";
    const GLUE: &str = r"
        let wasm_bindgen = (function(exports) {
            let script_src;
            if (typeof document !== 'undefined' && document.currentScript !== null) {
                script_src = new URL(document.currentScript.src, location.href).toString();
            }
            // JSON occurs only in a comment, and 'Promise' here only in a text.
            const text = 'Promise';
            function Map() { return exports.JSON; }
            async function init(where) {
                if (where === undefined && script_src !== undefined) where = script_src;
                const window = self.window;
                return fetch(where).then(text, Map, window, document, undefined);
            }
            return Object.assign(init, exports);
        })({ __proto__: null });
    ";

    #[test]
    fn free_names_come_from_the_loader() -> Result<()> {
        let glue = wrap(GLUE, "", HELPERS, &[])?;
        assert_eq!(glue.globals, ["Object", "fetch"]);
        assert!(glue.code.starts_with("export default function"));
        Ok(())
    }

    #[test]
    fn the_page_s_running_script_is_never_looked_at() -> Result<()> {
        assert!(!wrap(GLUE, "", HELPERS, &[])?.code.contains("currentScript"));
        Ok(())
    }

    #[test]
    fn the_wrapped_glue_keeps_only_the_page_itself() -> Result<()> {
        let left = javascript::free_names(&wrap(GLUE, "", HELPERS, &[])?.code, ScriptKind::Module)?;
        assert!(left.iter().all(|name| PAGE_GLOBALS.contains(&name.as_str())), "{left:?}");
        Ok(())
    }

    #[test]
    fn the_files_that_come_later_are_found_by_name() -> Result<()> {
        let asks = GLUE.replace("return fetch(where)", "return fetch(callRibbonFiles)");
        let files = [("words-hi".to_owned(), "assets/words-hi-1.txt".to_owned())];
        let glue = wrap(&asks, "", HELPERS, &files)?;
        assert!(glue.code.contains("words-hi") && glue.code.contains("assets/words-hi-1.txt"));
        assert_eq!(glue.globals, ["Object", "fetch"]);
        Ok(())
    }

    #[test]
    fn what_stands_before_the_glue_takes_its_names_from_the_loader_too() -> Result<()> {
        let asks = GLUE.replace("return fetch(where)", "return callRibbonKeep(where)");
        let around =
            "const callRibbonKeep = (host) => callRibbonShield(new MutationObserver(host));";
        let glue = wrap(&asks, around, HELPERS, &[])?;
        assert_eq!(glue.globals, ["MutationObserver", "Object", "callRibbonShield"]);
        Ok(())
    }

    #[test]
    fn the_glue_of_another_target_is_refused() {
        assert!(wrap("export default async function init() {}", "", HELPERS, &[]).is_err());
    }
}
