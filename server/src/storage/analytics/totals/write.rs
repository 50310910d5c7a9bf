//! Writes changes of totals, in the transaction that changes the calls.

use super::{Totals, TotalsDeltas};
use crate::storage::database::pools::Column::{Int, Text};
use crate::storage::database::pools::{BulkInsert, SqlValue, Tx};

const ADD: BulkInsert = BulkInsert {
    table: "totals",
    columns: &[
        Text("client_id"),
        Int("bucket"),
        Int("calls"),
        Int("inbound"),
        Int("outbound"),
        Int("missed"),
        Int("connected"),
        Int("duration"),
        Int("to_30s"),
        Int("to_1m"),
        Int("to_3m"),
        Int("to_5m"),
        Int("over_5m"),
    ],
    conflict: "ON CONFLICT (client_id, bucket) DO UPDATE SET
        calls = totals.calls + excluded.calls, inbound = totals.inbound + excluded.inbound,
        outbound = totals.outbound + excluded.outbound, missed = totals.missed +
        excluded.missed, connected = totals.connected + excluded.connected, duration =
        totals.duration + excluded.duration, to_30s = totals.to_30s + excluded.to_30s, to_1m =
        totals.to_1m + excluded.to_1m, to_3m = totals.to_3m + excluded.to_3m, to_5m =
        totals.to_5m + excluded.to_5m, over_5m = totals.over_5m + excluded.over_5m",
};

const ADD_TO_CUSTOMER: BulkInsert = BulkInsert {
    table: "customer_totals",
    columns: &[
        Text("client_id"),
        Text("customer_id"),
        Int("bucket"),
        Int("calls"),
        Int("inbound"),
        Int("outbound"),
        Int("missed"),
        Int("connected"),
        Int("duration"),
        Int("to_30s"),
        Int("to_1m"),
        Int("to_3m"),
        Int("to_5m"),
        Int("over_5m"),
    ],
    conflict: "ON CONFLICT (client_id, bucket, customer_id) DO UPDATE SET
        calls = customer_totals.calls + excluded.calls, inbound = customer_totals.inbound +
        excluded.inbound, outbound = customer_totals.outbound + excluded.outbound, missed =
        customer_totals.missed + excluded.missed, connected = customer_totals.connected +
        excluded.connected, duration = customer_totals.duration + excluded.duration, to_30s =
        customer_totals.to_30s + excluded.to_30s, to_1m = customer_totals.to_1m +
        excluded.to_1m, to_3m = customer_totals.to_3m + excluded.to_3m, to_5m =
        customer_totals.to_5m + excluded.to_5m, over_5m = customer_totals.over_5m +
        excluded.over_5m",
};

impl TotalsDeltas {
    /// Writes the collected changes in the order of their keys; two writers that lock rows in the
    /// same order cannot deadlock.
    pub async fn write(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        let mut cells = Vec::new();
        for ((client_id, bucket), sums) in self.changed_clients() {
            cells.extend([client_id.into(), (*bucket).into()]);
            cells.extend(sum_cells(sums));
        }
        ADD.insert_rows(tx, cells).await?;
        let mut cells = Vec::new();
        for ((client_id, bucket, customer_id), sums) in self.changed_customers() {
            cells.extend([client_id.into(), customer_id.into(), (*bucket).into()]);
            cells.extend(sum_cells(sums));
        }
        ADD_TO_CUSTOMER.insert_rows(tx, cells).await?;
        self.write_weeks_and_events(tx).await?;
        self.fields.write(tx).await
    }
}

/// Returns the sums in the order of the columns.
fn sum_cells(sums: &Totals) -> [SqlValue<'static>; 11] {
    [
        sums.calls,
        sums.inbound,
        sums.outbound,
        sums.missed,
        sums.connected,
        sums.duration,
        sums.to_30s,
        sums.to_1m,
        sums.to_3m,
        sums.to_5m,
        sums.over_5m,
    ]
    .map(SqlValue::from)
}
