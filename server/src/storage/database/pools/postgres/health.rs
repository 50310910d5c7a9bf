//! Decides which pooled connections may be reused.

use super::{ANSWER_TIMEOUT, Pooling};
use crate::storage::database::pools::ACQUIRE_TIMEOUT;
use sqlx::pool::PoolConnectionMetadata;
use sqlx::postgres::{PgConnection, PgPoolOptions};
use sqlx::{Connection as _, Error, Row as _};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// A connection that cannot write is replaced at this age: promptly after a failover, but not for
/// every request while no other server exists.
const REPLACE_AFTER: Duration = Duration::from_secs(1);

/// The time up to which connections are stale.
#[derive(Debug)]
pub(super) struct StaleConnections {
    began: Instant,
    /// Milliseconds after the start; 0 while all connections are good.
    until: AtomicU64,
}

impl StaleConnections {
    pub(super) fn new() -> Self {
        Self { began: Instant::now(), until: AtomicU64::new(0) }
    }

    /// Marks all current connections as stale.
    pub(super) fn mark_all(&self) {
        self.until.fetch_max(to_millis(self.began.elapsed()), Ordering::Relaxed);
    }

    /// Returns whether a connection of this age is stale.
    fn is_stale(&self, age: Duration) -> bool {
        let until = self.until.load(Ordering::Relaxed);
        until > 0 && to_millis(self.began.elapsed().saturating_sub(age)) <= until
    }
}

fn to_millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Returns the options of a pool that checks connections before and after each use, within a
/// bounded time.
pub(super) fn pool_options(pooling: Pooling, stale: Arc<StaleConnections>) -> PgPoolOptions {
    PgPoolOptions::new()
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // The hook below checks more in the same round trip.
        .test_before_acquire(false)
        .before_acquire(move |connection, metadata| {
            let stale = stale.is_stale(metadata.age);
            Box::pin(async move { Ok(!stale && is_usable(connection, metadata, pooling).await) })
        })
        .after_release(|connection, _| {
            Box::pin(async move {
                match timeout(ANSWER_TIMEOUT, connection.ping()).await {
                    Ok(answer) => answer.map(|()| true),
                    Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
                }
            })
        })
}

/// Returns whether an idle connection answers and its server is writable. Readers are checked too:
/// after a failover the former primary may lag behind.
async fn is_usable(
    connection: &mut PgConnection,
    metadata: PoolConnectionMetadata,
    pooling: Pooling,
) -> bool {
    // Behind a pooler this would be the setting of an arbitrary session.
    if pooling == Pooling::Transaction {
        return matches!(timeout(ANSWER_TIMEOUT, connection.ping()).await, Ok(Ok(())));
    }
    let asked =
        sqlx::raw_sql("SELECT current_setting('transaction_read_only')").fetch_one(connection);
    match timeout(ANSWER_TIMEOUT, asked).await {
        Ok(Ok(row)) => {
            let read_only = row.try_get::<&str, _>(0).is_ok_and(|value| value == "on");
            let usable = !read_only || metadata.age < REPLACE_AFTER;
            if !usable {
                tracing::info!("a connection to a read-only database is replaced");
            }
            usable
        }
        // A PostgreSQL-compatible database that lacks the setting.
        Ok(Err(Error::Database(error))) => error.code().is_some_and(|code| code.starts_with("42")),
        Ok(Err(_)) | Err(_) => false,
    }
}
