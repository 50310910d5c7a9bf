//! Tests figures about calls, by comparing them with a simple recount.

pub mod breakdown;
pub mod fields;
pub mod figures;
pub mod overview;
pub mod totals;
pub mod trends;
pub mod zones;
