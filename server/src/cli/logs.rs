//! Where the log goes.

use crate::config::{LogFormat, Logs};
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// A part that would write down the headers of requests, keys among them, at its finest levels.
const NEVER_FINER: &str = "h2=warn";

/// Begins to log, beside standard output: that is for what a command has to say.
pub fn start(logs: &Logs) {
    let levels = if logs.log.trim().is_empty() { "info" } else { &logs.log };
    let mut filter = EnvFilter::new(levels);
    if let Ok(part) = NEVER_FINER.parse() {
        filter = filter.add_directive(part);
    }
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match logs.log_format {
        LogFormat::Text => log.with_ansi(std::io::stderr().is_terminal()).init(),
        // Of the spans only the innermost, which is the request's.
        LogFormat::Json => {
            log.json().flatten_event(true).with_current_span(true).with_span_list(false).init();
        }
    }
}
