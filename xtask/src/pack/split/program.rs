//! Reads what must be known of a program to split it.

use std::ops::Range;

use super::GLUE;
use anyhow::{Context, Result, bail, ensure};
use wasm_encoder::reencode::{self, Reencode};
use wasmparser::{
    ElementItems, Export, FunctionBody, GlobalType, KnownCustom, Name, Operator, Parser, Payload,
    TableType, TypeRef,
};

/// A program, as far as it is rewritten.
pub struct Program<'a> {
    wasm: &'a [u8],
    /// The names of the imported functions: module, and name within it.
    pub imports: Vec<(&'a str, &'a str)>,
    /// The type of each function, imported ones first.
    pub types: Vec<u32>,
    /// The name of each function, without the hashes of the crates; empty if it has none.
    pub names: Vec<String>,
    /// The functions' code, without the imported ones.
    pub bodies: Vec<FunctionBody<'a>>,
    pub exports: Vec<Export<'a>>,
    /// The sections by their number in the format.
    sections: Vec<(u8, Range<usize>)>,
    pub payloads: Vec<Payload<'a>>,
}

impl<'a> Program<'a> {
    /// Reads a program.
    pub fn read(wasm: &'a [u8]) -> Result<Self> {
        let mut program = Program {
            wasm,
            imports: Vec::new(),
            types: Vec::new(),
            names: Vec::new(),
            bodies: Vec::new(),
            exports: Vec::new(),
            sections: Vec::new(),
            payloads: Vec::new(),
        };
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload.context("the WebAssembly could not be read")?;
            if let Some((id, Range { start, end })) = payload.as_section() {
                program.sections.push((id, usize::try_from(start)?..usize::try_from(end)?));
            }
            program.take(&payload)?;
            program.payloads.push(payload);
        }
        ensure!(
            program.types.len() == program.imports.len() + program.bodies.len(),
            "the WebAssembly has not as many functions as it says"
        );
        Ok(program)
    }

    fn take(&mut self, payload: &Payload<'a>) -> Result<()> {
        match payload {
            Payload::ImportSection(section) => {
                for import in section.clone().into_imports() {
                    let import = import?;
                    let TypeRef::Func(of_type) = import.ty else {
                        bail!("{} is imported and no function", import.name);
                    };
                    self.imports.push((import.module, import.name));
                    self.types.push(of_type);
                }
            }
            Payload::FunctionSection(section) => {
                for of_type in section.clone() {
                    self.types.push(of_type?);
                }
                self.names = vec![String::new(); self.types.len()];
            }
            Payload::ExportSection(section) => {
                self.exports = section.clone().into_iter().collect::<Result<_, _>>()?;
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body.clone()),
            Payload::StartSection { .. } => bail!("the WebAssembly has a start function"),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(names) = section.as_known() {
                    for subsection in names {
                        if let Name::Function(map) = subsection? {
                            for naming in map {
                                let naming = naming?;
                                let at = usize::try_from(naming.index)?;
                                let name =
                                    self.names.get_mut(at).context("a name is of nothing")?;
                                *name = without_hashes(naming.name);
                            }
                        }
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Returns the name of the module from which the program imports the glue's functions.
    pub fn glue(&self) -> &'a str {
        self.imports.first().map_or(GLUE, |(module, _)| module)
    }

    /// Returns a section as it is.
    pub fn section(&self, id: u8) -> Option<&'a [u8]> {
        let (_, range) = self.sections.iter().find(|(one, _)| *one == id)?;
        self.wasm.get(range.clone())
    }

    /// Returns the types of the tables.
    pub fn table_types(&self) -> Result<Vec<TableType>> {
        let mut types = Vec::new();
        for payload in &self.payloads {
            if let Payload::TableSection(section) = payload {
                for table in section.clone() {
                    types.push(table?.ty);
                }
            }
        }
        Ok(types)
    }

    /// Returns the types of the global variables.
    pub fn global_types(&self) -> Result<Vec<GlobalType>> {
        let mut types = Vec::new();
        for payload in &self.payloads {
            if let Payload::GlobalSection(section) = payload {
                for global in section.clone() {
                    types.push(global?.ty);
                }
            }
        }
        Ok(types)
    }

    /// Returns, by index, whether a function is exported or in a table.
    pub fn referenced(&self) -> Result<Vec<bool>> {
        let mut referenced = vec![false; self.types.len()];
        for export in &self.exports {
            if export.kind == wasmparser::ExternalKind::Func {
                referenced[usize::try_from(export.index)?] = true;
            }
        }
        for payload in &self.payloads {
            let Payload::ElementSection(section) = payload else { continue };
            for element in section.clone() {
                let ElementItems::Functions(functions) = element?.items else {
                    bail!("a table is filled by expressions");
                };
                for function in functions {
                    referenced[usize::try_from(function?)?] = true;
                }
            }
        }
        Ok(referenced)
    }
}

/// Removes the hashes that stand in brackets after the names of crates.
fn without_hashes(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        match after.split_once(']') {
            Some((hash, after))
                if !hash.is_empty() && hash.bytes().all(|b| b.is_ascii_hexdigit()) =>
            {
                rest = after;
            }
            _ => {
                plain.push('[');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// Returns the functions that a function calls.
pub fn called_functions(body: &FunctionBody) -> Result<Vec<u32>> {
    let mut called = Vec::new();
    let mut operators = body.get_operators_reader()?;
    while !operators.eof() {
        match operators.read()? {
            Operator::Call { function_index }
            | Operator::ReturnCall { function_index }
            | Operator::RefFunc { function_index } => called.push(function_index),
            Operator::MemoryInit { .. } | Operator::DataDrop { .. } => {
                bail!("the WebAssembly copies its data itself")
            }
            _ => {}
        }
    }
    Ok(called)
}

/// Gives functions other indices while code is copied.
pub struct Renumber<'a> {
    /// The new index of each function.
    pub places: &'a [Option<u32>],
}

/// A function is used in a file in which it has no place.
#[derive(Debug)]
pub struct NoPlace(u32);

impl std::fmt::Display for NoPlace {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(formatter, "function {} has no place in this file", self.0)
    }
}

impl std::error::Error for NoPlace {}

impl Reencode for Renumber<'_> {
    type Error = NoPlace;

    fn function_index(&mut self, index: u32) -> Result<u32, reencode::Error<NoPlace>> {
        let place = usize::try_from(index).ok().and_then(|at| *self.places.get(at)?);
        place.ok_or(reencode::Error::UserError(NoPlace(index)))
    }
}
