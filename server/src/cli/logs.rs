//! Sets up the log.

use crate::config::{LogFormat, Logs};
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// A dependency that would log the headers of requests, including keys, at its most detailed
/// levels.
const NEVER_FINER: &str = "h2=warn";

/// Starts the log, which is not on standard output: that is for the output of commands.
pub fn init_logging(logs: &Logs) {
    let levels = if logs.log.trim().is_empty() { "info" } else { &logs.log };
    let mut filter = EnvFilter::new(levels);
    if let Ok(part) = NEVER_FINER.parse() {
        filter = filter.add_directive(part);
    }
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match logs.log_format {
        LogFormat::Text => log.with_ansi(std::io::stderr().is_terminal()).init(),
        // Only the innermost span, which is the request's.
        LogFormat::Json => {
            log.json().flatten_event(true).with_current_span(true).with_span_list(false).init();
        }
    }
}
