//! Records which functions run until the ribbon is ready.

use std::collections::BTreeSet;

use anyhow::Result;
use wasm_encoder::reencode::Reencode;
use wasm_encoder::{
    CodeSection, ElementSection, EntityType, ExportKind, ExportSection, Function, ImportSection,
    Instruction, Module, RawSection, TypeSection, ValType,
};
use wasmparser::Payload;

use super::program::{Program, Renumber};

/// The function of the glue that is called at the start of each function, with its number.
const RUNS: &str = "runs";

/// Returns the same program, in which each function calls `RUNS` of the glue first, and the
/// functions' names.
pub fn record(wasm: &[u8]) -> Result<(Vec<u8>, Vec<String>)> {
    let program = Program::read(wasm)?;
    let imported = u32::try_from(program.imports.len())?;
    let places: Vec<Option<u32>> = (0..u32::try_from(program.types.len())?)
        .map(|at| Some(if at < imported { at } else { at + 1 }))
        .collect();
    let mut renumber = Renumber { places: &places };
    let mut module = Module::new();
    let mut code = CodeSection::new();
    for (number, body) in program.bodies.iter().enumerate() {
        let mut copy = renumber.new_function_with_parsed_locals(body)?;
        copy.instruction(&Instruction::I32Const(i32::try_from(number)?));
        copy.instruction(&Instruction::Call(imported));
        copy_code(&mut renumber, body, &mut copy)?;
        code.function(&copy);
    }
    for payload in &program.payloads {
        match payload {
            Payload::TypeSection(section) => {
                let mut types = TypeSection::new();
                renumber.parse_type_section(&mut types, section.clone())?;
                let runs = types.len();
                types.ty().function([ValType::I32], []);
                module.section(&types);
                let mut imports = ImportSection::new();
                for (at, (of, name)) in program.imports.iter().enumerate() {
                    imports.import(of, name, EntityType::Function(program.types[at]));
                }
                imports.import(program.glue(), RUNS, EntityType::Function(runs));
                module.section(&imports);
            }
            Payload::ExportSection(section) => {
                let mut exports = ExportSection::new();
                for export in section.clone() {
                    let export = export?;
                    let kind = ExportKind::from(export.kind);
                    let moved = kind == ExportKind::Func && export.index >= imported;
                    exports.export(export.name, kind, export.index + u32::from(moved));
                }
                module.section(&exports);
            }
            Payload::ElementSection(section) => {
                let mut elements = ElementSection::new();
                renumber.parse_element_section(&mut elements, section.clone())?;
                module.section(&elements);
            }
            Payload::CodeSectionStart { .. } => {
                module.section(&code);
            }
            Payload::ImportSection(_) | Payload::CustomSection(_) => {}
            other => {
                if let Some((id, _)) = other.as_section()
                    && let Some(data) = program.section(id)
                {
                    module.section(&RawSection { id, data });
                }
            }
        }
    }
    let names = program.names.get(program.imports.len()..).unwrap_or_default().to_vec();
    Ok((module.finish(), names))
}

fn copy_code(
    renumber: &mut Renumber,
    body: &wasmparser::FunctionBody,
    copy: &mut Function,
) -> Result<()> {
    let mut operators = body.get_operators_reader()?;
    while !operators.eof() {
        copy.instruction(&renumber.parse_instruction(&mut operators)?);
    }
    Ok(())
}

/// Returns the names of functions that do not run early. Functions of one name are one.
pub fn later_names<'a>(all: &'a [String], ran: &BTreeSet<usize>) -> BTreeSet<&'a str> {
    let early: BTreeSet<&str> =
        ran.iter().filter_map(|number| all.get(*number)).map(String::as_str).collect();
    all.iter()
        .map(String::as_str)
        .filter(|name| !name.is_empty() && !early.contains(name))
        .collect()
}
