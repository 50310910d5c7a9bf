//! Keys, tokens, people and roles: who may do what.

pub mod agent_key_urls;
pub mod agent_roles;
pub mod agent_snippets;
pub mod agent_tokens;
pub mod api_keys;
mod audit_words;
pub mod browser_sessions;
pub mod credentials;
pub mod numbers;
pub mod oidc;
pub mod people;
pub mod roles;
pub mod sessions;
pub mod sign_in_limits;
pub mod staff_streams;
pub mod staff_tokens;
pub mod strangers;
pub mod teams;
pub mod wrong_secrets;
