//! Reads from which time on a client's calls are counted.

use crate::storage::database::pools::{Tx, query_tx};
use call_ribbon_shared::Millis;

/// Returns the time before which a client's calls are no longer counted; a recount begins there.
pub async fn read_counted_from(tx: &mut Tx, client_id: &str) -> Result<Millis, sqlx::Error> {
    let kept: Option<Option<Millis>> = query_tx!(*tx, |db| sqlx::query_scalar(
        "SELECT counted_from FROM retention WHERE client_id = $1"
    )
    .bind(client_id)
    .fetch_optional(db))?;
    Ok(kept.flatten().unwrap_or(Millis::MIN))
}
