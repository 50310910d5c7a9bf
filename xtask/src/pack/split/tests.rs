use std::collections::BTreeSet;

use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType, ExportKind,
    ExportSection, Function, FunctionSection, GlobalSection, GlobalType, ImportSection,
    Instruction, MemorySection, MemoryType, Module, NameMap, NameSection, RefType, TableSection,
    TableType, TypeSection, ValType,
};
use wasmparser::{Parser, Payload, TypeRef};

use super::*;

const NAMES: [&str; 5] = ["now", "other", "start[1a2b]::early", "rare[1a2b]::late", "helper::late"];

/// Makes a program: `start` calls `now` and `rare`; `rare`, which is in the table, calls `other`,
/// `start` and `helper`.
fn program() -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    types.ty().function([ValType::I32], [ValType::I32]);
    let mut imports = ImportSection::new();
    imports.import(GLUE, "now", EntityType::Function(0));
    imports.import(GLUE, "other", EntityType::Function(0));
    let mut functions = FunctionSection::new();
    functions.function(0).function(1).function(0);
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: 1,
        maximum: None,
        shared: false,
    });
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut globals = GlobalSection::new();
    let stack = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
    globals.global(stack, &ConstExpr::i32_const(1024));
    let mut exports = ExportSection::new();
    exports.export("start", ExportKind::Func, 2).export("memory", ExportKind::Memory, 0);
    let mut elements = ElementSection::new();
    elements.active(None, &ConstExpr::i32_const(0), Elements::Functions((&[3][..]).into()));
    let mut code = CodeSection::new();
    let bodies: [&[Instruction]; 3] = [
        &[Instruction::Call(0), Instruction::GlobalGet(0), Instruction::Call(3), Instruction::Drop],
        &[
            Instruction::Call(1),
            Instruction::Call(2),
            Instruction::Call(4),
            Instruction::LocalGet(0),
        ],
        &[],
    ];
    for body in bodies {
        let mut function = Function::new([]);
        for instruction in body {
            function.instruction(instruction);
        }
        function.instruction(&Instruction::End);
        code.function(&function);
    }
    let mut data = DataSection::new();
    data.active(0, &ConstExpr::i32_const(8), *b"data");
    let mut map = NameMap::new();
    for (index, name) in (0..).zip(NAMES) {
        map.append(index, name);
    }
    let mut names = NameSection::new();
    names.functions(&map);
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&tables);
    module.section(&memories).section(&globals).section(&exports).section(&elements);
    module.section(&code).section(&data).section(&names);
    module.finish()
}

/// Returns the imports and exports of a file.
fn borders(wasm: &[u8]) -> Result<(BTreeSet<String>, BTreeSet<String>)> {
    let (mut imports, mut exports) = (BTreeSet::new(), BTreeSet::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    let is_function = matches!(import.ty, TypeRef::Func(_));
                    let mark = if is_function { "()" } else { "" };
                    imports.insert(format!("{}.{}{mark}", import.module, import.name));
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    exports.insert(export?.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok((imports, exports))
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn both_files_are_valid_and_fit_together() -> Result<()> {
    let split = split(&program(), |name| name.ends_with("late"))?;
    wasmparser::validate(&split.first)?;
    wasmparser::validate(&split.later)?;
    let (imports, exports) = borders(&split.first)?;
    assert_eq!(imports, set(&["g.now()", "g.rest()"]));
    assert_eq!(exports, set(&["start", "memory", "m0", "t0", "d", "v0", "f0"]));
    let (imports, exports) = borders(&split.later)?;
    assert_eq!(imports, set(&["g.other()", "f.f0()", "f.m0", "f.t0", "f.d", "f.v0"]));
    assert_eq!(exports, set(&[]));
    Ok(())
}

#[test]
fn names_are_compared_without_the_hashes_of_crates() -> Result<()> {
    let mut asked = BTreeSet::new();
    let seen = std::cell::RefCell::new(&mut asked);
    split(&program(), |name| !seen.borrow_mut().insert(name.to_owned()))?;
    assert_eq!(asked, set(&["start::early", "rare::late", "helper::late"]));
    Ok(())
}

#[test]
fn a_program_without_later_functions_stays_one() -> Result<()> {
    let split = split(&program(), |_| false)?;
    wasmparser::validate(&split.first)?;
    wasmparser::validate(&split.later)?;
    assert!(borders(&split.first)?.0.contains("g.other()"));
    Ok(())
}

#[test]
fn a_recording_is_valid_and_names_every_function() -> Result<()> {
    let (wasm, names) = record(&program())?;
    wasmparser::validate(&wasm)?;
    assert_eq!(names, ["start::early", "rare::late", "helper::late"]);
    assert!(borders(&wasm)?.0.contains("g.runs()"));
    let later = later_names(&names, &BTreeSet::from([0]));
    assert_eq!(later.into_iter().collect::<Vec<_>>(), ["helper::late", "rare::late"]);
    Ok(())
}

#[test]
fn what_is_no_program_is_refused() {
    assert!(split(b"no", |_| true).is_err());
    assert!(split(&program()[..60], |_| true).is_err());
    assert!(record(b"no").is_err());
}
