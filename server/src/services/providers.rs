//! Telephony providers: a client's accounts, requests to providers, and the reports they send back.

pub mod accounts;
pub mod polling;
pub mod reports;
pub mod request_log;
pub mod requests;
pub mod routing;
pub mod transport;
pub mod webhooks;
