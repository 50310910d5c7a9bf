//! Tests what permits or forbids calls: numbers that must not be called, consents, and rules.

pub mod consents;
mod dials;
pub mod lists;
mod outcome_fields;
pub mod outcomes;
mod settings;
mod trial;
