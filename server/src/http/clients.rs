//! Handlers for clients: their settings, agents, saved views, retention and embed snippet.

pub mod agents;
pub mod alerts;
pub mod client;
pub mod embed;
pub mod retention;
pub mod saved_views;
pub mod summaries;
