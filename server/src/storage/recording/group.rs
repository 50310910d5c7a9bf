//! The records of one transaction.
//!
//! A group reads all that its records need at once, decides about them in memory, one after the
//! other, and writes all that has changed at once. So it costs a few statements, however many
//! records it has.

mod admit;
mod bulk;
mod read;
mod step;
mod take;
mod write;

use super::record::{Record, RecordError};
use crate::storage::analytics::fields::{Context, Counting, Said};
use crate::storage::analytics::totals::Deltas;
use crate::storage::calls::feed::FeedRow;
use crate::storage::database::pools::{Pools, Tx, within};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Call;
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use write::NewEvent;

pub use bulk::{History, WrittenDown};

/// An event of a client that is on disk now.
pub type Told = (String, FeedRow);

/// One transaction, with what it has read and what it is about to write held in memory.
pub struct Group {
    tx: Tx,
    heads: BTreeMap<String, Head>,
    calls: BTreeMap<InClient, KnownCall>,
    /// Events by their dedup keys.
    events: HashMap<InClient, EarlierEvent>,
    /// Calls by month.
    usage: BTreeMap<InClient, Used>,
    /// The calls that agents were in when the group began, by agent.
    in_call: HashMap<InClient, Vec<String>>,
    new_events: Vec<NewEvent>,
    new_customers: BTreeMap<InClient, write::NewCustomer>,
    totals: Deltas,
}

/// A client, and a name that means something within it.
type InClient = (String, String);

/// How far a client's feed has come.
#[derive(Debug, Clone, Copy)]
struct Head {
    /// Its last event's number.
    seq: i64,
    /// Whether that event is of this transaction.
    moved: bool,
}

/// A call as this transaction sees it.
#[derive(Debug, Clone)]
struct KnownCall {
    session_id: String,
    provider: Option<String>,
    voice: Option<String>,
    last_seq: i64,
    last_event: String,
    last_event_at: Millis,
    last_activity_at: Millis,
    call: Call,
    /// The business context that counts.
    context: Context,
    /// What an agent said came of it.
    disposition: Option<String>,
    /// What was said in `customerData`, once it was looked for.
    said: OnceCell<Arc<Said>>,
    /// As what it counted when the transaction began; `None` where it is new.
    counted_before: Option<Counting>,
    /// Whether this transaction has changed it.
    changed: bool,
}

impl KnownCall {
    /// As what it counts now.
    fn counting(&self) -> Option<Counting> {
        let said = self.said.get_or_init(|| Arc::new(Said::of(&self.call, &self.context)));
        Counting::of(&self.call, said, self.disposition.as_deref())
    }
}

/// An event that is there already.
#[derive(Debug, Clone)]
struct EarlierEvent {
    log_id: String,
    session_id: String,
    call_sid: String,
    fingerprint: Option<String>,
}

/// A month's calls.
#[derive(Debug, Clone, Copy, Default)]
struct Used {
    /// Those on record.
    before: i64,
    /// What this transaction adds.
    added: i64,
}

type Taken<T> = Result<T, RecordError>;

impl Group {
    /// Begins the transaction of these records.
    ///
    /// It holds the heads of their clients' feeds from here to its end. All that is read and
    /// written of a client stands behind that one lock, so several servers on one database take
    /// their turns client by client: numbers have no gap, and what was read here stays as it is
    /// until the commit. The heads are locked in the order of their names, so that two servers
    /// never wait for each other in a circle.
    pub async fn begin(pools: &Pools, records: &[&Record]) -> Result<Self, sqlx::Error> {
        let mut group = Self::begin_locked(pools, records).await?;
        group.read(records).await?;
        Ok(group)
    }

    /// Begins the transaction of records about which nothing is known yet, and reads nothing.
    async fn begin_locked(pools: &Pools, records: &[&Record]) -> Result<Self, sqlx::Error> {
        let mut group = Self {
            tx: pools.begin().await?,
            heads: BTreeMap::new(),
            calls: BTreeMap::new(),
            events: HashMap::new(),
            usage: BTreeMap::new(),
            in_call: HashMap::new(),
            new_events: Vec::with_capacity(records.len()),
            new_customers: BTreeMap::new(),
            totals: Deltas::default(),
        };
        group.lock_heads(records).await?;
        Ok(group)
    }

    /// Takes the group to disk and hands back the events that are new, in the feed's order.
    pub async fn commit(mut self) -> Result<Vec<Told>, sqlx::Error> {
        self.write().await?;
        self.tx.commit().await?;
        Ok(self.new_events.into_iter().map(NewEvent::told).collect())
    }
}

/// Locks the head of a client's feed, which is made where it is the first time, and reads it.
/// A write is the one lock that every database of either kind takes and waits for.
pub(in crate::storage) async fn lock_head(
    tx: &mut Tx,
    client_id: &str,
) -> Result<i64, sqlx::Error> {
    within!(*tx, |db| sqlx::query_scalar(
        "INSERT INTO feed_heads (client_id, seq) VALUES ($1, 0)
         ON CONFLICT (client_id) DO UPDATE SET seq = feed_heads.seq RETURNING seq"
    )
    .bind(client_id)
    .fetch_one(db))
}
