//! The dashboard: an application of its own, for a client's staff and the operator of the server.
//! Its views are in `views/`, their building blocks in `ui/`.

mod access;
mod address;
mod agents;
mod api;
mod error_words;
mod feed;
mod load;
mod locale;
mod shell;
mod sign_in;
pub mod ui;
mod views;

pub use shell::App;
