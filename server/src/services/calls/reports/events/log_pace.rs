//! How often the log says that something of a provider cannot be used: its
//! sender could otherwise fill the disk.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The time from one line to the next.
const EVERY: Duration = Duration::from_mins(1);

/// Allows one line a minute, and counts what is left out between two.
#[derive(Debug, Default)]
pub struct LogPace(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    said_at: Option<Instant>,
    left_out: u64,
}

impl LogPace {
    /// Returns whether a line may be written now: how many were left out since the last one.
    pub fn take_line(&self) -> Option<u64> {
        self.take_line_at(Instant::now())
    }

    fn take_line_at(&self, now: Instant) -> Option<u64> {
        // Each change is a single assignment, so a panic elsewhere leaves nothing half done.
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.said_at.is_some_and(|at| now < at + EVERY) {
            state.left_out += 1;
            return None;
        }
        state.said_at = Some(now);
        Some(std::mem::take(&mut state.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_a_minute_counts_those_between() {
        let (pace, now) = (LogPace::default(), Instant::now());
        let lines: Vec<_> = (0..1_000).map(|_| pace.take_line_at(now)).collect();
        assert_eq!(lines.iter().flatten().count(), 1);
        let later = now + EVERY;
        assert_eq!((pace.take_line_at(later), pace.take_line_at(later)), (Some(999), None));
    }
}
