//! What a call adds to the sums of its client and of its customer.
//!
//! A call counts once, in the 15 minutes of UTC in which it began. What it counts follows
//! from the call alone, so a change of the call changes the sums by what it counts now less
//! what it counted before. That stays exact whatever order events come in, because the call
//! itself does.

mod weekly;
mod write;

pub use weekly::{Busy, WEEK, week};

use super::fields::{Counting, FieldDeltas};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Call, Direction};
use sqlx::FromRow;
use std::collections::BTreeMap;

/// A bucket's length. Zones are whole quarters of an hour away from UTC, +5:45 too, so their
/// hours and days are made of whole buckets.
pub const QUARTER: Millis = 15 * 60 * 1000;

/// Sums over calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromRow)]
pub struct Totals {
    pub calls: i64,
    pub inbound: i64,
    pub outbound: i64,
    /// Inbound calls that ended without being connected.
    pub missed: i64,
    pub connected: i64,
    /// Seconds they talked.
    pub duration: i64,
    pub to_30s: i64,
    pub to_1m: i64,
    pub to_3m: i64,
    pub to_5m: i64,
    pub over_5m: i64,
}

impl Totals {
    /// Adds other sums so many times; -1 takes them away.
    pub fn add(&mut self, other: &Self, times: i64) {
        self.calls += times * other.calls;
        self.inbound += times * other.inbound;
        self.outbound += times * other.outbound;
        self.missed += times * other.missed;
        self.connected += times * other.connected;
        self.duration += times * other.duration;
        self.to_30s += times * other.to_30s;
        self.to_1m += times * other.to_1m;
        self.to_3m += times * other.to_3m;
        self.to_5m += times * other.to_5m;
        self.over_5m += times * other.over_5m;
    }
}

/// What of a call decides where and as what it counts.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Counted {
    pub started_at: Millis,
    pub direction: String,
    pub connected_at: Option<Millis>,
    pub ended_at: Option<Millis>,
    /// Seconds; `None` while it is not over.
    pub duration: Option<i64>,
    pub customer_id: Option<String>,
}

impl Counted {
    /// Reads it off a call, as the call's row has it; `None` while nothing is known of it.
    pub fn of(call: &Call, customer_id: Option<String>) -> Option<Self> {
        Some(Self {
            started_at: call.started_at()?,
            direction: call.direction().as_str().to_owned(),
            connected_at: call.connected_at(),
            ended_at: call.ended_at(),
            duration: call.duration().map(i64::from),
            customer_id,
        })
    }

    /// What the call counts as. One that is not over has a duration of 0 so far.
    pub fn totals(&self) -> Totals {
        let seconds = self.duration.unwrap_or(0);
        let inbound = self.direction == Direction::Inbound.as_str();
        let connected = self.connected_at.is_some() || seconds > 0;
        let missed = inbound && self.ended_at.is_some() && !connected;
        let between = |lower, upper| i64::from((lower..upper).contains(&seconds));
        Totals {
            calls: 1,
            inbound: i64::from(inbound),
            outbound: i64::from(!inbound),
            missed: i64::from(missed),
            connected: i64::from(connected),
            duration: seconds,
            to_30s: i64::from(seconds < 30),
            to_1m: between(30, 60),
            to_3m: between(60, 180),
            to_5m: between(180, 300),
            over_5m: i64::from(seconds >= 300),
        }
    }
}

/// A client and a bucket.
pub type ClientKey = (String, Millis);
/// A client, a bucket and a customer.
pub type CustomerKey = (String, Millis, String);

/// Changes of totals, gathered to be written once.
#[derive(Debug, Default)]
pub struct Deltas {
    clients: BTreeMap<ClientKey, Totals>,
    customers: BTreeMap<CustomerKey, Totals>,
    weeks: BTreeMap<CustomerKey, Busy>,
    events: BTreeMap<weekly::EventKey, i64>,
    fields: FieldDeltas,
}

impl Deltas {
    /// A call counts as `after` now and counted as `before` until now.
    pub fn replace(
        &mut self,
        client_id: &str,
        before: Option<&Counting>,
        after: Option<&Counting>,
    ) {
        // Most events, such as a ring or a digit, change nothing that counts.
        if before == after {
            return;
        }
        for (call, times) in [(before, -1), (after, 1)] {
            let Some(call) = call else { continue };
            self.fields.count(client_id, call, times);
            let call = &call.counted;
            self.count_quarter(client_id, call, times);
            if let Some(customer_id) = &call.customer_id {
                let busy = Busy::from(&call.totals());
                self.add_to_week(client_id, week(call.started_at), customer_id, busy, times);
            }
        }
    }

    /// A call's fields are others now, and all else is as it was.
    pub fn replace_fields(&mut self, client_id: &str, before: &Counting, after: &Counting) {
        self.fields.count(client_id, before, -1);
        self.fields.count(client_id, after, 1);
    }

    /// Counts a call so many times in its quarter of an hour, and in nothing coarser.
    pub fn count_quarter(&mut self, client_id: &str, call: &Counted, times: i64) {
        let (bucket, sums) = (floor(call.started_at), call.totals());
        self.add(client_id, bucket, &sums, times);
        if let Some(customer_id) = &call.customer_id {
            self.add_to_customer(client_id, bucket, customer_id, &sums, times);
        }
    }

    /// Adds to a client's bucket.
    pub fn add(&mut self, client_id: &str, bucket: Millis, sums: &Totals, times: i64) {
        self.clients.entry((client_id.to_owned(), bucket)).or_default().add(sums, times);
    }

    /// Adds to a customer's bucket.
    pub fn add_to_customer(
        &mut self,
        client_id: &str,
        bucket: Millis,
        customer_id: &str,
        sums: &Totals,
        times: i64,
    ) {
        let key = (client_id.to_owned(), bucket, customer_id.to_owned());
        self.customers.entry(key).or_default().add(sums, times);
    }

    /// How many rows change, those of fields aside.
    pub fn len(&self) -> usize {
        self.of_clients().count()
            + self.of_customers().count()
            + self.of_weeks().count()
            + self.of_events().count()
    }

    fn of_clients(&self) -> impl Iterator<Item = (&ClientKey, &Totals)> {
        self.clients.iter().filter(|(_, sums)| **sums != Totals::default())
    }

    fn of_customers(&self) -> impl Iterator<Item = (&CustomerKey, &Totals)> {
        self.customers.iter().filter(|(_, sums)| **sums != Totals::default())
    }
}

/// The first moment of the bucket in which a moment is.
pub fn floor(at: Millis) -> Millis {
    at.saturating_sub(at.rem_euclid(QUARTER))
}

/// The first bucket that begins at a moment or after it.
pub fn ceil(at: Millis) -> Millis {
    if at.rem_euclid(QUARTER) == 0 { at } else { floor(at).saturating_add(QUARTER) }
}
