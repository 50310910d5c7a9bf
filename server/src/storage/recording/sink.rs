//! Defines the receiver of committed events.

use crate::storage::FeedRow;
use std::fmt::Debug;

/// Receives committed events. Storage does not know who listens to them.
pub trait FeedSink: Debug + Send + Sync {
    /// Receives committed events, each with its client's id, in feed order. The writer waits for
    /// this function, so it must not block.
    fn publish(&self, events: &[(String, FeedRow)]);
}

/// Discards events: for commands that have no listeners.
impl FeedSink for () {
    fn publish(&self, _: &[(String, FeedRow)]) {}
}
