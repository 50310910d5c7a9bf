//! Minifies JavaScript, and lists the globals that it uses.
//!
//! Oxc was chosen by trial: as a crate it needs no Node to run the project, it compiles in under a
//! minute on two cores, and it reduces 27 kB of glue to 11 kB (after brotli, 4.9 kB to 3.3 kB). Its
//! scope analysis also finds the free names exactly, which a text search could not.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions, CommentOptions};
use oxc_compat::EngineTargets;
use oxc_minifier::{CompressOptions, MangleOptions, Minifier, MinifierOptions};
use oxc_parser::{Parser, ParserReturn};
use oxc_semantic::SemanticBuilder;
use oxc_span::SourceType;

/// The newest language version that the result may use. Every browser that runs the ribbon's
/// WebAssembly supports it.
const LANGUAGE: &str = "es2021";

/// How a browser loads a file.
#[derive(Clone, Copy, Debug)]
pub enum ScriptKind {
    /// As a module.
    Module,
    /// As a classic script.
    Script,
}

impl ScriptKind {
    fn source_type(self) -> SourceType {
        match self {
            Self::Module => SourceType::mjs(),
            Self::Script => SourceType::script(),
        }
    }
}

/// Returns the same program in as few characters as possible.
pub fn minify(source: &str, kind: ScriptKind) -> Result<String> {
    let allocator = Allocator::default();
    let mut program = parse_source(&allocator, source, kind)?.program;
    let target = match EngineTargets::from_target(LANGUAGE) {
        Ok(target) => target,
        Err(problem) => bail!("{LANGUAGE} is not known to the minifier: {problem}"),
    };
    let options = MinifierOptions {
        mangle: Some(MangleOptions::default()),
        mangle_properties: None,
        compress: Some(CompressOptions { target, ..CompressOptions::smallest() }),
    };
    let minified = Minifier::new(options).minify(&allocator, &mut program);
    let layout = CodegenOptions {
        minify: true,
        comments: CommentOptions::disabled(),
        ..CodegenOptions::default()
    };
    let printed =
        Codegen::new().with_options(layout).with_scoping(minified.scoping).build(&program);
    Ok(printed.code)
}

/// Returns the names that a program uses and does not define.
pub fn free_names(source: &str, kind: ScriptKind) -> Result<BTreeSet<String>> {
    let allocator = Allocator::default();
    let program = parse_source(&allocator, source, kind)?.program;
    let semantic = SemanticBuilder::new().build(&program).semantic;
    let names = semantic.scoping().root_unresolved_references().keys();
    Ok(names.map(ToString::to_string).collect())
}

fn parse_source<'text>(
    allocator: &'text Allocator,
    source: &'text str,
    kind: ScriptKind,
) -> Result<ParserReturn<'text>> {
    let parsed = Parser::new(allocator, source, kind.source_type()).parse();
    if let Some(problem) = parsed.diagnostics.first() {
        bail!("this is no JavaScript that can be read: {problem}");
    }
    Ok(parsed)
}
