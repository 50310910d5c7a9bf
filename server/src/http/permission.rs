//! Handlers for what permits or forbids calls: numbers that must not be called, consents, and rules.

pub mod check;
pub mod complaints;
pub mod consents;
pub mod decisions;
pub mod imports;
pub mod rules;
pub mod seals;
pub mod suppressions;
pub mod trial;
