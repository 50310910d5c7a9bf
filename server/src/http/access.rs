//! Handlers for access: keys, tokens, people, signing in, and the audit log.

pub mod api_keys;
pub mod audit;
pub mod dialer_keys;
pub mod people;
pub mod sign_in;
pub mod staff_reads;
pub mod staff_tokens;
