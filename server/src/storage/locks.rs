//! The locks that transactions take before they change what belongs to a client.

use crate::storage::database::pools::{Tx, query_tx};

/// Locks a client's row until the end of the transaction, which serialises changes of the client's
/// own data. Returns false if the client does not exist.
pub async fn lock_client(tx: &mut Tx, client_id: &str) -> Result<bool, sqlx::Error> {
    let done = query_tx!(*tx, |db| sqlx::query(
        "UPDATE clients SET client_id = client_id WHERE client_id = $1"
    )
    .bind(client_id)
    .execute(db))?;
    Ok(done.rows_affected() > 0)
}

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
