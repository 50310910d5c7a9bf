//! Splits the two programs, and lets their glue load the second file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, ensure};

use super::{split, write_hashed};
use crate::fingerprint::short_hash;
use crate::paths;

/// Names the folder into which a recording build writes the names of the functions.
pub const RECORD: &str = "CALL_RIBBON_RECORD";

/// Where the glue gets hold of the first file, where its functions begin, and the end of what it
/// does when the browser calls a function of the program.
const BEGINS: &str = "wasm = instance.exports;";
const IMPORTS: &str = "const import0 = {";
const CALLED: &str = "return f(a, state.b, ...args);\n            } finally {";
/// The path of the second file in a recording, which does not exist: what runs without it is recorded.
const NO_FILE: &str = "assets/rest-recording.wasm";

/// One of the programs that are split.
#[derive(Debug)]
pub struct Part {
    /// Its name in the names of files.
    pub name: &'static str,
    /// The file that says where its functions are.
    list: &'static str,
    /// What the glue does when the first file needs the second one.
    lacks: &'static str,
}

/// The ribbon: nothing of its first file runs any more. It lists the functions of its second file, so
/// that new code is in the first.
pub const RIBBON: Part = Part {
    name: "ribbon",
    list: "ribbon-later.txt",
    lacks: "() => { wasm = callRibbonNothing; callRibbonLack(); }",
};
/// The dashboard: it loads the file, while the page waits. It lists the functions of its first file, by
/// the hashes of their names, which are long: they contain the types of whole views.
pub const DASHBOARD: Part =
    Part { name: "dashboard", list: "dashboard-first.txt", lacks: "callRibbonLoadNow" };

impl Part {
    fn functions_file(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}-functions.txt", self.name))
    }

    fn list_file(&self) -> Result<PathBuf> {
        Ok(paths::workspace()?.join("xtask/src/pack/split").join(self.list))
    }

    /// Splits the program. Returns the glue, the first file and the path of the second, which is
    /// written.
    pub fn split(
        &self,
        glue: &str,
        wasm: &[u8],
        staging: &Path,
    ) -> Result<(String, Vec<u8>, String)> {
        if let Some(folder) = env::var_os(RECORD) {
            let (wasm, names) = split::record(wasm)?;
            fs::write(self.functions_file(Path::new(&folder)), names.join("\n"))?;
            let glue = add_import(
                glue,
                "runs: (at) => (globalThis.callRibbonRuns ??= new Set()).add(at)",
            )?;
            return Ok((glue, wasm, NO_FILE.to_owned()));
        }
        let list = fs::read_to_string(self.list_file()?)?;
        let list: BTreeSet<&str> = list.lines().collect();
        let is_ribbon = self.name == RIBBON.name;
        let split = split::split(wasm, |name| {
            if is_ribbon { list.contains(name) } else { !list.contains(&*name_hash(name)) }
        })?;
        let name = if is_ribbon { "rest" } else { "views" };
        let path = write_hashed(staging, name, "wasm", &split.later)?;
        Ok((add_import(glue, &format!("rest: {}", self.lacks))?, split.first, path))
    }

    /// Writes the list. `numbers` are those of the functions that ran.
    pub fn write_list(&self, folder: &Path, numbers: &BTreeSet<usize>) -> Result<()> {
        let names = fs::read_to_string(self.functions_file(folder))
            .context("the browser files were not built for a recording")?;
        let names: Vec<String> = names.split('\n').map(str::to_owned).collect();
        let mut text = String::new();
        let later = split::later_names(&names, numbers);
        let lines: BTreeSet<String> = if self.name == RIBBON.name {
            later.into_iter().map(str::to_owned).collect()
        } else {
            names
                .iter()
                .filter(|name| !later.contains(name.as_str()))
                .map(|name| name_hash(name))
                .collect()
        };
        for line in lines {
            text.push_str(&line);
            text.push('\n');
        }
        fs::write(self.list_file()?, text)?;
        Ok(())
    }
}

/// Eight hexadecimal digits for a function's name.
fn name_hash(name: &str) -> String {
    let mut hash = short_hash(name.as_bytes());
    hash.truncate(8);
    hash
}

/// Returns the glue so that `widget/loader/rest.js` can load the second file, and so that nothing of
/// the program throws into the page after it has ended.
pub fn prepare(glue: &str) -> Result<String> {
    let glue = begin(glue)?;
    let called = CALLED.replace(
        "} finally",
        "} catch (error) { if (wasm !== callRibbonNothing) throw error; } finally",
    );
    replace_once(&glue, CALLED, &called)
}

/// Returns the glue so that it calls `callRibbonBegin` with the first file.
pub fn begin(glue: &str) -> Result<String> {
    let begins = format!("{BEGINS} callRibbonBegin(wasm, __wbg_get_imports(), module);");
    replace_once(glue, BEGINS, &begins)
}

fn replace_once(text: &str, from: &str, to: &str) -> Result<String> {
    ensure!(text.matches(from).count() == 1, "the glue does not contain once: {from}");
    Ok(text.replace(from, to))
}

/// Adds a function to those that the WebAssembly may import.
fn add_import(glue: &str, property: &str) -> Result<String> {
    replace_once(glue, IMPORTS, &format!("{IMPORTS} {property},"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glue_that_looks_different_is_refused() {
        assert!(add_import("const import1 = {};", "rest: f").is_err());
        let glue = format!("{BEGINS}\n{CALLED}");
        assert!(prepare(&glue).is_ok());
        assert!(prepare(BEGINS).is_err());
        assert!(prepare(CALLED).is_err());
    }
}
