//! Changes the imports and exports of a WebAssembly file and leaves every other section as it is.

use std::ops::Range;

use anyhow::{Context, Result, bail};
use wasm_encoder::{EntityType, ExportKind, ExportSection, ImportSection, Module, RawSection};
use wasmparser::{Parser, Payload, TypeRef};

/// Returns the names of the functions that a file imports.
pub fn imported_functions(wasm: &[u8]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    rename_imports(wasm, |module, name| {
        names.push(name.to_owned());
        Ok((module.to_owned(), name.to_owned()))
    })?;
    Ok(names)
}

/// Returns the same file with its imports renamed. `rename` receives a module and a name within it,
/// and returns both as they should be.
///
/// # Errors
///
/// Fails if the file imports anything but functions: wasm-bindgen's glue provides nothing else.
pub fn rename_imports(
    wasm: &[u8],
    mut rename: impl FnMut(&str, &str) -> Result<(String, String)>,
) -> Result<Vec<u8>> {
    rewrite_sections(wasm, |payload, out| {
        let Payload::ImportSection(section) = payload else { return Ok(false) };
        let mut imports = ImportSection::new();
        for import in section.clone().into_imports() {
            let import = import?;
            let TypeRef::Func(of_type) = import.ty else {
                bail!("{} is imported and no function", import.name);
            };
            let (module, name) = rename(import.module, import.name)?;
            imports.import(&module, &name, EntityType::Function(of_type));
        }
        out.section(&imports);
        Ok(true)
    })
}

/// Returns the same file with only the exports whose names `keep` accepts.
pub fn keep_exports(wasm: &[u8], keep: impl Fn(&str) -> bool) -> Result<Vec<u8>> {
    rewrite_sections(wasm, |payload, out| {
        let Payload::ExportSection(section) = payload else { return Ok(false) };
        let mut exports = ExportSection::new();
        for export in section.clone() {
            let export = export?;
            if keep(export.name) {
                exports.export(export.name, ExportKind::from(export.kind), export.index);
            }
        }
        out.section(&exports);
        Ok(true)
    })
}

/// Copies a file section by section. `replace` may write another section in place of one; it
/// returns whether it did.
fn rewrite_sections(
    wasm: &[u8],
    mut replace: impl FnMut(&Payload, &mut Module) -> Result<bool>,
) -> Result<Vec<u8>> {
    let mut out = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.context("the WebAssembly could not be read")?;
        if replace(&payload, &mut out)? {
            continue;
        }
        if let Some((id, Range { start, end })) = payload.as_section() {
            let (start, end) = (usize::try_from(start)?, usize::try_from(end)?);
            let data = wasm.get(start..end).context("the WebAssembly ends early")?;
            out.section(&RawSection { id, data });
        }
    }
    Ok(out.finish())
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{CustomSection, MemoryType};

    use super::*;

    #[test]
    fn a_file_without_changes_stays_the_same_to_the_byte() -> Result<()> {
        let wasm = example();
        assert_eq!(keep_exports(&wasm, |_| true)?, wasm);
        let same = |module: &str, name: &str| Ok((module.to_owned(), name.to_owned()));
        assert_eq!(rename_imports(&wasm, same)?, wasm);
        Ok(())
    }

    #[test]
    fn only_exports_that_are_wanted_stay() -> Result<()> {
        let kept = keep_exports(&example(), |name| name != "gone")?;
        let mut names = Vec::new();
        for payload in Parser::new(0).parse_all(&kept) {
            if let Payload::ExportSection(section) = payload? {
                for export in section {
                    names.push(export?.name.to_owned());
                }
            }
        }
        assert_eq!(names, ["call"]);
        Ok(())
    }

    #[test]
    fn an_import_that_is_no_function_is_refused() {
        let mut imports = ImportSection::new();
        let memory = MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        };
        imports.import("m", "memory", memory);
        let mut module = Module::new();
        module.section(&imports);
        assert!(imported_functions(&module.finish()).is_err());
    }

    #[test]
    fn a_broken_file_is_refused() {
        assert!(imported_functions(&example()[..15]).is_err());
        assert!(imported_functions(b"no").is_err());
    }

    fn example() -> Vec<u8> {
        let mut imports = ImportSection::new();
        imports.import("m", "now", EntityType::Function(200));
        let mut exports = ExportSection::new();
        exports.export("call", ExportKind::Func, 300).export("gone", ExportKind::Memory, 0);
        let mut module = Module::new();
        module.section(&imports).section(&exports);
        module.section(&CustomSection { name: "x".into(), data: (&[1, 2, 3][..]).into() });
        module.finish()
    }
}
