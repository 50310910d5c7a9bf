//! Webhooks: servers of a client's own, the *receivers*, are told of events of calls, of saved notes
//! and of decisions.
//!
//! `news` adds what happened to the deliveries of each receiver, `deliver` sends them and tries again,
//! `content` writes their bodies when they are sent, so that what was erased is not kept here.

pub mod content;
pub mod deliver;
pub mod deliveries;
pub mod news;
pub mod settings;
pub mod signing;
pub mod types;
