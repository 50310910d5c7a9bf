//! Where the writer hands events after it has committed them.

use crate::storage::FeedRow;
use std::fmt::Debug;

/// Receives committed events. Storage does not know who listens to them.
pub trait FeedSink: Debug + Send + Sync {
    /// Takes events that are on disk now, each with the id of its client, in the order of their
    /// feeds. The writer waits for the return, so this must not block.
    fn publish(&self, events: &[(String, FeedRow)]);
}

/// Drops the events: for commands that have no listeners.
impl FeedSink for () {
    fn publish(&self, _: &[(String, FeedRow)]) {}
}
