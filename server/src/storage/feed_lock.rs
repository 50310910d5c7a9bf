//! The lock that a transaction takes before it changes a client's calls, their events or their sums.

use crate::storage::database::pools::{Tx, query_tx};

/// Locks the head of a client's feed, creating it if missing, and returns it. The lock is a write
/// because that is the only lock that both databases support and wait for.
pub async fn lock_head(tx: &mut Tx, client_id: &str) -> Result<i64, sqlx::Error> {
    query_tx!(*tx, |db| sqlx::query_scalar(
        "INSERT INTO feed_heads (client_id, seq) VALUES ($1, 0)
         ON CONFLICT (client_id) DO UPDATE SET seq = feed_heads.seq RETURNING seq"
    )
    .bind(client_id)
    .fetch_one(db))
}
