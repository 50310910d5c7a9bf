//! Combines the command line with the settings file.

use super::Cli;
use crate::config::{File, FileError};
use clap::{ArgMatches, Command, CommandFactory as _, FromArgMatches as _};
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
    let command = ignore_empty_variables(Cli::command());
    let matches = command.clone().get_matches();
    let file = settings_file(&matches);
    let read = file.as_deref().map(|file| File::load(file)?.apply(command)).transpose();
    let (matches, refused) = match read {
        Ok(Some(command)) => (command.get_matches(), None),
        Ok(None) => (matches, None),
        Err(error) => (matches, Some(error)),
    };
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    ParsedSettings { cli, file, refused }
}

/// Returns a command and its subcommands without the environment variables that are empty: an empty
/// text counts as missing, as in the settings file. Compose files and unit files pass such variables
/// on for settings that nobody has set.
fn ignore_empty_variables(command: Command) -> Command {
    let below: Vec<String> = command.get_subcommands().map(|of| of.get_name().to_owned()).collect();
    let command = command.mut_args(|arg| {
        let is_empty = arg.get_env().and_then(std::env::var_os).is_some_and(|text| text.is_empty());
        if is_empty { arg.env(None::<&str>) } else { arg }
    });
    below
        .into_iter()
        .fold(command, |command, name| command.mut_subcommand(name, ignore_empty_variables))
}

fn settings_file(matches: &ArgMatches) -> Option<PathBuf> {
    // The settings file may be invalid when a fresh one is requested.
    if matches.subcommand_name() == Some("config") {
        return None;
    }
    let named = matches.get_one::<PathBuf>("config").cloned();
    named.or_else(|| Path::new(FILE).is_file().then(|| FILE.into()))
}
