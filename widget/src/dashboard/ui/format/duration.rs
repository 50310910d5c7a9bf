//! Formats durations.

use super::number;

/// Formats seconds as a clock does, `3:05`; from an hour on `1h 02m`.
#[must_use]
pub fn duration(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (minutes, rest) = (seconds / 60, seconds % 60);
    if minutes < 60 {
        return format!("{minutes}:{rest:02}");
    }
    format!("{}h {:02}m", number(minutes / 60), minutes % 60)
}

/// Formats seconds in words, for screen readers: `3 minutes 5 seconds`.
#[must_use]
pub fn duration_words(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let parts = [
        (seconds / 3600, "hour", "hours"),
        (seconds / 60 % 60, "minute", "minutes"),
        (seconds % 60, "second", "seconds"),
    ];
    let mut said = Vec::new();
    for (value, one, many) in parts {
        // From an hour on, seconds do not matter.
        if value > 0 && !(many == "seconds" && seconds >= 3600) {
            said.push(super::count(value, one, many));
        }
    }
    if said.is_empty() { "0 seconds".to_owned() } else { said.join(" ") }
}
