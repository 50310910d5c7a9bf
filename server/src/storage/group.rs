//! The records of one transaction.

mod admit;
mod step;
mod write;

use super::feed::FeedRow;
use super::pools::{Pools, Tx, within};
use super::record::{Condition, Record, RecordError, Recorded};
use super::totals::{Counted, Deltas};
use crate::event_data;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Call;
use sqlx::FromRow;
use std::collections::{BTreeSet, HashMap};
use step::{Step, dedup_key, feed_row, take_in};

/// An event of a client that is on disk now.
pub type Told = (String, FeedRow);

/// One transaction, with the calls and feed positions it has touched held in memory, so that
/// several facts of one call are read once.
pub struct Group {
    tx: Tx,
    calls: HashMap<(String, String), KnownCall>,
    heads: HashMap<String, Head>,
    /// Changes of the totals, written once for all records.
    totals: Deltas,
    told: Vec<Told>,
}

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
}

#[derive(FromRow)]
struct KnownRow {
    session_id: String,
    provider: Option<String>,
    voice: Option<String>,
    last_seq: i64,
    last_event: String,
    last_event_at: i64,
    last_activity_at: i64,
    state: String,
}

type Taken<T> = Result<T, RecordError>;

impl Group {
    /// Begins a transaction about calls of these clients.
    ///
    /// It holds their feeds' heads from here to its end. All that is read and written of a
    /// client stands behind that one lock, so several servers on one database take their turns
    /// client by client: numbers have no gap, and what a condition looks at stays as it is
    /// until the commit. The heads are locked in the order of their names, so that two servers
    /// never wait for each other in a circle.
    pub async fn begin(pools: &Pools, clients: BTreeSet<&str>) -> Result<Self, sqlx::Error> {
        let mut tx = pools.begin().await?;
        let mut heads = HashMap::new();
        for client_id in clients {
            let seq = lock_head(&mut tx, client_id).await?;
            heads.insert(client_id.to_owned(), Head { seq, moved: false });
        }
        Ok(Self { tx, calls: HashMap::new(), heads, totals: Deltas::default(), told: Vec::new() })
    }

    /// Writes one record, or says why it is not taken. An error of the database fails the
    /// whole group.
    pub async fn record(&mut self, mut record: Record) -> Result<Taken<Recorded>, sqlx::Error> {
        let key = dedup_key(&record);
        // Where there are conditions a repeat must be seen before they are looked at; without,
        // the insert below sees it for nothing.
        if !matches!(record.condition, Condition::None)
            && let Some(earlier) = self.earlier(&record, &key).await?
        {
            return Ok(earlier);
        }
        let known = self.known(&record).await?;
        if let Err(refusal) = self.admit(&mut record, known.as_ref()).await? {
            return Ok(Err(refusal));
        }
        let seq = self.head(&record.client_id).await? + 1;
        let Step { after, counted_before, audience } = take_in(&record, known, seq);
        let data = match record.data.take() {
            Some(data) => data,
            None => event_data::written(&after.call, &record.call_sid, &record.fact)
                .map_err(|error| sqlx::Error::Encode(Box::new(error)))?,
        };
        if !self.insert_event(&record, &after, seq, &key, audience.as_deref(), &data).await? {
            let earlier = self.earlier(&record, &key).await?;
            return Ok(earlier.unwrap_or(Err(RecordError::Unavailable)));
        }
        self.heads.insert(record.client_id.clone(), Head { seq, moved: true });
        self.put_call(&record, &after).await?;
        let started_before = counted_before.as_ref().map(|before| before.started_at);
        self.count(&record, started_before, after.call.started_at()).await?;
        let counted = Counted::of(&after.call);
        self.totals.replace(&record.client_id, counted_before.as_ref(), counted.as_ref());
        if record.fact.customer.is_some() {
            self.put_customer(&record, &after.call).await?;
        }
        let recorded = Recorded {
            log_id: record.log_id.clone(),
            session_id: after.session_id.clone(),
            call_sid: record.call_sid.clone(),
            repeated: false,
        };
        let row = feed_row(&record, &after, seq, audience, data);
        self.calls.insert((record.client_id.clone(), record.call_sid), after);
        self.told.push((record.client_id, row));
        Ok(Ok(recorded))
    }

    /// Takes the group to disk and hands back the events that are new, in the feed's order.
    pub async fn commit(mut self) -> Result<Vec<Told>, sqlx::Error> {
        for (client_id, head) in self.heads.iter().filter(|(_, head)| head.moved) {
            within!(self.tx, |db| sqlx::query(
                "UPDATE feed_heads SET seq = $2 WHERE client_id = $1"
            )
            .bind(client_id)
            .bind(head.seq)
            .execute(db))?;
        }
        self.totals.write(&mut self.tx).await?;
        self.tx.commit().await?;
        Ok(self.told)
    }

    /// The call as it stands, from memory or from its row.
    async fn known(&mut self, record: &Record) -> Result<Option<KnownCall>, sqlx::Error> {
        let name = (record.client_id.clone(), record.call_sid.clone());
        if let Some(known) = self.calls.get(&name) {
            return Ok(Some(known.clone()));
        }
        let row: Option<KnownRow> = within!(self.tx, |db| sqlx::query_as(
            "SELECT session_id, provider, voice, last_seq, last_event, last_event_at,
                    last_activity_at, state
             FROM calls WHERE client_id = $1 AND call_sid = $2"
        )
        .bind(&name.0)
        .bind(&name.1)
        .fetch_optional(db))?;
        row.map(|row| {
            Ok(KnownCall {
                session_id: row.session_id,
                provider: row.provider,
                voice: row.voice,
                last_seq: row.last_seq,
                last_event: row.last_event,
                last_event_at: row.last_event_at,
                last_activity_at: row.last_activity_at,
                call: serde_json::from_str(&row.state)
                    .map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            })
        })
        .transpose()
    }

    /// The client's position in its feed.
    async fn head(&mut self, client_id: &str) -> Result<i64, sqlx::Error> {
        if let Some(head) = self.heads.get(client_id) {
            return Ok(head.seq);
        }
        let seq = lock_head(&mut self.tx, client_id).await?;
        self.heads.insert(client_id.to_owned(), Head { seq, moved: false });
        Ok(seq)
    }
}

/// Locks the head of a client's feed, which is made where it is the first time, and reads it.
/// A write is the one lock that every database of either kind takes and waits for.
pub(super) async fn lock_head(tx: &mut Tx, client_id: &str) -> Result<i64, sqlx::Error> {
    within!(*tx, |db| sqlx::query_scalar(
        "INSERT INTO feed_heads (client_id, seq) VALUES ($1, 0)
         ON CONFLICT (client_id) DO UPDATE SET seq = feed_heads.seq RETURNING seq"
    )
    .bind(client_id)
    .fetch_one(db))
}
