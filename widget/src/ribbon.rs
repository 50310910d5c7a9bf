//! The call ribbon, from the JavaScript API down to the interface.
//!
//! A call of the API or a click becomes a `step::Msg`; the pure function `step::step`
//! turns it into a new `model::Model` and a list of effects; `runtime` carries the
//! effects out; `view` draws the model and decides nothing.

pub mod api;
mod customer;
mod emit;
mod feed;
mod history;
mod host;
mod icon;
pub mod json;
mod memory;
mod model;
mod net;
mod options;
mod outbox;
mod platform;
mod runtime;
mod step;
mod tabs;
mod view;
mod words;
mod wrap_up;
