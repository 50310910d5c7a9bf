//! The state of a call and the facts that change it.
//!
//! A page's event, a provider's callback, the simulator and a sweep all become a [`Fact`] with its
//! own time. A [`Call`] is the state that follows from the facts seen so far. Facts arrive late,
//! twice and in any order, so every part of a `Call` is a merge that does not depend on order: an
//! earliest time, a latest value, an earliest value. The same facts in any order and with any
//! repetition give an equal `Call`; `tests/call_rules.rs` checks this on random histories.

mod action;
mod fact;
mod merge;
mod state;
mod status;

pub use action::{Action, ActionError};
pub use fact::{Agent, AgentRole, CallEnd, Direction, Fact, FactKind, Outcome};
pub use merge::{Earliest, Latest, Sole};
pub use state::Call;
pub use status::{Phase, Status};
