//! Handlers for what permits or forbids calls: numbers that must not be called, and consents.

pub mod consents;
pub mod imports;
pub mod suppressions;
