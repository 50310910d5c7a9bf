//! The dashboard: a page of our own, for those who look after a client's calls, and for the
//! operator of the server. Its views stand in `views/`; what they are made of in `ui/`.

mod access;
mod address;
mod api;
mod feed;
mod load;
mod shell;
mod sign_in;
pub mod ui;
mod views;

pub use shell::App;
