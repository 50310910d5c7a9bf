//! Stores, reads and recounts the sums that figures are read from.

pub mod counted_from;
pub mod fields;
pub mod rebuild;
pub mod spans;
pub mod totals;
pub mod usage;
