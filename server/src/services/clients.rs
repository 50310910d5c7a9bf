//! Clients and what belongs to each of them: agents, saved views, and retention.

pub mod agents;
pub mod alerts;
pub mod client;
pub mod retention;
pub mod saved_views;
pub mod summaries;
