//! Stores credentials, people with their sessions, and the audit log.

pub mod audit;
pub mod credential_lookup;
pub mod credentials;
pub mod people;
pub mod person_sessions;
