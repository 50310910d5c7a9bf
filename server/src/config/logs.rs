//! The settings for the log.

use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;

/// How the log is written; for all commands.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Logs")]
pub struct Logs {
    /// The level of the log: error, warn, info, debug or trace, also for one module by its name.
    #[arg(
        long,
        env = "CALL_RIBBON_LOG",
        global = true,
        default_value = "info,sqlx=warn",
        value_name = "LEVELS",
        value_parser = levels
    )]
    pub log: String,
    /// The format of a line: text for people or a JSON object for programs.
    #[arg(long, env = "CALL_RIBBON_LOG_FORMAT", global = true, value_enum, default_value = "text")]
    pub log_format: LogFormat,
}

/// The format of a line of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// A JSON object.
    Json,
}

fn levels(text: &str) -> Result<String, String> {
    let read = EnvFilter::builder().parse(text);
    read.map(|_| text.to_owned()).map_err(|error| error.to_string())
}
