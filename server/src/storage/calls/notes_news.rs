//! Tells a client's receivers of webhooks that notes were saved. Notes are not part of the feed, so their
//! news are written with them.

use crate::storage::database::pools::{Tx, query_tx};
use call_ribbon_shared::Millis;

/// Adds the news that notes were saved to the deliveries of a client's receivers, in the transaction
/// of the notes.
pub(in crate::storage) async fn insert_notes_news(
    tx: &mut Tx,
    client_id: &str,
    session_id: &str,
    now: Millis,
) -> Result<(), sqlx::Error> {
    // The message comes after those about the events so far.
    query_tx!(*tx, |db| sqlx::query(
        "INSERT INTO deliveries (client_id, receiver_id, place, message_id, subject, type,
            queued_at, try_at, tries)
         SELECT r.client_id, r.receiver_id, 2 * COALESCE(h.seq, 0) + 1, CAST($2 AS TEXT),
            CAST($3 AS TEXT), 'notes.saved', CAST($4 AS BIGINT), CAST($4 AS BIGINT), 0
         FROM receivers r LEFT JOIN feed_heads h ON h.client_id = r.client_id
         WHERE r.client_id = $1 AND r.is_on = 1
           AND (r.types = '[]' OR r.types LIKE '%\"notes.saved\"%')
         ON CONFLICT (client_id, receiver_id, message_id) DO NOTHING"
    )
    .bind(client_id)
    .bind(format!("{session_id}-notes-{now}"))
    .bind(session_id)
    .bind(now)
    .execute(db))?;
    Ok(())
}
