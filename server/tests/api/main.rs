//! Tests the server as a whole: real HTTP, a real database, a clock that a test can set.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of tests may stop at once, as the tests themselves may"
)]

mod access;
mod analytics;
mod calls;
mod clients;
mod customers;
mod database;
mod imports;
mod openapi;
mod ops;
mod permission;
mod providers;
mod receivers;
mod request;
mod support;
