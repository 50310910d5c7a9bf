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

/// Where the glue gets hold of the first file, and where its functions begin.
const BEGINS: &str = "wasm = instance.exports;";
const IMPORTS: &str = "const import0 = {";

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
        return Ok((
            add_import(glue, "runs: (at) => (globalThis.callRibbonRuns ??= new Set()).add(at)")?,
            wasm,
        ));
    }
    let list = fs::read_to_string(list()?)?;
    let list: BTreeSet<&str> = list.lines().collect();
    let split = split::split(wasm, |name| list.contains(name))?;
    later.push(("rest".to_owned(), write_hashed(staging, "rest", "wasm", &split.later)?));
    let glue = add_import(glue, "rest: callRibbonLoadRestNow")?;
    ensure!(glue.matches(BEGINS).count() == 1, "the glue begins in another way");
    let begins = format!("{BEGINS} callRibbonBeginRest(wasm, __wbg_get_imports());");
    Ok((glue.replace(BEGINS, &begins), split.first))
}

/// Adds a function to those that the WebAssembly may import.
fn add_import(glue: &str, property: &str) -> Result<String> {
    ensure!(glue.matches(IMPORTS).count() == 1, "the glue lists its functions in another way");
    Ok(glue.replace(IMPORTS, &format!("{IMPORTS} {property},")))
}

/// Writes the list of functions that can wait. `numbers` are those of the functions that ran until
/// a call was started.
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
    }
}
