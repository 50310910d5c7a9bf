//! Bounds how long a decision takes. Each is made while other calls wait, and by rules that a client
//! may have written.

use std::cell::Cell;

/// The most steps of a decision: far more than the shipped packs take together, and some hundredths
/// of a second.
const MOST_STEPS: usize = 1_000_000;

/// The steps that a decision may still take. When none is left, no later time is tried; what is
/// wrong now is always found.
#[derive(Debug)]
pub struct Work {
    left: Cell<usize>,
}

impl Work {
    /// Creates it with all steps left.
    pub fn new() -> Self {
        Self { left: Cell::new(MOST_STEPS) }
    }

    /// Counts steps, such as entries of a list that are looked at.
    pub fn spend(&self, steps: usize) {
        self.left.set(self.left.get().saturating_sub(steps));
    }

    /// Returns whether no step is left.
    pub fn is_spent(&self) -> bool {
        self.left.get() == 0
    }
}
