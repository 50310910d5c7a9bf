//! The context for actions of operators and staff, the same for requests and the command line.

use crate::ids::Ids;
use crate::storage::{Actor, Stamp, Store};
use call_ribbon_shared::Millis;

/// An authorised actor, with the database and the time of the action.
#[derive(Clone, Copy)]
pub struct Operator<'a> {
    pub store: &'a Store,
    pub ids: &'a Ids,
    pub now: Millis,
    /// The actor.
    pub by: Actor<'a>,
}

impl<'a> Operator<'a> {
    /// Returns who acts and when, for the audit log.
    pub fn stamp(&self) -> Stamp<'a> {
        Stamp { by: self.by, now: self.now }
    }
}
