//! What the work of operators and of a client's staff needs: the same for a request and for the
//! command line.

use crate::ids::Ids;
use crate::storage::{Actor, Stamp, Store};
use call_ribbon_shared::Millis;

/// Somebody who may do what is asked for, at work on the database at one time.
#[derive(Clone, Copy)]
pub struct Operator<'a> {
    pub store: &'a Store,
    pub ids: &'a Ids,
    pub now: Millis,
    /// Who it is.
    pub by: Actor<'a>,
}

impl<'a> Operator<'a> {
    /// Who does it and when, for the audit log.
    pub fn stamp(&self) -> Stamp<'a> {
        Stamp { by: self.by, now: self.now }
    }
}
