//! Splits the ribbon's WebAssembly: what a page needs until the ribbon is ready, and the rest.
//!
//! Both files are one program. They share their memory, their tables and their global variables;
//! the second file imports these and the functions it calls from the first. In the first file, each
//! function that went to the second leaves a small one in its place: it finds the function in a
//! table of its own, and tells the glue if the table is still empty (`widget/loader/rest.js`).
//!
//! A recording decides which functions can wait: [`later_names`].

mod first;
mod later;
mod program;
mod record;

use anyhow::Result;
use program::Program;
pub use record::{later_names, record};

/// The module name of the glue if a program imports nothing of it, and that of the first file.
const GLUE: &str = "g";
const FIRST: &str = "f";
/// The function of the glue that is called when the second file is needed and not there. It throws.
const LACKS: &str = "rest";
/// The table of the second file's functions, as the first file exports it; `rest.js` reads it.
const DOORS: &str = "d";

/// A program in two files.
#[derive(Debug)]
pub struct Split {
    /// What is loaded at first.
    pub first: Vec<u8>,
    /// What is loaded after that.
    pub later: Vec<u8>,
}

/// Splits a program. `is_later` says by a function's name whether it can wait.
pub fn split(wasm: &[u8], is_later: impl Fn(&str) -> bool) -> Result<Split> {
    let program = Program::read(wasm)?;
    let plan = Plan::new(&program, is_later)?;
    Ok(Split { first: first::write(&program, &plan)?, later: later::write(&program, &plan)? })
}

/// Where each function goes.
#[derive(Debug)]
struct Plan {
    /// Whether a function is in the second file, by its index.
    is_later: Vec<bool>,
    /// Whether a function of the first file calls this one.
    called_first: Vec<bool>,
    /// Whether a function of the second file calls this one.
    called_later: Vec<bool>,
    /// The functions of the second file that the first one may call: their places in the table.
    doors: Vec<u32>,
}

impl Plan {
    fn new(program: &Program, is_later: impl Fn(&str) -> bool) -> Result<Self> {
        let count = program.types.len();
        let imported = program.imports.len();
        let is_later: Vec<bool> =
            (0..count).map(|at| at >= imported && is_later(&program.names[at])).collect();
        let mut called_first = program.referenced()?;
        let mut called_later = vec![false; count];
        for (at, body) in program.bodies.iter().enumerate() {
            let called =
                if is_later[imported + at] { &mut called_later } else { &mut called_first };
            for callee in program::called_functions(body)? {
                called[usize::try_from(callee)?] = true;
            }
        }
        let mut doors = Vec::new();
        for at in 0..count {
            if is_later[at] && called_first[at] {
                doors.push(u32::try_from(at)?);
            }
        }
        Ok(Self { is_later, called_first, called_later, doors })
    }

    /// Returns the functions of the first file that the second one imports from it.
    fn shared<'a>(&'a self, program: &'a Program) -> impl Iterator<Item = u32> + 'a {
        (program.imports.len()..self.is_later.len())
            .filter(|at| self.called_later[*at] && !self.is_later[*at])
            .filter_map(|at| u32::try_from(at).ok())
    }
}

/// Returns the name under which the first file exports a function or a global variable to the
/// second one.
fn shared_name(kind: char, index: u32) -> String {
    format!("{kind}{index:x}")
}

#[cfg(test)]
mod tests;
