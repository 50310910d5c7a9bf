//! Handlers for figures about calls.

pub mod breakdown;
pub mod funnel;
pub mod overview;
pub mod pivot;
pub mod promises;
pub mod span;
pub mod trends;
