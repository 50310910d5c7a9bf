//! Telephony providers: a client's accounts, and the requests to them and from them.

pub mod accounts;
pub mod request_log;
pub mod requests;
pub mod routing;
pub mod transport;
