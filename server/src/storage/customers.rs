//! Customers and leads: their numbers, their lists, and erasing what is kept of one of them.

pub mod erasure;
pub mod lead_list;
pub mod leads;
pub mod list;
pub mod numbers;
pub mod profile;
