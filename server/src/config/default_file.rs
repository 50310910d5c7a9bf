//! Writes the settings file from the flags of the command line, so that the two have the same
//! settings.

use clap::{Arg, ArgAction, Command};
use std::any::TypeId;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The width of a comment line.
const WIDTH: usize = 92;
/// The section of flags without a heading.
const FIRST: &str = "server";

const OPENING: &str = "\
# Settings of Call Ribbon. Each setting is a comment with its default value: remove the # and
# change the value. A command-line flag overrides an environment variable, which overrides this
# file. If neither --config nor CALL_RIBBON_CONFIG names a file, call-ribbon.toml in the working
# directory is read, if it exists. An empty text counts as missing, here and in a variable. If
# others can read this file, keep secrets out of it: store them in files of their own.
";

/// The type of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Switch,
    /// A whole number.
    Number,
    /// A text.
    Text,
    /// A list of texts.
    Texts,
}

impl Kind {
    pub fn of(arg: &Arg) -> Self {
        let parsed = arg.get_value_parser().type_id();
        let numbers =
            [TypeId::of::<u16>(), TypeId::of::<u32>(), TypeId::of::<u64>(), TypeId::of::<i64>()];
        match arg.get_action() {
            ArgAction::SetTrue => Self::Switch,
            ArgAction::Append => Self::Texts,
            _ if numbers.iter().any(|number| parsed == *number) => Self::Number,
            _ => Self::Text,
        }
    }
}

/// Returns whether a flag is a setting; `--help` and the name of the settings file are not.
pub fn is_setting(arg: &Arg) -> bool {
    !["help", "version", "config", "json"].contains(&arg.get_id().as_str())
        && arg.get_long().is_some()
}

/// Returns the section of the file that contains a flag.
pub fn section_name(arg: &Arg) -> String {
    let heading = arg.get_help_heading().unwrap_or(FIRST);
    heading.to_lowercase().replace(' ', "_")
}

/// Returns the whole file for these flags, commented out.
#[must_use]
pub fn default_text(flags: Vec<&Arg>) -> String {
    let mut sections: Vec<String> = Vec::new();
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for flag in flags {
        let section = section_name(flag);
        if !sections.contains(&section) {
            sections.push(section.clone());
        }
        write_setting(texts.entry(section).or_default(), flag);
    }
    let mut file = OPENING.to_owned();
    for section in sections {
        let settings = texts.remove(&section).unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = write!(file, "\n[{section}]\n{settings}");
    }
    file
}

/// Returns all flags that are settings: those of `serve` and those of all commands.
pub fn setting_flags(command: &Command) -> Vec<&Arg> {
    let serve = command.find_subcommand("serve").into_iter().flat_map(Command::get_arguments);
    let mut seen: Vec<&Arg> = Vec::new();
    for flag in serve.chain(command.get_arguments()).filter(|flag| is_setting(flag)) {
        if seen.iter().all(|other| other.get_id() != flag.get_id()) {
            seen.push(flag);
        }
    }
    seen
}

fn write_setting(text: &mut String, flag: &Arg) {
    let help = flag.get_long_help().or(flag.get_help()).map(ToString::to_string);
    let help = help.unwrap_or_default();
    let mut told = format!("{}.", help.trim_end_matches('.'));
    if let (Some(long), Some(env)) = (flag.get_long(), flag.get_env()) {
        let _ = write!(told, " Also --{long} or {}.", env.to_string_lossy());
    }
    text.push('\n');
    let mut line = String::from("#");
    for word in told.split_whitespace() {
        if line.len() + 1 + word.len() > WIDTH {
            let _ = writeln!(text, "{line}");
            "#".clone_into(&mut line);
        }
        let _ = write!(line, " {word}");
    }
    let _ = writeln!(text, "{line}");
    let _ = writeln!(text, "#{} = {}", flag.get_id(), default_value(flag));
}

/// Returns the default of a setting, as it is written in the file.
fn default_value(flag: &Arg) -> String {
    let values: Vec<String> =
        flag.get_default_values().iter().map(|value| value.to_string_lossy().into()).collect();
    let first = values.first().cloned().unwrap_or_default();
    match Kind::of(flag) {
        Kind::Switch if first.is_empty() => "false".to_owned(),
        Kind::Switch | Kind::Number => first,
        // TOML writes a text as Rust does, unless it contains unusual characters.
        Kind::Text => format!("{first:?}"),
        Kind::Texts => format!("{values:?}"),
    }
}
