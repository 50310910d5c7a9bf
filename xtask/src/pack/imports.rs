//! Shortens the names of the functions that the WebAssembly imports from its glue.
//!
//! wasm-bindgen names each function by what it is and by a hash, once in the WebAssembly and once
//! in the glue. Nobody reads those names, and hashes do not compress: two hundred of them are 5 kB
//! of what a page downloads.

use super::sections;
use anyhow::{Result, ensure};

/// The module name under which the glue passes its functions.
const SHORT_MODULE: &str = "g";

/// Returns the same program with short names: glue and WebAssembly. `from` is wasm-bindgen's name of
/// the glue's module.
pub fn shorten(glue: &str, wasm: &[u8], from: &str) -> Result<(String, Vec<u8>)> {
    let mut glue = glue.replace(&format!("\"{from}\""), &format!("\"{SHORT_MODULE}\""));
    let mut place = 0;
    let wasm = sections::rename_imports(wasm, |module, name| {
        ensure!(module == from, "the WebAssembly imports from elsewhere, too");
        let short = short_name(place);
        place += 1;
        rename_function(&mut glue, name, &short)?;
        Ok((SHORT_MODULE.to_owned(), short))
    })?;
    Ok((glue, wasm))
}

/// Renames a function in the glue, where each of these functions is a property of one object.
fn rename_function(glue: &mut String, name: &str, short: &str) -> Result<()> {
    let property = format!(" {name}:");
    ensure!(glue.matches(&property).count() == 1, "the glue does not name {name} once");
    *glue = glue.replace(&property, &format!(" {short}:"));
    Ok(())
}

/// Returns the short name of an index: `a` to `z`, then `a1` to `z1`, and so on.
fn short_name(place: usize) -> String {
    let letter = char::from(b"abcdefghijklmnopqrstuvwxyz"[place % 26]);
    let round = place / 26;
    if round == 0 { letter.to_string() } else { format!("{letter}{round}") }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{EntityType, FunctionSection, ImportSection, Module};

    use super::*;

    const MODULE: &str = "./ribbon_bg.js";

    const GLUE: &str = "const i = { __proto__: null, __wbg_now_1f: function() {}, __wbg_now_2f: () => 1 };\nreturn { \"./ribbon_bg.js\": i };";

    /// Makes a file with two imports, and a section after them.
    fn wasm(module: &str, names: [&str; 2]) -> Vec<u8> {
        let mut imports = ImportSection::new();
        imports.import(module, names[0], EntityType::Function(0));
        imports.import(module, names[1], EntityType::Function(200));
        let mut wasm = Module::new();
        wasm.section(&imports).section(&FunctionSection::new());
        wasm.finish()
    }

    fn long() -> Vec<u8> {
        wasm(MODULE, ["__wbg_now_1f", "__wbg_now_2f"])
    }

    #[test]
    fn both_sides_get_the_same_short_names() -> Result<()> {
        let (glue, short) = shorten(GLUE, &long(), MODULE)?;
        assert_eq!(
            glue,
            "const i = { __proto__: null, a: function() {}, b: () => 1 };\nreturn { \"g\": i };"
        );
        assert_eq!(short, wasm("g", ["a", "b"]));
        Ok(())
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        assert!(shorten(&GLUE.replace("now_2f", "then_2f"), &long(), MODULE).is_err());
        assert!(shorten(GLUE, &long()[..20], MODULE).is_err());
        assert!(shorten(GLUE, b"no", MODULE).is_err());
    }

    #[test]
    fn names_do_not_come_twice() {
        let names: std::collections::BTreeSet<_> = (0..2_000).map(short_name).collect();
        assert_eq!(names.len(), 2_000);
    }
}
