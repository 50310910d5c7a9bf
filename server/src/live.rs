//! The live stream: sends committed events to listeners.
//!
//! The stored feed is authoritative. The hub only forwards what was just committed; a listener that
//! finds a gap in the sequence, because it was slow or another server wrote, reads the feed again
//! from its position. So no event is lost and none arrives twice.

mod listener;
pub mod other_servers;

pub use listener::Listener;

use crate::customer::customer_for_page;
use crate::event_data::SentDetails;
use crate::providers;
use crate::storage::{FeedRow, FeedSink, Store, StoreError};
use crate::time;
use call_ribbon_shared::call::{Direction, Status};
use call_ribbon_shared::event::EventName;
use call_ribbon_shared::wire::{CallEvent, CallUpdate};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;

/// How many events a listener may be behind before it has to read the feed again.
const KEPT_FOR_SLOW: usize = 256;

/// The agents whose events a listener receives.
#[derive(Debug, Clone)]
pub enum ListenedAgents {
    All,
    /// One agent, and what concerns every agent.
    One(String),
    /// These agents alone, and nothing that concerns no agent.
    Some(Arc<BTreeSet<String>>),
}

/// An event as it is sent to every listener of its client, serialized once.
#[derive(Debug)]
pub struct StreamEvent {
    /// Its position in the client's feed; `None`: notes were saved, which are not part of the feed.
    pub seq: Option<i64>,
    /// The agents whom it concerns, one per line; `None`: all.
    pub audience: Option<String>,
    /// The call's agent.
    pub agent_id: Option<String>,
    /// A [`CallEvent`], or without a position a [`CallUpdate`], as JSON.
    pub json: String,
}

/// The listeners of each client.
#[derive(Debug, Default)]
pub struct Hub {
    clients: Mutex<HashMap<String, Channel>>,
}

/// The listeners of one client.
#[derive(Debug)]
struct Channel {
    sender: broadcast::Sender<Arc<StreamEvent>>,
    /// The highest event that was sent to them; 0 before the first one.
    told: i64,
}

impl FeedSink for Hub {
    /// Sends committed events to the listeners of their clients.
    fn publish(&self, told: &[(String, FeedRow)]) {
        for (client_id, row) in told {
            let Some(sender) = self.record_sent(client_id, row.seq) else {
                continue;
            };
            if sender.send(Arc::new(StreamEvent::new(row))).is_err() {
                self.remove_unused(client_id);
            }
        }
    }
}

impl Hub {
    /// Subscribes to a client's events from now on.
    pub fn subscribe(&self, client_id: &str) -> broadcast::Receiver<Arc<StreamEvent>> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(channel) = clients.get(client_id) {
            return channel.sender.subscribe();
        }
        let (sender, receiver) = broadcast::channel(KEPT_FOR_SLOW);
        clients.insert(client_id.to_owned(), Channel { sender, told: 0 });
        receiver
    }

    /// Returns whether anyone listens to any client.
    pub fn has_listeners(&self) -> bool {
        !self.clients.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Returns the last event sent to a client's listeners; `None` if it has none.
    pub fn last_sent(&self, client_id: &str) -> Option<i64> {
        let clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients.get(client_id).map(|channel| channel.told)
    }

    /// Tells a client's listeners on this server that notes on a call were saved. The feed does not
    /// contain it: a listener that misses it finds the notes with the call.
    pub fn publish_update(&self, client_id: &str, update: &CallUpdate) {
        let sender = {
            let clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
            clients.get(client_id).map(|channel| channel.sender.clone())
        };
        let Some(sender) = sender else { return };
        if let Some(told) = StreamEvent::of_update(update)
            && sender.send(Arc::new(told)).is_err()
        {
            self.remove_unused(client_id);
        }
    }

    /// Returns how many committed events have not been sent to listeners here, among clients whose
    /// listeners have received at least one.
    pub async fn lag(&self, store: &Store) -> Result<i64, StoreError> {
        if !self.has_listeners() {
            return Ok(0);
        }
        let heads = store.system_feed_heads().await?;
        let behind = heads.iter().filter_map(|(client_id, seq)| {
            self.last_sent(client_id).filter(|told| *told > 0).map(|told| (seq - told).max(0))
        });
        Ok(behind.sum())
    }

    /// Returns the channel for this event, and records the event as sent.
    fn record_sent(
        &self,
        client_id: &str,
        seq: i64,
    ) -> Option<broadcast::Sender<Arc<StreamEvent>>> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let channel = clients.get_mut(client_id)?;
        channel.told = channel.told.max(seq);
        Some(channel.sender.clone())
    }

    /// Removes a client's channel, unless it has a new subscriber.
    fn remove_unused(&self, client_id: &str) {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if clients.get(client_id).is_some_and(|channel| channel.sender.receiver_count() == 0) {
            clients.remove(client_id);
        }
    }
}

impl StreamEvent {
    /// Serializes an event for listeners.
    pub fn new(row: &FeedRow) -> Self {
        let event = call_event(row);
        // All of its fields are texts, numbers and JSON that was read before; if it cannot be
        // serialized nevertheless, its position in the feed is still sent.
        let json =
            serde_json::to_string(&event).unwrap_or_else(|_| format!("{{\"seq\":{}}}", row.seq));
        let (audience, agent_id) = (row.audience.clone(), row.agent_id.clone());
        Self { seq: Some(row.seq), audience, agent_id, json }
    }

    /// Serializes the news that an agent's notes on a call were saved.
    fn of_update(update: &CallUpdate) -> Option<Self> {
        let json = serde_json::to_string(update).ok()?;
        let (audience, agent_id) = (update.agent_id.clone(), update.agent_id.clone());
        Some(Self { seq: None, audience, agent_id, json })
    }

    /// Returns whether it concerns these agents.
    pub fn concerns(&self, agents: &ListenedAgents) -> bool {
        let in_audience = |audience: &str, agent: &str| {
            // An id may itself contain a line break.
            audience == agent || audience.split('\n').any(|one| one == agent)
        };
        match (agents, &self.audience) {
            (ListenedAgents::All, _) | (ListenedAgents::One(_), None) => true,
            (ListenedAgents::One(agent), Some(audience)) => in_audience(audience, agent),
            (ListenedAgents::Some(agents), audience) => match (&self.agent_id, audience) {
                (Some(agent), _) => agents.contains(agent),
                (None, Some(audience)) => agents.iter().any(|agent| in_audience(audience, agent)),
                (None, None) => false,
            },
        }
    }
}

/// Converts an event of the feed to its form in the API.
pub fn call_event(row: &FeedRow) -> CallEvent {
    let details = SentDetails::read(&row.data);
    let status = Status::parse(&row.status).unwrap_or(Status::Active);
    let over = status != Status::Active;
    let customer = details.customer.as_deref().or(row.customer.as_deref());
    // While the phones of several agents ring, the call has no agent, and each ring has one.
    let rung = row.audience.as_ref().filter(|_| row.event == EventName::Incoming.as_str());
    let (agent_id, agent_name) = match rung {
        Some(agent) if row.agent_id.as_ref() != Some(agent) => (Some(agent.clone()), None),
        _ => (row.agent_id.clone(), row.agent_name.clone()),
    };
    CallEvent {
        seq: row.seq,
        log_id: row.log_id.clone(),
        event_id: row.event_id.clone(),
        event: row.event.clone(),
        timestamp: time::format(row.at),
        at: row.at,
        session_id: row.session_id.clone(),
        call_sid: row.call_sid.clone(),
        phone_number: row.phone.clone(),
        call_direction: Direction::parse(&row.direction).unwrap_or(Direction::Outbound),
        agent_id,
        agent_name,
        provider: row.provider.clone(),
        voice: row.voice.clone(),
        features: providers::voice_features(row.voice.as_deref())
            .iter()
            .map(|feature| (*feature).to_owned())
            .collect(),
        source: row.source.clone(),
        status,
        duration: row.duration.filter(|_| over),
        reason: details.reason.or_else(|| row.reason.clone().filter(|_| over)),
        muted: details.muted,
        on_hold: details.on_hold,
        digit: details.digit,
        customer_data: customer_for_page(customer, row.phone.as_deref()),
    }
}
