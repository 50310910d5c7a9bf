//! Tests figures about calls, by comparing them with a simple recount.

mod answering;
pub mod breakdown;
pub mod fields;
pub mod figures;
pub mod funnel;
mod merged_values;
pub mod outcomes;
pub mod overview;
pub mod pivot;
mod promises;
pub mod today;
pub mod totals;
pub mod trends;
pub mod zones;
