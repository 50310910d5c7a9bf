//! Stores credentials and people: API keys, dialer keys, staff tokens, people with their sessions,
//! and the audit log.

pub mod api_keys;
pub mod audit;
pub mod dialer_keys;
pub mod dialers;
pub mod key_lookup;
pub mod people;
pub mod person_sessions;
pub mod staff_tokens;
