//! Customers and leads: profiles, lists, leads from dialers, matching by number, and personal data.

pub mod leads;
pub mod lists;
pub mod matching;
pub mod payments;
pub mod personal_data;
pub mod profile;
