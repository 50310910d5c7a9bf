//! Customers and leads: profiles, phone numbers, lists, and erasure.

pub mod erasure;
pub mod found;
pub mod lead_list;
pub mod leads;
pub mod list;
pub mod numbers;
pub mod payments;
pub mod profile;
