//! Handlers for figures about calls.

pub mod breakdown;
pub mod overview;
pub mod span;
pub mod trends;
