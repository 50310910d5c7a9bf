//! The server as a whole: real HTTP, a real database, a clock that a test can set.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of tests may stop at once, as the tests themselves may"
)]

mod admin;
mod admin_agents;
mod admin_clients;
mod admin_keys;
mod admin_providers;
mod admin_settings;
mod admin_tokens;
mod analytics_overview;
mod answering;
mod assets;
mod below_path;
mod breakdown;
mod call_search;
mod callers;
mod command_line;
mod connections;
mod copying;
mod cors;
mod customer_profile;
mod databases;
mod demo_data;
mod disks;
mod dispositions;
mod doctor;
mod durability;
mod erasure;
mod errors;
mod exotel;
mod export;
mod fields;
mod figures;
mod groups;
mod health;
mod history;
mod leads;
mod limits;
mod lists;
mod live;
mod log_calls;
mod logging;
mod matching;
mod metrics;
mod notes;
mod openapi;
mod overload;
mod people;
mod pooler;
mod provider_log;
mod queries;
mod reading;
mod request_log;
mod retention;
mod roles;
mod saved_views;
mod secret_keys;
mod serialization;
mod session;
mod settings;
mod sharing;
mod simulated_calls;
mod sql;
mod staff_streams;
mod stopping;
mod strangers;
mod support;
mod switch_over;
mod tata;
mod tls;
mod totals;
mod trends;
mod webhooks;
mod zones;
