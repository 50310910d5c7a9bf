//! The command line with what a file of settings says.

use super::Cli;
use crate::config::{File, FileError};
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};
use std::path::{Path, PathBuf};

/// The file that is read if none is named and this one exists.
const FILE: &str = "call-ribbon.toml";

/// What the command line comes to.
pub struct Parsed {
    /// What was asked for.
    pub cli: Cli,
    /// The file that was read.
    pub file: Option<PathBuf>,
    /// Why the file is not taken; then `cli` is as if there were none.
    pub refused: Option<FileError>,
}

/// Reads the command line, and the file of settings that it names. A mistake on the command line
/// itself ends the program, with what is right.
pub fn parse() -> Parsed {
    // First alone, for the file's name.
    let matches = Cli::command().get_matches();
    let file = file(&matches);
    let read = file.as_deref().map(|file| File::read(file)?.apply(Cli::command())).transpose();
    let (matches, refused) = match read {
        Ok(Some(command)) => (command.get_matches(), None),
        Ok(None) => (matches, None),
        Err(error) => (matches, Some(error)),
    };
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    Parsed { cli, file, refused }
}

fn file(matches: &ArgMatches) -> Option<PathBuf> {
    // The one who asks for a fresh file may well have one that is wrong.
    if matches.subcommand_name() == Some("config") {
        return None;
    }
    let named = matches.get_one::<PathBuf>("config").cloned();
    named.or_else(|| Path::new(FILE).is_file().then(|| FILE.into()))
}
