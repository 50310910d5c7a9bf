//! Tests what permits or forbids calls: numbers that must not be called, consents, quiet times,
//! holidays, and rules.

mod complaints;
pub mod consents;
mod decisions;
mod dials;
mod floor_day;
mod holidays;
mod imports;
pub mod lists;
mod outcome_fields;
pub mod outcomes;
mod own_packs;
mod quiet_times;
mod seals;
mod settings;
mod trial;
