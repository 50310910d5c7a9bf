//! Handlers about telephony providers: webhooks, a client's accounts, and the log of requests.

pub mod accounts;
pub mod requests;
pub mod webhooks;
