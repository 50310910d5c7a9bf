//! Notifies other servers on the same database that a client's feed has grown.
//!
//! The stored feed is the truth; a notice only saves the time until the next poll. A lost notice
//! therefore costs only seconds, and databases without notices (some that speak PostgreSQL's
//! protocol lack them) work too.

use super::group::CommittedEvent;
use crate::storage::database::pools::{Pooling, Pools, PostgresPools, query_read};
use crate::storage::{Store, StoreError};
use sqlx::postgres::PgListener;
use std::collections::BTreeMap;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// The `LISTEN`/`NOTIFY` channel.
const CHANNEL: &str = "call_ribbon_feed";
/// The longest notice, in bytes; PostgreSQL accepts 7999.
const MAX_NOTICE_BYTES: usize = 7000;
/// Groups whose notices may be queued. A dropped notice is noticed by polling a few seconds later.
const MAX_QUEUED_NOTICES: usize = 64;

/// The last sequence number of each client's feed.
pub type FeedHeads = BTreeMap<String, i64>;

/// Receives the notices of all servers on the database, including this one's.
pub struct NoticeListener {
    ear: PgListener,
}

impl NoticeListener {
    /// Waits for the next notice and returns the feeds that have grown. Returns `None` if notices
    /// may have been lost or are incomplete: the caller must then check all feeds.
    pub async fn next(&mut self) -> Result<Option<FeedHeads>, StoreError> {
        let notice = self.ear.try_recv().await?;
        Ok(notice.and_then(|notice| serde_json::from_str(notice.payload()).ok()))
    }
}

impl Store {
    /// Starts listening for what other servers write. Returns `None` on SQLite, which has no other
    /// servers, and behind a pooler that does not support `LISTEN`.
    pub async fn system_listen_for_notices(&self) -> Result<Option<NoticeListener>, StoreError> {
        match &self.pools {
            Pools::Sqlite { .. } => Ok(None),
            Pools::Postgres(pools) if pools.pooling == Pooling::Transaction => Ok(None),
            Pools::Postgres(pools) => {
                let mut ear = PgListener::connect_with(&pools.readers).await?;
                ear.listen(CHANNEL).await?;
                Ok(Some(NoticeListener { ear }))
            }
        }
    }

    /// Returns whether other servers may write to this database.
    pub fn is_shared(&self) -> bool {
        matches!(self.pools, Pools::Postgres(_))
    }

    /// Returns whether notices of other servers can be received.
    pub fn can_receive_notices(&self) -> bool {
        matches!(&self.pools, Pools::Postgres(pools) if pools.pooling == Pooling::Session)
    }

    /// Returns the last sequence number of each client's feed.
    pub async fn system_feed_heads(&self) -> Result<FeedHeads, StoreError> {
        let heads: Vec<(String, i64)> =
            query_read!(self, |db| sqlx::query_as("SELECT client_id, seq FROM feed_heads")
                .fetch_all(db))?;
        Ok(heads.into_iter().collect())
    }
}

/// Notifies the other servers of committed events, in a task beside the writer: a notice costs a
/// round trip to the database, which the next group need not wait for.
///
/// A notice has its own transaction: inside the writer's, it would serialise the commits of all
/// servers.
pub(super) struct Notifier {
    /// The queue of the sending task, and that task; `None` if no other server can listen.
    telling: Option<(mpsc::Sender<FeedHeads>, JoinHandle<()>)>,
}

impl Notifier {
    /// Starts the sending task.
    pub(super) fn spawn_task(pools: &Pools) -> Self {
        let Pools::Postgres(pools) = pools else { return Self { telling: None } };
        let (sender, receiver) = mpsc::channel(MAX_QUEUED_NOTICES);
        Self { telling: Some((sender, tokio::spawn(send_notices(pools.clone(), receiver)))) }
    }

    /// Queues a notice about these events.
    pub(super) fn notify_servers(&self, told: &[CommittedEvent]) {
        let Some((sender, _)) = &self.telling else { return };
        if told.is_empty() {
            return;
        }
        // The events are in feed order, so a client's last one is its head.
        let heads = told.iter().map(|(client_id, row)| (client_id.clone(), row.seq)).collect();
        if sender.try_send(heads).is_err() {
            tracing::debug!(
                "a notification was not sent; other servers read the events at their next poll"
            );
        }
    }

    /// Sends the queued notices and stops.
    pub(super) async fn finish_sending(self) {
        let Some((sender, task)) = self.telling else { return };
        drop(sender);
        // The task fails only if the runtime cancels it.
        let _ = task.await;
    }
}

/// Sends one notice at a time. Heads that arrive during one are merged into the next.
async fn send_notices(pools: PostgresPools, mut untold: mpsc::Receiver<FeedHeads>) {
    while let Some(mut heads) = untold.recv().await {
        while let Ok(later) = untold.try_recv() {
            heads.extend(later);
        }
        let notice = serde_json::to_string(&heads).unwrap_or_default();
        // If it is too long, send an empty notice: receivers then check all feeds.
        let notice = if notice.len() <= MAX_NOTICE_BYTES { notice } else { String::new() };
        if let Err(error) = send_notice(&pools, &notice).await {
            tracing::debug!(
                "a notification was not sent; other servers read the events at their next poll: \
                 {error}"
            );
        }
    }
}

async fn send_notice(pools: &PostgresPools, notice: &str) -> Result<(), sqlx::Error> {
    let mut connection = pools.single_write().await?;
    let sent = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(notice);
    let sent = sent.execute(connection.executor()).await;
    connection.release(sent).await.map(|_| ())
}
