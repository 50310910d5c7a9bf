//! Provider accounts, the calls that providers carry, the request log, and the webhook inbox.

pub mod accounts;
pub mod calls;
pub mod event_streams;
pub mod requests;
pub mod webhook_inbox;
