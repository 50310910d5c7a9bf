//! Combines the command line with the settings file.

use super::Cli;
use crate::config::{File, FileError};
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};
use std::path::{Path, PathBuf};

/// The file that is read if none is named and it exists.
const FILE: &str = "call-ribbon.toml";

/// The parsed command line and settings.
pub struct ParsedSettings {
    /// The command line, with the file's settings.
    pub cli: Cli,
    /// The file that was read.
    pub file: Option<PathBuf>,
    /// Why the file was refused; `cli` is then as if no file existed.
    pub refused: Option<FileError>,
}

/// Reads the command line and the settings file that it names. An error on the command line itself
/// ends the program with a usage message.
pub fn parse_settings() -> ParsedSettings {
    // First without the file's settings, to find the file's name.
    let matches = Cli::command().get_matches();
    let file = settings_file(&matches);
    let read = file.as_deref().map(|file| File::load(file)?.apply(Cli::command())).transpose();
    let (matches, refused) = match read {
        Ok(Some(command)) => (command.get_matches(), None),
        Ok(None) => (matches, None),
        Err(error) => (matches, Some(error)),
    };
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    ParsedSettings { cli, file, refused }
}

fn settings_file(matches: &ArgMatches) -> Option<PathBuf> {
    // The settings file may be invalid when a fresh one is requested.
    if matches.subcommand_name() == Some("config") {
        return None;
    }
    let named = matches.get_one::<PathBuf>("config").cloned();
    named.or_else(|| Path::new(FILE).is_file().then(|| FILE.into()))
}
