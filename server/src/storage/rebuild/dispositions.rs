//! Counting anew how many calls have which disposition.

use crate::storage::StoreError;
use crate::storage::pools::{Tx, within};
use crate::storage::totals::Deltas;
use call_ribbon_shared::Millis;
use sqlx::FromRow;

#[derive(FromRow)]
struct Row {
    at: Millis,
    disposition: String,
    calls: i64,
}

/// Adds to `missing` what is counted of a client's calls of a stretch less what is kept.
pub(super) async fn count(
    tx: &mut Tx,
    client_id: &str,
    from: Millis,
    until: Millis,
    missing: &mut Deltas,
) -> Result<(), StoreError> {
    // `CROSS JOIN` keeps SQLite from beginning with all notes there are.
    let counted: Vec<Row> = within!(*tx, |db| sqlx::query_as(
        "SELECT c.started_at AS at, n.disposition, CAST(1 AS BIGINT) AS calls
         FROM calls c CROSS JOIN call_notes n
         WHERE c.client_id = $1 AND c.started_at >= $2 AND c.started_at < $3
           AND n.client_id = c.client_id AND n.call_sid = c.call_sid
           AND n.disposition IS NOT NULL"
    )
    .bind(client_id)
    .bind(from)
    .bind(until)
    .fetch_all(db))?;
    let kept: Vec<Row> = within!(*tx, |db| sqlx::query_as(
        "SELECT bucket AS at, disposition, calls FROM disposition_totals
         WHERE client_id = $1 AND bucket >= $2 AND bucket < $3"
    )
    .bind(client_id)
    .bind(from)
    .bind(until)
    .fetch_all(db))?;
    for (rows, times) in [(counted, 1), (kept, -1)] {
        for Row { at, disposition, calls } in rows {
            missing.add_disposition(client_id, at, &disposition, times * calls);
        }
    }
    Ok(())
}

/// Removes rows from which all calls have moved away.
pub(super) async fn sweep(
    tx: &mut Tx,
    client_id: &str,
    from: Millis,
    until: Millis,
) -> Result<(), StoreError> {
    within!(*tx, |db| sqlx::query(
        "DELETE FROM disposition_totals
         WHERE client_id = $1 AND bucket >= $2 AND bucket < $3 AND calls = 0"
    )
    .bind(client_id)
    .bind(from)
    .bind(until)
    .execute(db))?;
    Ok(())
}
