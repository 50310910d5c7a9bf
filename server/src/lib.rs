//! The server of Call Ribbon: keeps credentials, authenticates callers, starts and logs calls, and
//! serves the ribbon.
//!
//! HTTP handlers (`http`) hand what they read to `services`, which hold the rules and use
//! `storage` and `providers`. Handlers hold no SQL, storage holds no HTTP, and a provider sees
//! neither. [`app`] is the state, [`server`] starts and serves it, and [`cli`] is what the binary
//! runs.

// The macro that runs one query on either database recurses over its tokens.
#![recursion_limit = "256"]

pub mod app;
mod assets;
mod background;
pub mod cli;
pub mod config;
mod connections;
mod customer;
mod doctor;
mod event_data;
mod form_parts;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
mod http;
pub mod ids;
mod live;
mod mail;
mod memory;
mod metrics;
mod missing_value;
mod network;
mod outgoing;
mod patch;
mod permission;
mod phone;
mod providers;
mod rate_limit;
mod request_trace;
mod scan;
mod seal;
mod secret;
pub mod server;
mod services;
mod storage;
pub mod time;
mod tls;
mod traces;
mod vault;

use call_ribbon_shared::whole_number;
