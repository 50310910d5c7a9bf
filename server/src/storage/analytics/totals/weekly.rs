//! Sums by week and customer, and sums of events by bucket.

use super::{CustomerKey, Totals, TotalsDeltas, bucket_floor};
use crate::storage::database::pools::Column::{Int, Text};
use crate::storage::database::pools::{BulkInsert, SqlValue, Tx};
use call_ribbon_shared::Millis;

/// A week's length. Weeks begin on Thursday, as the first day of 1970 was one.
pub const WEEK: Millis = 7 * 24 * 60 * 60 * 1000;

/// A client, a bucket and an event's name.
pub type EventKey = (String, Millis, String);

const ADD_TO_WEEK: BulkInsert = BulkInsert {
    table: "customer_weeks",
    columns: &[Text("client_id"), Int("week"), Text("customer_id"), Int("calls"), Int("duration")],
    conflict: "ON CONFLICT (client_id, week, customer_id) DO UPDATE SET
        calls = customer_weeks.calls + excluded.calls,
        duration = customer_weeks.duration + excluded.duration",
};

const ADD_EVENTS: BulkInsert = BulkInsert {
    table: "event_totals",
    columns: &[Text("client_id"), Int("bucket"), Text("event"), Int("events")],
    conflict: "ON CONFLICT (client_id, bucket, event) DO UPDATE SET
        events = event_totals.events + excluded.events",
};

/// Sums of one customer's week.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WeekSums {
    pub calls: i64,
    /// Talk time in seconds.
    pub duration: i64,
}

impl WeekSums {
    fn add(&mut self, other: Self, times: i64) {
        self.calls += times * other.calls;
        self.duration += times * other.duration;
    }
}

impl From<&Totals> for WeekSums {
    fn from(sums: &Totals) -> Self {
        Self { calls: sums.calls, duration: sums.duration }
    }
}

impl TotalsDeltas {
    /// Adds sums to a customer's week.
    pub fn add_to_week(
        &mut self,
        client_id: &str,
        week: Millis,
        customer_id: &str,
        busy: WeekSums,
        times: i64,
    ) {
        let key = (client_id.to_owned(), week, customer_id.to_owned());
        self.weeks.entry(key).or_default().add(busy, times);
    }

    /// Adds a number of events with this name to the bucket of a time.
    pub fn add_events(&mut self, client_id: &str, at: Millis, event: &str, events: i64) {
        let key = (client_id.to_owned(), bucket_floor(at), event.to_owned());
        *self.events.entry(key).or_default() += events;
    }

    /// Writes the collected changes of weeks and events.
    pub(super) async fn write_weeks_and_events(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        let weeks = self.changed_weeks().flat_map(|((client_id, week, customer_id), busy)| {
            let sums = [busy.calls, busy.duration].map(SqlValue::from);
            [client_id.into(), (*week).into(), customer_id.into()].into_iter().chain(sums)
        });
        ADD_TO_WEEK.insert_rows(tx, weeks.collect()).await?;
        let events = self.changed_events().flat_map(|((client_id, bucket, event), events)| {
            [client_id.into(), (*bucket).into(), event.into(), (*events).into()]
        });
        ADD_EVENTS.insert_rows(tx, events.collect()).await
    }

    pub(super) fn changed_weeks(&self) -> impl Iterator<Item = (&CustomerKey, &WeekSums)> {
        self.weeks.iter().filter(|(_, busy)| **busy != WeekSums::default())
    }

    pub(super) fn changed_events(&self) -> impl Iterator<Item = (&EventKey, &i64)> {
        self.events.iter().filter(|(_, events)| **events != 0)
    }
}

/// Returns the start of the week that contains a time.
pub fn week_floor(at: Millis) -> Millis {
    at.saturating_sub(at.rem_euclid(WEEK))
}
