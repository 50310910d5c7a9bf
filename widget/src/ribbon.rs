//! The call ribbon, from the JavaScript API to the interface.
//!
//! An API call or a click becomes a `step::Msg`. The pure function `step::step` turns it into a new
//! `model::Model` and a list of effects; `runtime` runs the effects; `view` draws the model and
//! decides nothing.

pub mod api;
mod customer;
mod emit;
mod feed;
mod hidden_number;
mod host;
mod icon;
pub mod json;
mod last_word;
mod memory;
mod model;
mod net;
mod options;
mod outbox;
mod permission;
mod platform;
mod rest;
mod runtime;
mod step;
mod tabs;
mod view;
mod words;
mod wrap_up;
