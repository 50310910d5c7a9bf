//! Clients, their agents, saved views and retention, and demo data.

pub mod admin_settings;
pub mod agents;
pub mod alerts;
pub mod client;
pub mod demo_data;
pub mod retention;
pub mod saved_views;
pub mod summaries;
