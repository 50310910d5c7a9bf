//! Writes the file that is loaded at first.

use anyhow::{Context, Result};
use wasm_encoder::reencode::Reencode;
use wasm_encoder::{
    BlockType, CodeSection, ElementSection, EntityType, ExportKind, ExportSection, Function,
    FunctionSection, ImportSection, Instruction, Module, RawSection, RefType, TableSection,
    TableType, TypeSection,
};
use wasmparser::{CompositeInnerType, Payload};

use super::program::{Program, Renumber};
use super::{DOORS, LACKS, Plan, shared_name};

/// Writes the first file: all sections of the program, without the functions that can wait.
pub fn write(program: &Program, plan: &Plan) -> Result<Vec<u8>> {
    let mut places = vec![None; program.types.len()];
    let mut imports = ImportSection::new();
    let mut functions = FunctionSection::new();
    let mut next = 0;
    for (at, (module, name)) in program.imports.iter().enumerate() {
        if plan.called_first[at] {
            imports.import(module, name, EntityType::Function(program.types[at]));
            places[at] = Some(next);
            next += 1;
        }
    }
    let (mut types, parameters) = read_types(program)?;
    let lacks = next;
    imports.import(program.glue(), LACKS, EntityType::Function(types.len()));
    types.ty().function([], []);
    next += 1;
    for (at, place) in places.iter_mut().enumerate().skip(program.imports.len()) {
        if !plan.is_later[at] {
            functions.function(program.types[at]);
            *place = Some(next);
            next += 1;
        }
    }
    for door in &plan.doors {
        let at = usize::try_from(*door)?;
        functions.function(program.types[at]);
        places[at] = Some(next);
        next += 1;
    }

    let mut renumber = Renumber { places: &places };
    let mut code = CodeSection::new();
    for (at, body) in program.bodies.iter().enumerate() {
        if !plan.is_later[program.imports.len() + at] {
            renumber.parse_function_body(&mut code, body.clone())?;
        }
    }
    let (mut tables, mut elements) = (TableSection::new(), ElementSection::new());
    for payload in &program.payloads {
        match payload {
            Payload::TableSection(section) => {
                renumber.parse_table_section(&mut tables, section.clone())?;
            }
            Payload::ElementSection(section) => {
                renumber.parse_element_section(&mut elements, section.clone())?;
            }
            _ => {}
        }
    }
    let table = tables.len();
    let length = u64::try_from(plan.doors.len())?;
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: length,
        maximum: Some(length),
        shared: false,
    });
    for (place, door) in plan.doors.iter().enumerate() {
        let of_type = program.types[usize::try_from(*door)?];
        let parameters = parameters.get(usize::try_from(of_type)?).context("a type is missing")?;
        code.function(&write_door(i32::try_from(place)?, of_type, *parameters, table, lacks));
    }

    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&tables);
    copy(program, &mut module, &[5, 6]);
    module.section(&exports(program, plan, &places, table)?).section(&elements);
    copy(program, &mut module, &[12]);
    module.section(&code);
    copy(program, &mut module, &[11]);
    Ok(module.finish())
}

/// Writes the function that stands in for one of the second file.
fn write_door(place: i32, of_type: u32, parameters: u32, table: u32, lacks: u32) -> Function {
    let mut door = Function::new([]);
    door.instruction(&Instruction::I32Const(place));
    door.instruction(&Instruction::TableGet(table));
    door.instruction(&Instruction::RefIsNull);
    door.instruction(&Instruction::If(BlockType::Empty));
    door.instruction(&Instruction::Call(lacks));
    door.instruction(&Instruction::End);
    for parameter in 0..parameters {
        door.instruction(&Instruction::LocalGet(parameter));
    }
    door.instruction(&Instruction::I32Const(place));
    door.instruction(&Instruction::CallIndirect { type_index: of_type, table_index: table });
    door.instruction(&Instruction::End);
    door
}

/// Returns the types, and how many parameters a function of each has.
fn read_types(program: &Program) -> Result<(TypeSection, Vec<u32>)> {
    let mut types = TypeSection::new();
    let mut parameters = Vec::new();
    for payload in &program.payloads {
        let Payload::TypeSection(section) = payload else { continue };
        Renumber { places: &[] }.parse_type_section(&mut types, section.clone())?;
        for group in section.clone() {
            for of_type in group?.types() {
                parameters.push(match &of_type.composite_type.inner {
                    CompositeInnerType::Func(function) => u32::try_from(function.params().len())?,
                    _ => 0,
                });
            }
        }
    }
    Ok((types, parameters))
}

/// Returns the exports of the program, and what the second file needs besides.
fn exports(
    program: &Program,
    plan: &Plan,
    places: &[Option<u32>],
    table: u32,
) -> Result<ExportSection> {
    let mut exports = ExportSection::new();
    let place = |index: u32| {
        let at = usize::try_from(index).ok()?;
        *places.get(at)?
    };
    for export in &program.exports {
        let kind = ExportKind::from(export.kind);
        let index = if kind == ExportKind::Func {
            place(export.index).context("an export has no place")?
        } else {
            export.index
        };
        exports.export(export.name, kind, index);
    }
    exports.export(&shared_name('m', 0), ExportKind::Memory, 0);
    for index in 0..table {
        exports.export(&shared_name('t', index), ExportKind::Table, index);
    }
    exports.export(DOORS, ExportKind::Table, table);
    for index in 0..program.global_types()?.len() {
        let index = u32::try_from(index)?;
        exports.export(&shared_name('v', index), ExportKind::Global, index);
    }
    for (number, index) in plan.shared(program).enumerate() {
        let place = place(index).context("a shared function has no place")?;
        exports.export(&shared_name('f', u32::try_from(number)?), ExportKind::Func, place);
    }
    Ok(exports)
}

/// Copies sections as they are, if the program has them.
fn copy(program: &Program, module: &mut Module, ids: &[u8]) {
    for id in ids {
        if let Some(data) = program.section(*id) {
            module.section(&RawSection { id: *id, data });
        }
    }
}
