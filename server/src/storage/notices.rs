//! What several servers on one database tell each other: that a client's feed has grown.
//!
//! The stored feed is the truth, a notice only saves the time until somebody would look. So
//! one that is lost costs nothing but seconds, and a database that knows no notices (some that
//! speak PostgreSQL's language do not) works without them.

use super::group::Told;
use super::pools::{Pools, reading};
use super::{Store, StoreError};
use sqlx::postgres::PgListener;
use std::collections::BTreeMap;

/// Where notices are told and heard.
const CHANNEL: &str = "call_ribbon_feed";
/// The longest notice; PostgreSQL takes 7999 bytes.
const LONGEST: usize = 7000;

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
    /// Begins to hear of what other servers write; `None` where there can be no others.
    pub async fn system_notices(&self) -> Result<Option<Notices>, StoreError> {
        match &self.pools {
            Pools::Sqlite { .. } => Ok(None),
            Pools::Postgres { readers, .. } => {
                let mut ear = PgListener::connect_with(readers).await?;
                ear.listen(CHANNEL).await?;
                Ok(Some(Notices { ear }))
            }
        }
    }

    /// Whether other servers may write to this database.
    pub fn is_shared(&self) -> bool {
        matches!(self.pools, Pools::Postgres { .. })
    }

    /// How far the feeds of all clients have come.
    pub async fn system_feed_heads(&self) -> Result<Heads, StoreError> {
        let heads: Vec<(String, i64)> =
            reading!(self, |db| sqlx::query_as("SELECT client_id, seq FROM feed_heads")
                .fetch_all(db))?;
        Ok(heads.into_iter().collect())
    }
}

impl Pools {
    /// Tells the other servers what is on disk now. It is a transaction by itself: inside of
    /// the one that writes, it would have all commits of all servers wait for each other.
    pub async fn notify(&self, told: &[Told]) {
        let Self::Postgres { writer, .. } = self else { return };
        if told.is_empty() {
            return;
        }
        // Told in the feeds' order, so the last one of a client is its head.
        let heads: BTreeMap<&str, i64> =
            told.iter().map(|(client_id, row)| (client_id.as_str(), row.seq)).collect();
        let notice = serde_json::to_string(&heads).unwrap_or_default();
        // Too long for one notice, it says nothing of its own, and all is looked at.
        let notice = if notice.len() <= LONGEST { notice } else { String::new() };
        let sent = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(notice);
        if let Err(error) = sent.execute(writer).await {
            tracing::debug!("other servers will see it when they next look: {error}");
        }
    }
}
