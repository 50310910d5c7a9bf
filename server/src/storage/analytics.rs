//! The sums that figures are read from: how they are kept, read and counted again.

pub mod fields;
pub mod rebuild;
pub mod spans;
pub mod totals;
pub mod usage;
