//! Handlers for customers and leads.

pub mod leads;
pub mod lists;
pub mod payments;
pub mod personal_data;
pub mod profile;
