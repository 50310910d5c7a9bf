//! What an operator's work needs: the same for a request and for the command line.

use crate::ids::Ids;
use crate::storage::Store;
use call_ribbon_shared::Millis;

/// An operator at work on the database, at one time.
#[derive(Clone, Copy)]
pub struct Operator<'a> {
    pub store: &'a Store,
    pub ids: &'a Ids,
    pub now: Millis,
}
