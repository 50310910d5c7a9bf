//! Customers, leads, matching numbers, and personal data.

pub mod callers;
pub mod lead_values;
mod lead_work;
mod leads;
pub mod lists;
pub mod matching;
pub mod personal_data;
pub mod profile;
