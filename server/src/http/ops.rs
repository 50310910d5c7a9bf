//! Handlers for those who run the server: health and metrics.

pub mod health;
pub mod metrics;
