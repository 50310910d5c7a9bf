//! Tests what permits or forbids calls: numbers that must not be called, consents, and rules.

mod complaints;
pub mod consents;
mod decisions;
mod dials;
mod imports;
pub mod lists;
mod outcome_fields;
pub mod outcomes;
mod seals;
mod settings;
mod trial;
