//! Alerts and daily digests: what a client wants to be told of, by e-mail and by webhook.

pub mod deliver;
pub mod digest;
pub mod evaluate;
pub mod messages;
pub mod settings;
