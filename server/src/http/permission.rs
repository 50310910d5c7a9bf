//! Handlers for what permits or forbids calls: numbers that must not be called, consents, quiet times,
//! holidays, and rules.

pub mod check;
pub mod complaints;
pub mod consents;
pub mod decisions;
pub mod holidays;
pub mod imports;
pub mod own_packs;
pub mod quiet_times;
pub mod rules;
pub mod seals;
pub mod suppressions;
pub mod trial;
