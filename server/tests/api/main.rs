//! The server as a whole: real HTTP, a real database, a clock that a test can set.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of tests may stop at once, as the tests themselves may"
)]

mod admin;
mod admin_agents;
mod admin_clients;
mod admin_keys;
mod analytics;
mod assets;
mod calls;
mod command_line;
mod connections;
mod customers;
mod databases;
mod durability;
mod errors;
mod export;
mod leads;
mod limits;
mod live;
mod log_calls;
mod logging;
mod notes;
mod reading;
mod session;
mod sharing;
mod support;
mod totals;
mod zones;
