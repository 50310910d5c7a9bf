//! Accounts at telephony providers, their webhooks, and the log of requests.

pub mod accounts;
pub mod addresses;
pub mod asterisk;
mod asterisk_browser;
pub mod exotel;
pub mod hostile_pbx;
pub mod requests;
pub mod secret_keys;
pub mod tata;
pub mod webhooks;
