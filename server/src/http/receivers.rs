//! Handlers for webhooks: a client's receivers, and the messages to them.

pub mod deliveries;
pub mod settings;
