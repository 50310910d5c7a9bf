//! Figures about calls, compared with a plain recount.

pub mod breakdown;
pub mod fields;
pub mod figures;
pub mod overview;
pub mod totals;
pub mod trends;
pub mod zones;
