//! What permits or forbids calls: numbers that must not be called, and consents.

pub mod consent_entries;
pub mod consents;
pub mod entries;
pub mod imports;
pub mod outcome;
pub mod suppressions;
