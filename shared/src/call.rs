//! The rules of a call: what is known of it, and what moves it.
//!
//! A page's event, a provider's callback, the simulator and a sweep all become a
//! [`Fact`] with its own time. A [`Call`] is what follows from the facts seen so far. Facts
//! come late, twice and in any order, so every part of a `Call` is a merge that does not
//! care: an earliest time, a latest value, an earliest value. Any order and any repetition of
//! the same facts ends in an equal `Call`, which `tests/call_rules.rs` proves by trying.

mod action;
mod fact;
mod merge;
mod state;
mod status;

pub use action::{Action, Refusal};
pub use fact::{Agent, Direction, End, Fact, Outcome, Role, What};
pub use merge::{Earliest, Latest, Sole};
pub use state::Call;
pub use status::{Phase, Status};
