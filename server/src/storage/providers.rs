//! Accounts at telephony providers, the calls they carry, the log of requests, and the
//! webhook inbox.

pub mod accounts;
pub mod calls;
pub mod requests;
pub mod webhook_inbox;
