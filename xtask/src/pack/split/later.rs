//! Writes the file that is loaded after the first one.

use anyhow::{Context, Result};
use wasm_encoder::reencode::Reencode;
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, FunctionSection, ImportSection,
    MemoryType, Module, RawSection, RefType, TableType,
};

use super::program::{Program, Renumber};
use super::{DOORS, FIRST, Plan, shared_name};

/// The number of the section of types.
const TYPES: u8 = 1;

/// Writes the second file: the functions that can wait. When it is instantiated, it puts those that
/// the first file may call into the table that the first file keeps for them.
pub fn write(program: &Program, plan: &Plan) -> Result<Vec<u8>> {
    let mut places = vec![None; program.types.len()];
    let mut next = 0;
    let mut place = |at: usize| {
        places[at] = Some(next);
        next += 1;
    };
    let mut imports = ImportSection::new();
    for (at, (module, name)) in program.imports.iter().enumerate() {
        if plan.called_later[at] {
            imports.import(module, name, EntityType::Function(program.types[at]));
            place(at);
        }
    }
    for (number, index) in plan.shared(program).enumerate() {
        let (at, number) = (usize::try_from(index)?, u32::try_from(number)?);
        imports.import(FIRST, &shared_name('f', number), EntityType::Function(program.types[at]));
        place(at);
    }
    let mut functions = FunctionSection::new();
    for at in program.imports.len()..program.types.len() {
        if plan.is_later[at] {
            functions.function(program.types[at]);
            place(at);
        }
    }
    let table = import_state(program, plan, &mut imports)?;

    let mut renumber = Renumber { places: &places };
    let mut code = CodeSection::new();
    for (at, body) in program.bodies.iter().enumerate() {
        if plan.is_later[program.imports.len() + at] {
            renumber.parse_function_body(&mut code, body.clone())?;
        }
    }
    let mut behind = Vec::new();
    for door in &plan.doors {
        let at = usize::try_from(*door)?;
        behind.push(places[at].context("a function has no place")?);
    }
    let mut elements = ElementSection::new();
    elements.active(Some(table), &ConstExpr::i32_const(0), Elements::Functions(behind.into()));

    let mut module = Module::new();
    let types = program.section(TYPES).context("the WebAssembly has no types")?;
    module.section(&RawSection { id: TYPES, data: types });
    module.section(&imports).section(&functions).section(&elements).section(&code);
    Ok(module.finish())
}

/// Imports what both files share besides functions. Returns the index of the table that the first
/// file keeps for the functions of the second.
fn import_state(program: &Program, plan: &Plan, imports: &mut ImportSection) -> Result<u32> {
    let memory = MemoryType {
        minimum: 0,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    };
    imports.import(FIRST, &shared_name('m', 0), memory);
    let mut table = 0;
    for of_type in program.table_types()? {
        let of_type = Renumber { places: &[] }.table_type(of_type)?;
        imports.import(FIRST, &shared_name('t', table), of_type);
        table += 1;
    }
    let length = u64::try_from(plan.doors.len())?;
    let doors = TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: length,
        maximum: Some(length),
        shared: false,
    };
    imports.import(FIRST, DOORS, doors);
    for (number, of_type) in program.global_types()?.into_iter().enumerate() {
        let of_type = Renumber { places: &[] }.global_type(of_type)?;
        imports.import(FIRST, &shared_name('v', u32::try_from(number)?), of_type);
    }
    Ok(table)
}
