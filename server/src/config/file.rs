//! Reads the settings file. Its values become the defaults of the command line's flags, so settings
//! are parsed in only one way.

use super::default_file::{Kind, section_name, setting_flags};
use clap::{Arg, Command};
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::{fs, io};
use toml::de::{DeTable, DeValue};

/// The lowest similarity at which a name is suggested instead of another one.
const ALIKE: f64 = 0.7;

/// Why a settings file was refused.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("the settings file {file:?} cannot be read: {source}")]
    Read {
        /// The file.
        file: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// It contains an error.
    #[error("{}, line {line}: {sentence}", file.display())]
    Wrong {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong, and how to correct it.
        sentence: String,
    },
}

/// A settings file that was read.
#[derive(Debug)]
pub struct File {
    path: PathBuf,
    text: String,
}

impl File {
    /// Reads a file.
    pub fn load(path: &Path) -> Result<Self, FileError> {
        let text = fs::read_to_string(path)
            .map_err(|source| FileError::Read { file: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), text })
    }

    /// Returns the command line with this file's values as defaults.
    pub fn apply(&self, command: Command) -> Result<Command, FileError> {
        let defaults = self.read_settings(&setting_flags(&command))?;
        Ok(with_defaults(command, &defaults))
    }

    /// Returns the values of each setting in the file, by name.
    fn read_settings(&self, flags: &[&Arg]) -> Result<HashMap<String, Vec<String>>, FileError> {
        // The parser's error message repeats the line, which may contain a secret.
        let file = DeTable::parse(&self.text).map_err(|error| {
            self.error_at(error.span().unwrap_or_default(), error.message().replace('\n', ", "))
        })?;
        let mut settings = HashMap::new();
        for (named, table) in file.get_ref() {
            let name = named.get_ref();
            let Some(table) = table.get_ref().as_table() else {
                let known = flags.iter().find(|flag| flag.get_id() == name.as_ref());
                let sentence = match known {
                    Some(flag) => format!("{name} belongs below the line [{}]", section_name(flag)),
                    None => unknown_setting(name, flags),
                };
                return Err(self.error_at(named.span(), sentence));
            };
            if flags.iter().all(|flag| section_name(flag) != **name) {
                let sections = flags.iter().map(|flag| section_name(flag));
                let sentence =
                    format!("there is no section [{name}]{}", did_you_mean(name, sections));
                return Err(self.error_at(named.span(), sentence));
            }
            for (key, value) in table {
                let flag = flags.iter().find(|flag| flag.get_id() == key.get_ref().as_ref());
                let read = match flag {
                    None => Err(unknown_setting(key.get_ref(), flags)),
                    Some(flag) if section_name(flag) != **name => {
                        Err(format!("{} belongs in [{}]", key.get_ref(), section_name(flag)))
                    }
                    Some(flag) => read_values(flag, value.get_ref()),
                };
                match read {
                    Ok(Some(values)) => settings.insert(key.get_ref().to_string(), values),
                    Ok(None) => None,
                    Err(sentence) => return Err(self.error_at(key.span(), sentence)),
                };
            }
        }
        Ok(settings)
    }

    fn error_at(&self, at: Range<usize>, sentence: String) -> FileError {
        let before = self.text.get(..at.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        FileError::Wrong { file: self.path.clone(), line, sentence }
    }
}

/// Returns a setting's values as the command line would have them; `None` if it is empty.
fn read_values(flag: &Arg, value: &DeValue<'_>) -> Result<Option<Vec<String>>, String> {
    let name = flag.get_id();
    let texts = |list: &[toml::Spanned<DeValue<'_>>]| {
        list.iter().map(|text| text.get_ref().as_str().map(str::to_owned)).collect()
    };
    let (values, wanted): (Option<Vec<String>>, _) = match (Kind::of(flag), value) {
        (Kind::Switch, value) => (value.as_bool().map(|on| vec![on.to_string()]), "true or false"),
        (Kind::Number, DeValue::Integer(number)) => {
            let number = i128::from_str_radix(number.as_str(), number.radix());
            (number.ok().map(|number| vec![number.to_string()]), "a whole number")
        }
        (Kind::Number, _) => (None, "a whole number, without quotes"),
        (Kind::Text, value) => {
            (value.as_str().map(|text| vec![text.to_owned()]), "a text in quotes")
        }
        (Kind::Texts, DeValue::Array(list)) => (texts(list), "a list of texts in quotes"),
        (Kind::Texts, _) => (None, "a list of texts in quotes"),
    };
    let values = values.ok_or_else(|| format!("{name} must be {wanted}"))?;
    if values.iter().all(String::is_empty) {
        return Ok(None);
    }
    if Kind::of(flag) != Kind::Switch {
        check_values(flag, &values)?;
    }
    Ok(Some(values))
}

/// Checks whether the flag itself would accept the values.
fn check_values(flag: &Arg, values: &[String]) -> Result<(), String> {
    let long = flag.get_long().unwrap_or_default();
    let given = values.iter().map(|value| format!("--{long}={value}"));
    let alone = Command::new("setting").no_binary_name(true).arg(flag.clone().global(false));
    let Err(error) = alone.try_get_matches_from(given) else { return Ok(()) };
    let said = error.to_string();
    let said = said.lines().next().unwrap_or_default().trim_start_matches("error: ");
    // The error message repeats the value, which may be a secret.
    let said = if flag.is_hide_env_values_set() { "this value is not valid" } else { said };
    Err(format!("{}: {said}", flag.get_id()))
}

fn unknown_setting(name: &str, flags: &[&Arg]) -> String {
    let names = flags.iter().map(|flag| flag.get_id().to_string());
    format!("there is no setting {name}{}", did_you_mean(name, names))
}

/// Returns the most similar of these names, as the end of a sentence.
fn did_you_mean(name: &str, names: impl Iterator<Item = String>) -> String {
    let alike = names.map(|other| (strsim::jaro_winkler(name, &other), other));
    alike
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map_or_else(String::new, |(_, other)| format!("; did you mean {other}?"))
}

/// Returns a command and its subcommands with other default values.
fn with_defaults(command: Command, defaults: &HashMap<String, Vec<String>>) -> Command {
    let known: Vec<String> = command.get_arguments().map(|arg| arg.get_id().to_string()).collect();
    let below: Vec<String> = command.get_subcommands().map(|of| of.get_name().to_owned()).collect();
    let set = known.into_iter().filter_map(|id| defaults.get(&id).map(|values| (id, values)));
    let command = set.fold(command, |command, (id, values)| {
        command.mut_arg(id, |arg| arg.default_values(values.clone()))
    });
    below.into_iter().fold(command, |command, name| {
        command.mut_subcommand(name, |below| with_defaults(below, defaults))
    })
}
