//! What several servers on one database tell each other: that a client's feed has grown.
//!
//! The stored feed is the truth, a notice only saves the time until somebody would look. So
//! one that is lost costs nothing but seconds, and a database that knows no notices (some that
//! speak PostgreSQL's language do not) works without them.

use super::group::Told;
use crate::storage::database::pools::{Pooling, Pools, PostgresPools, reading};
use crate::storage::{Store, StoreError};
use sqlx::postgres::PgListener;
use std::collections::BTreeMap;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Where notices are told and heard.
const CHANNEL: &str = "call_ribbon_feed";
/// The longest notice; PostgreSQL takes 7999 bytes.
const LONGEST: usize = 7000;
/// Groups that may wait to be told of. One that is left out is seen a few seconds later.
const MOST_UNTOLD: usize = 64;

/// Clients, each with how far its feed has come.
pub type Heads = BTreeMap<String, i64>;

/// Hears the notices of all servers on the database, this one's too.
pub struct Notices {
    ear: PgListener,
}

impl Notices {
    /// The next notice: whose feeds have grown, and how far. Nothing where notices may have
    /// been lost or do not say it all: then everything is to be looked at.
    pub async fn next(&mut self) -> Result<Option<Heads>, StoreError> {
        let notice = self.ear.try_recv().await?;
        Ok(notice.and_then(|notice| serde_json::from_str(notice.payload()).ok()))
    }
}

impl Store {
    /// Begins to hear of what other servers write; `None` where there can be no others, and
    /// where a pooler lets nobody listen.
    pub async fn system_notices(&self) -> Result<Option<Notices>, StoreError> {
        match &self.pools {
            Pools::Sqlite { .. } => Ok(None),
            Pools::Postgres(pools) if pools.pooling == Pooling::Transaction => Ok(None),
            Pools::Postgres(pools) => {
                let mut ear = PgListener::connect_with(&pools.readers).await?;
                ear.listen(CHANNEL).await?;
                Ok(Some(Notices { ear }))
            }
        }
    }

    /// Whether other servers may write to this database.
    pub fn is_shared(&self) -> bool {
        matches!(self.pools, Pools::Postgres(_))
    }

    /// Whether notices of other servers can be heard.
    pub fn hears_notices(&self) -> bool {
        matches!(&self.pools, Pools::Postgres(pools) if pools.pooling == Pooling::Session)
    }

    /// How far the feeds of all clients have come.
    pub async fn system_feed_heads(&self) -> Result<Heads, StoreError> {
        let heads: Vec<(String, i64)> =
            reading!(self, |db| sqlx::query_as("SELECT client_id, seq FROM feed_heads")
                .fetch_all(db))?;
        Ok(heads.into_iter().collect())
    }
}

/// Tells the other servers what is on disk now, beside the task that writes: a notice costs a
/// round trip to the database, which the next group need not wait for.
///
/// It is a transaction by itself: inside of the one that writes, it would have all commits of
/// all servers wait for each other.
pub(super) struct Teller {
    /// To the task that tells, and that task; `None` where nobody else can listen.
    telling: Option<(mpsc::Sender<Heads>, JoinHandle<()>)>,
}

impl Teller {
    /// Begins to tell.
    pub(super) fn start(pools: &Pools) -> Self {
        let Pools::Postgres(pools) = pools else { return Self { telling: None } };
        let (sender, receiver) = mpsc::channel(MOST_UNTOLD);
        Self { telling: Some((sender, tokio::spawn(tell(pools.clone(), receiver)))) }
    }

    /// Has the others told of these events.
    pub(super) fn tell(&self, told: &[Told]) {
        let Some((sender, _)) = &self.telling else { return };
        if told.is_empty() {
            return;
        }
        // Told in the feeds' order, so the last one of a client is its head.
        let heads = told.iter().map(|(client_id, row)| (client_id.clone(), row.seq)).collect();
        if sender.try_send(heads).is_err() {
            tracing::debug!("other servers will see it when they next look");
        }
    }

    /// Ends when all is told.
    pub(super) async fn finish(self) {
        let Some((sender, task)) = self.telling else { return };
        drop(sender);
        // It cannot fail but by being cancelled with all else.
        let _ = task.await;
    }
}

/// Sends a notice after the other. What comes in during one goes out in the next.
async fn tell(pools: PostgresPools, mut untold: mpsc::Receiver<Heads>) {
    while let Some(mut heads) = untold.recv().await {
        while let Ok(later) = untold.try_recv() {
            heads.extend(later);
        }
        let notice = serde_json::to_string(&heads).unwrap_or_default();
        // Too long for one notice, it says nothing of its own, and all is looked at.
        let notice = if notice.len() <= LONGEST { notice } else { String::new() };
        if let Err(error) = send(&pools, &notice).await {
            tracing::debug!("other servers will see it when they next look: {error}");
        }
    }
}

async fn send(pools: &PostgresPools, notice: &str) -> Result<(), sqlx::Error> {
    let mut held = pools.single_write().await?;
    let sent = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(notice);
    let sent = sent.execute(held.executor()).await;
    held.end(sent).await.map(|_| ())
}
