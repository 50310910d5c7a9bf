//! The one place of this tool that looks at a clock.

use std::time::{Duration, Instant};

/// Started once, read as often as wanted.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts to count.
    #[expect(
        clippy::disallowed_methods,
        reason = "how long a build took is told to a person and decides nothing"
    )]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// A duration as a person says it: `8 s`, `3 min 5 s`.
pub fn format_duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds / 60 {
        0 => format!("{seconds} s"),
        minutes => format!("{minutes} min {} s", seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_named_only_when_there_are_any() {
        assert_eq!(format_duration(Duration::from_millis(8_900)), "8 s");
        assert_eq!(format_duration(Duration::from_secs(185)), "3 min 5 s");
    }
}
