//! What permits or forbids calls: numbers that must not be called, consents, quiet times, holidays,
//! earlier calls, decisions, and each client's rules.

pub mod consent_entries;
pub mod consents;
pub mod decision_lists;
pub mod decisions;
pub mod entries;
pub mod history;
pub mod holidays;
pub mod imports;
pub mod outcome;
pub mod own_packs;
pub mod quiet_time_entries;
pub mod quiet_times;
pub mod rules;
pub mod suppressions;
