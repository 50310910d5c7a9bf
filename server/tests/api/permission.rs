//! What permits or forbids calls: numbers that must not be called, and consents.

pub mod consents;
pub mod lists;
pub mod outcomes;
