//! Authentication and authorisation: keys, tokens, people and their passwords, tickets, allowed
//! origins, and the audit log.

pub mod admission;
pub mod api_keys;
pub mod audit;
pub mod credential;
pub mod dialer_keys;
pub mod domains;
pub mod key_uses;
pub mod operator;
pub mod origins;
pub mod passwords;
pub mod people;
pub mod sign_in;
pub mod staff_tokens;
pub mod tickets;
