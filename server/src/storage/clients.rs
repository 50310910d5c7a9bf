//! Clients and their own data: agents, saved views, and retention.

pub mod agents;
pub mod alerts;
pub mod changes;
pub mod client;
pub mod demo;
pub mod health;
pub mod retention;
pub mod saved_views;
pub mod stored;
pub mod summaries;
