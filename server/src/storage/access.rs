//! Stores credentials, people with their sessions, and the audit log.

pub mod agent_token_keys;
pub mod audit;
pub mod credential_lookup;
pub mod credentials;
pub mod identities;
pub mod people;
pub mod person_sessions;
pub mod teams;
