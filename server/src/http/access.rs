//! Handlers for access: credentials, people, signing in, and the audit log.

mod account;
pub mod agent_token_keys;
pub mod audit;
pub mod browser_session;
pub mod credentials;
pub mod numbers;
pub mod oidc;
pub mod people;
pub mod sign_in;
pub mod staff_reads;
pub mod teams;
