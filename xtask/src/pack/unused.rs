//! Removes unused exports of the ribbon's WebAssembly.
//!
//! Leptos depends on wasm-streams, whose classes wasm-bindgen exports whether they are used or not,
//! and wasm-opt cannot remove what is exported. So the exports are removed first, then wasm-opt
//! removes what has become unused, and finally the glue loses the functions that the WebAssembly no
//! longer imports. Together with wasm-opt's options, that is 3 % of what a page downloads.

use super::sections;
use crate::exec;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;

/// The classes as the glue names them. Their exports start with the same name in lower case.
const CLASSES: [&str; 3] =
    ["IntoUnderlyingByteSource", "IntoUnderlyingSink", "IntoUnderlyingSource"];
/// The prefixes of the exports that belong to the classes.
const EXPORTS: [&str; 2] = ["intounderlying", "__wbg_intounderlying"];
/// The options for minimizing. Rust leaves the first kilobyte of memory empty, which
/// `--low-memory-unused` uses (0.4 %); code that was flattened and restructured is smaller than
/// before (1 %); the second `-Os` finds what the first uncovered, and its output compresses better
/// than that of `-Oz` (0.2 %); sorting functions by name puts similar ones side by side, which
/// compresses better (0.6 %). `-g` keeps the names, by which the program is split (`rest.rs`), and only small
/// functions are merged with their only caller, so that rare ones can be in the second file.
const SMALLER: [&str; 10] = [
    "--low-memory-unused",
    "--strip-producers",
    "--strip-target-features",
    "--flatten",
    "--rereloop",
    "-Os",
    "-Os",
    "--reorder-functions-by-name",
    "-g",
    "--one-caller-inline-max-function-size=40",
];
/// The features that Rust's WebAssembly uses, and that every browser of recent years supports.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Returns the same program without unused parts: glue and WebAssembly. A quick build skips
/// wasm-opt.
pub fn remove_unused(
    glue: &str,
    wasm: &[u8],
    folder: &Path,
    quick: bool,
) -> Result<(String, Vec<u8>)> {
    let glue = without_classes(glue)?;
    let wasm = without_exports(wasm)?;
    let wasm = if quick { wasm } else { run_wasm_opt(&wasm, folder, &SMALLER)? };
    let asked_for = sections::imported_functions(&wasm)?;
    Ok((without_functions(&glue, &asked_for), wasm))
}

fn without_classes(glue: &str) -> Result<String> {
    let mut glue = glue.to_owned();
    for class in CLASSES {
        let export = format!("    exports.{class} = {class};\n");
        cut_text(&mut glue, &format!("    class {class} {{\n"), &export)?;
        cut_text(&mut glue, &format!("    const {class}Finalization ="), ", 1));\n")?;
        ensure!(!glue.contains(class), "the glue still uses {class}");
    }
    Ok(glue)
}

/// Removes a text from its beginning to its end.
fn cut_text(text: &mut String, begins: &str, ends: &str) -> Result<()> {
    let begin = text.find(begins).with_context(|| format!("the glue has no {begins:?}"))?;
    let length = text[begin..].find(ends).with_context(|| format!("{begins:?} has no end"))?;
    text.replace_range(begin..begin + length + ends.len(), "");
    Ok(())
}

fn without_exports(wasm: &[u8]) -> Result<Vec<u8>> {
    sections::keep_exports(wasm, |name| !EXPORTS.iter().any(|begin| name.starts_with(begin)))
}

/// Minimizes WebAssembly; the options are those of wasm-opt. `folder` is for temporary files.
pub fn run_wasm_opt(wasm: &[u8], folder: &Path, options: &[&str]) -> Result<Vec<u8>> {
    let (before, after) = (folder.join("before.wasm"), folder.join("after.wasm"));
    fs::write(&before, wasm)?;
    let mut wasm_opt = exec::command("wasm-opt");
    wasm_opt.args(FEATURES).args(options).arg(&before).arg("-o").arg(&after);
    exec::run_quiet(&mut wasm_opt, "making the WebAssembly small")?;
    let wasm = fs::read(&after)?;
    fs::remove_file(before)?;
    fs::remove_file(after)?;
    Ok(wasm)
}

/// Removes functions from the glue, where they follow one another, each from its name to a closing
/// line.
fn without_functions(glue: &str, asked_for: &[String]) -> String {
    const INDENT: &str = "            ";
    let mut kept = String::with_capacity(glue.len());
    let mut skips = false;
    for line in glue.split_inclusive('\n') {
        let property = line.strip_prefix(INDENT).filter(|rest| rest.starts_with("__wb"));
        if let Some((name, begins)) = property.and_then(|rest| rest.split_once(": ")) {
            skips = !asked_for.iter().any(|one| one == name);
            let is_one_line = !begins.trim_end().ends_with('{');
            if skips && is_one_line {
                skips = false;
                continue;
            }
        }
        if !skips {
            kept.push_str(line);
        } else if line.strip_prefix(INDENT).is_some_and(|rest| rest.starts_with('}')) {
            skips = false;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{ExportKind, ExportSection, Module};

    use super::*;

    #[test]
    fn only_functions_that_nobody_asks_for_go() {
        let glue = "        const import0 = {\n            __wbg_a_1: function(arg0) {\n                one();\n            },\n            __wbg_b_2: () => 1,\n            __wbg_c_3: function() { return handle(function () {\n                two();\n            }, arguments); },\n            __wbg_d_4: function() {\n            },\n        };\n";
        let asked_for = ["__wbg_a_1".to_owned(), "__wbg_d_4".to_owned()];
        assert_eq!(
            without_functions(glue, &asked_for),
            "        const import0 = {\n            __wbg_a_1: function(arg0) {\n                one();\n            },\n            __wbg_d_4: function() {\n            },\n        };\n"
        );
    }

    #[test]
    fn exports_of_the_classes_go_and_all_others_stay() -> Result<()> {
        let all = ["call", "intounderlyingsink_write", "__wbg_intounderlyingsink_free"];
        assert_eq!(without_exports(&exporting(&all))?, exporting(&["call"]));
        Ok(())
    }

    #[test]
    fn a_glue_without_the_classes_is_refused() {
        assert!(without_classes("const nothing = 1;\n").is_err());
    }

    fn exporting(names: &[&str]) -> Vec<u8> {
        let mut exports = ExportSection::new();
        for name in names {
            exports.export(name, ExportKind::Func, 7);
        }
        let mut module = Module::new();
        module.section(&exports);
        module.finish()
    }
}
