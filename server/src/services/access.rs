//! Authentication and authorisation: credentials, people and their passwords, tickets, allowed
//! origins, and the audit log.

pub mod admission;
pub mod agent_tokens;
pub mod audit;
pub mod browser_sessions;
pub mod credential_ref;
pub mod credential_uses;
pub mod credentials;
pub mod domains;
pub mod numbers;
pub mod oidc;
pub mod operator;
pub mod origins;
pub mod passwords;
pub mod people;
pub mod reach;
pub mod role;
pub mod sign_in;
pub mod sign_in_limits;
pub mod teams;
pub mod tickets;
pub mod wrong_secrets;
