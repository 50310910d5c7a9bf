//! Splits the ribbon's program, and lets its glue load the second file.

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

use anyhow::{Context, Result, ensure};

use super::{Later, split, write_hashed};
use crate::paths;

/// Names the folder into which a recording build writes the names of the functions.
pub const RECORD: &str = "CALL_RIBBON_RECORD";
/// The file in it.
pub const FUNCTIONS: &str = "functions.txt";

/// Where the glue gets hold of the first file, where its functions begin, and the end of what it
/// does when the browser calls a function of the program.
const BEGINS: &str = "wasm = instance.exports;";
const IMPORTS: &str = "const import0 = {";
const CALLED: &str = "return f(a, state.b, ...args);\n            } finally {";
/// The path of the second file in a recording, which does not exist: what runs without it is recorded.
const NO_FILE: &str = "assets/rest-recording.wasm";

/// Splits the program. Returns the glue and the first file; the second is written and joins the
/// files that the glue loads later.
pub fn split_program(
    glue: &str,
    wasm: &[u8],
    staging: &Path,
    later: &mut Later,
) -> Result<(String, Vec<u8>)> {
    if let Some(folder) = env::var_os(RECORD) {
        let (wasm, names) = split::record(wasm)?;
        fs::write(Path::new(&folder).join(FUNCTIONS), names.join("\n"))?;
        later.push(("rest".to_owned(), NO_FILE.to_owned()));
        return Ok((
            add_import(glue, "runs: (at) => (globalThis.callRibbonRuns ??= new Set()).add(at)")?,
            wasm,
        ));
    }
    let list = fs::read_to_string(list()?)?;
    let list: BTreeSet<&str> = list.lines().collect();
    let split = split::split(wasm, |name| list.contains(name))?;
    later.push(("rest".to_owned(), write_hashed(staging, "rest", "wasm", &split.later)?));
    Ok((
        add_import(glue, "rest: () => { wasm = callRibbonNothing; callRibbonLack(); }")?,
        split.first,
    ))
}

/// Returns the glue so that `widget/loader/rest.js` can load the second file, and so that nothing of
/// the program throws into the page after it has ended.
pub fn prepare(glue: &str) -> Result<String> {
    let glue = replace_once(
        glue,
        BEGINS,
        &format!("{BEGINS} callRibbonBegin(wasm, __wbg_get_imports(), module);"),
    )?;
    let called = CALLED.replace(
        "} finally",
        "} catch (error) { if (wasm !== callRibbonNothing) throw error; } finally",
    );
    replace_once(&glue, CALLED, &called)
}

fn replace_once(text: &str, from: &str, to: &str) -> Result<String> {
    ensure!(text.matches(from).count() == 1, "the glue does not contain once: {from}");
    Ok(text.replace(from, to))
}

/// Adds a function to those that the WebAssembly may import.
fn add_import(glue: &str, property: &str) -> Result<String> {
    replace_once(glue, IMPORTS, &format!("{IMPORTS} {property},"))
}

/// Writes the list of functions that can wait. `numbers` are those of the functions that ran.
pub fn write_list(folder: &Path, numbers: &BTreeSet<usize>) -> Result<()> {
    let names = fs::read_to_string(folder.join(FUNCTIONS))
        .context("the browser files were not built for a recording")?;
    let names: Vec<String> = names.split('\n').map(str::to_owned).collect();
    let mut text = String::new();
    for name in split::later_names(&names, numbers) {
        text.push_str(name);
        text.push('\n');
    }
    fs::write(list()?, text)?;
    Ok(())
}

fn list() -> Result<std::path::PathBuf> {
    Ok(paths::workspace()?.join("xtask/src/pack/split/later.txt"))
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
