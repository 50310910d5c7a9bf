//! Adding to the totals, in the transaction that changes the calls.

use super::Deltas;
use crate::storage::pools::{Tx, within};

const ADD: &str = "
    INSERT INTO totals (client_id, bucket, calls, inbound, outbound, missed, connected, duration, to_30s,
        to_1m, to_3m, to_5m, over_5m)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    ON CONFLICT (client_id, bucket) DO UPDATE SET
        calls = totals.calls + excluded.calls, inbound = totals.inbound + excluded.inbound,
        outbound = totals.outbound + excluded.outbound, missed = totals.missed +
        excluded.missed, connected = totals.connected + excluded.connected, duration =
        totals.duration + excluded.duration, to_30s = totals.to_30s + excluded.to_30s, to_1m =
        totals.to_1m + excluded.to_1m, to_3m = totals.to_3m + excluded.to_3m, to_5m =
        totals.to_5m + excluded.to_5m, over_5m = totals.over_5m + excluded.over_5m";

const ADD_TO_CUSTOMER: &str = "
    INSERT INTO customer_totals (client_id, bucket, customer_id, calls, inbound, outbound, missed, connected, duration,
        to_30s, to_1m, to_3m, to_5m, over_5m)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    ON CONFLICT (client_id, bucket, customer_id) DO UPDATE SET
        calls = customer_totals.calls + excluded.calls, inbound = customer_totals.inbound +
        excluded.inbound, outbound = customer_totals.outbound + excluded.outbound, missed =
        customer_totals.missed + excluded.missed, connected = customer_totals.connected +
        excluded.connected, duration = customer_totals.duration + excluded.duration, to_30s =
        customer_totals.to_30s + excluded.to_30s, to_1m = customer_totals.to_1m +
        excluded.to_1m, to_3m = customer_totals.to_3m + excluded.to_3m, to_5m =
        customer_totals.to_5m + excluded.to_5m, over_5m = customer_totals.over_5m +
        excluded.over_5m";

/// Binds the sums to a query that has its key already.
macro_rules! bind_sums {
    ($query:expr, $sums:expr) => {
        $query
            .bind($sums.calls)
            .bind($sums.inbound)
            .bind($sums.outbound)
            .bind($sums.missed)
            .bind($sums.connected)
            .bind($sums.duration)
            .bind($sums.to_30s)
            .bind($sums.to_1m)
            .bind($sums.to_3m)
            .bind($sums.to_5m)
            .bind($sums.over_5m)
    };
}

impl Deltas {
    /// Writes what has gathered, in the order of the keys: two writers that take rows in one
    /// order never wait for each other in a circle.
    pub async fn write(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        for ((client_id, bucket), sums) in self.of_clients() {
            within!(*tx, |db| bind_sums!(sqlx::query(ADD).bind(client_id).bind(bucket), sums)
                .execute(db))?;
        }
        for ((client_id, bucket, customer_id), sums) in self.of_customers() {
            within!(*tx, |db| bind_sums!(
                sqlx::query(ADD_TO_CUSTOMER).bind(client_id).bind(bucket).bind(customer_id),
                sums
            )
            .execute(db))?;
        }
        Ok(())
    }
}
