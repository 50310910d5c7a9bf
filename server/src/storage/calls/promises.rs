//! Stores what was promised in calls.

use crate::storage::database::pools::{Tx, query_tx};
use crate::storage::permission::outcome::OutcomePromise;

/// Stores the promise of a call's outcome, or removes that of its earlier one.
pub(in crate::storage) async fn write_promise(
    tx: &mut Tx,
    client_id: &str,
    call_sid: &str,
    promise: Option<&OutcomePromise>,
) -> Result<(), sqlx::Error> {
    query_tx!(*tx, |db| sqlx::query(
        "DELETE FROM promises WHERE client_id = $1 AND call_sid = $2"
    )
    .bind(client_id)
    .bind(call_sid)
    .execute(db))?;
    let Some(OutcomePromise { amount, day, account, campaign }) = promise else { return Ok(()) };
    query_tx!(*tx, |db| sqlx::query(
        "INSERT INTO promises (client_id, call_sid, at, customer_id, account, campaign,
            amount, day)
         SELECT client_id, call_sid, started_at, customer_id, CAST($3 AS TEXT),
            CAST($6 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS TEXT)
         FROM calls WHERE client_id = $1 AND call_sid = $2"
    )
    .bind(client_id)
    .bind(call_sid)
    .bind(account)
    .bind(amount)
    .bind(day)
    .bind(campaign)
    .execute(db))?;
    Ok(())
}
