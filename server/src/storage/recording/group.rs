//! Writes many records in one transaction.
//!
//! A group reads everything that its records need at once, applies them in memory one after the
//! other, and writes everything that changed at once. So it costs a few statements, however many
//! records it has.

mod apply;
mod condition;
mod event_data;
mod histories;
mod permission;
mod read;
mod step;
mod write;

use super::record::{Record, RecordError};
use crate::storage::analytics::fields::{CallWithFields, Context, SentFields};
use crate::storage::analytics::totals::TotalsDeltas;
use crate::storage::calls::feed::FeedRow;
use crate::storage::database::pools::{Pools, Tx};
use crate::storage::permission::decisions::NewDecision;
use crate::storage::permission::history::KnownHistory;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Call;
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use write::NewEvent;

pub use histories::{NewCallHistory, NewCallNotes};

/// A committed event, with its client's id.
pub type CommittedEvent = (String, FeedRow);

/// A transaction, with the rows it has read and the rows it will write.
pub struct Group {
    tx: Tx,
    heads: BTreeMap<String, Head>,
    calls: BTreeMap<InClient, KnownCall>,
    /// Earlier events by dedup key.
    events: HashMap<InClient, EarlierEvent>,
    /// Number of calls by month.
    usage: BTreeMap<InClient, MonthUsage>,
    /// The calls that each agent was in when the group began.
    in_call: HashMap<InClient, Vec<String>>,
    /// What happened before the calls that are to be made, by the record's id in the log.
    histories: HashMap<String, KnownHistory>,
    /// The calls that this transaction starts.
    started: Vec<permission::StartedCall>,
    new_decisions: Vec<NewDecision>,
    new_events: Vec<NewEvent>,
    new_customers: BTreeMap<InClient, write::NewCustomer>,
    totals: TotalsDeltas,
}

/// A client's id, and a key that is unique within the client.
type InClient = (String, String);

/// The head of a client's feed.
#[derive(Debug, Clone, Copy)]
struct Head {
    /// The sequence number of its last event.
    seq: i64,
    /// The number of the client's last decision.
    decisions: i64,
    /// Whether this transaction wrote that event or that decision.
    moved: bool,
}

/// A call's state within this transaction.
#[derive(Debug, Clone)]
struct KnownCall {
    session_id: String,
    /// The number of its first event.
    call_seq: i64,
    provider: Option<String>,
    voice: Option<String>,
    last_seq: i64,
    last_event: String,
    last_event_at: Millis,
    last_activity_at: Millis,
    call: Call,
    /// The business context by which the call is counted.
    context: Context,
    /// The disposition that an agent gave.
    disposition: Option<String>,
    /// The parsed fields of `customerData`, computed on first use.
    said: OnceCell<Arc<SentFields>>,
    /// How it was counted when the transaction began; `None` if it is new.
    counted_before: Option<CallWithFields>,
    /// Whether this transaction has changed it.
    changed: bool,
    /// The text of its customer when the transaction began.
    stored_customer: Option<String>,
}

impl KnownCall {
    /// Returns how the call is counted now.
    fn current_counting(&self) -> Option<CallWithFields> {
        let said =
            self.said.get_or_init(|| Arc::new(SentFields::from_call(&self.call, &self.context)));
        CallWithFields::from_call(&self.call, said, self.disposition.as_deref())
    }
}

/// An event that is already stored.
#[derive(Debug, Clone)]
struct EarlierEvent {
    log_id: String,
    session_id: String,
    call_sid: String,
    fingerprint: Option<String>,
}

/// A client's number of calls in a month.
#[derive(Debug, Clone, Copy, Default)]
struct MonthUsage {
    /// The number already stored.
    before: i64,
    /// The number that this transaction adds.
    added: i64,
}

type RecordResult<T> = Result<T, RecordError>;

impl Group {
    /// Begins the transaction of these records.
    ///
    /// It locks the heads of their clients' feeds until it ends. Everything that is read and
    /// written of a client is guarded by that one lock, so several servers on one database take
    /// turns per client: sequence numbers have no gaps, and rows read here do not change before the
    /// commit. Heads are locked in the order of the clients' ids, so that two servers never
    /// deadlock.
    pub async fn begin(pools: &Pools, records: &[&Record]) -> Result<Self, sqlx::Error> {
        let mut group = Self::begin_locked(pools, records).await?;
        group.read_rows(records).await?;
        Ok(group)
    }

    /// Begins the transaction and locks the clients, but reads nothing.
    async fn begin_locked(pools: &Pools, records: &[&Record]) -> Result<Self, sqlx::Error> {
        let mut group = Self {
            tx: pools.begin().await?,
            heads: BTreeMap::new(),
            calls: BTreeMap::new(),
            events: HashMap::new(),
            usage: BTreeMap::new(),
            in_call: HashMap::new(),
            histories: HashMap::new(),
            started: Vec::new(),
            new_decisions: Vec::new(),
            new_events: Vec::with_capacity(records.len()),
            new_customers: BTreeMap::new(),
            totals: TotalsDeltas::default(),
        };
        group.lock_heads(records).await?;
        Ok(group)
    }

    /// Commits the group and returns the new events in feed order.
    pub async fn commit(mut self) -> Result<Vec<CommittedEvent>, sqlx::Error> {
        self.write_changes().await?;
        self.tx.commit().await?;
        Ok(self.new_events.into_iter().map(NewEvent::into_committed).collect())
    }
}
