//! Running the server: settings, command line, health, metrics, stopping, and built files.

pub mod assets;
pub mod command_line;
pub mod deploy;
pub mod doctor;
pub mod health;
pub mod metrics;
pub mod replacing;
pub mod secrets;
pub mod settings;
pub mod stopping;
pub mod traces;
