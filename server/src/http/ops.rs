//! Handlers for operating the server: health and metrics.

pub mod health;
pub mod metrics;
