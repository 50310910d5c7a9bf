//! Clients and what belongs to each of them: agents, saved views, and how long its calls are kept.

pub mod agents;
pub mod client;
pub mod retention;
pub mod saved_views;
pub mod summaries;
