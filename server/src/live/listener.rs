//! Follows one client's feed for one listener.

use super::{Hub, ListenedAgents, StreamEvent};
use crate::storage::{Portion, Store, StoreError};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// Events read at a time while a listener catches up.
const READ_AT_ONCE: i64 = 500;

/// Follows a client's feed from a position onward, for some agents or for all.
pub struct Listener {
    store: Arc<Store>,
    client_id: String,
    agents: ListenedAgents,
    /// The last event that this listener has passed.
    seq: i64,
    live: Receiver<Arc<StreamEvent>>,
    /// Whether the stored feed may hold events that this listener did not get from the hub.
    behind: bool,
    ready: VecDeque<Arc<StreamEvent>>,
}

impl Listener {
    /// Follows the feed after `seq`; without one, from now on.
    pub async fn new(
        hub: &Hub,
        store: Arc<Store>,
        client_id: String,
        agents: ListenedAgents,
        seq: Option<i64>,
    ) -> Result<Self, StoreError> {
        // Subscribes to the hub before reading the feed: an event committed in between arrives
        // twice here but is sent once, because its number is known by then.
        let live = hub.subscribe(&client_id);
        let head = store.calls().find_feed_head(&client_id).await?;
        // A position past the end comes from another database; the stream then begins now.
        let seq = seq.unwrap_or(head).clamp(0, head);
        Ok(Self { store, client_id, agents, seq, live, behind: seq < head, ready: VecDeque::new() })
    }

    /// Returns the next event that concerns this listener; `None` if the stream has to end and be
    /// reopened.
    pub async fn next(&mut self) -> Option<Arc<StreamEvent>> {
        loop {
            if let Some(told) = self.ready.pop_front() {
                return Some(told);
            }
            if self.behind {
                if let Err(error) = self.read_next_batch().await {
                    // The browser reconnects automatically, with the number of the last event.
                    tracing::warn!(
                        "a live stream is closed because the feed cannot be read: {error}"
                    );
                    return None;
                }
                continue;
            }
            match self.live.recv().await {
                Ok(told) => match told.seq {
                    Some(seq) if seq <= self.seq => {}
                    Some(seq) if seq > self.seq + 1 => self.behind = true,
                    next => {
                        self.seq = next.unwrap_or(self.seq);
                        if told.concerns(&self.agents) {
                            return Some(told);
                        }
                    }
                },
                Err(RecvError::Lagged(_)) => self.behind = true,
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// Reads the next batch of the stored feed.
    async fn read_next_batch(&mut self) -> Result<(), StoreError> {
        let Portion { rows, cut } =
            self.store.calls().list_feed_after(&self.client_id, self.seq, READ_AT_ONCE).await?;
        self.behind = cut || i64::try_from(rows.len()).is_ok_and(|read| read == READ_AT_ONCE);
        for row in rows {
            self.seq = row.seq;
            let told = StreamEvent::new(&row);
            if told.concerns(&self.agents) {
                self.ready.push_back(Arc::new(told));
            }
        }
        Ok(())
    }
}
