//! Totals of calls by client and customer, in buckets of 15 minutes.
//!
//! A call counts once, in the bucket of UTC in which it began. What it counts as follows from the
//! call alone, so a change of the call changes the sums by its new share minus its old share. That
//! is exact for any order of events, because the call itself is.

mod weekly;
mod write;

pub use weekly::{WEEK, WeekSums, week_floor};

use super::fields::{CallWithFields, FieldDeltas};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Call, Direction};
use sqlx::FromRow;
use std::collections::BTreeMap;

/// A bucket's length. Time zones are offset from UTC by whole quarters of an hour (also +5:45), so
/// their hours and days consist of whole buckets.
pub const BUCKET: Millis = 15 * 60 * 1000;

/// Sums over calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromRow)]
pub struct Totals {
    pub calls: i64,
    pub inbound: i64,
    pub outbound: i64,
    /// Inbound calls that ended without being connected.
    pub missed: i64,
    pub connected: i64,
    /// Talk time in seconds.
    pub duration: i64,
    pub to_30s: i64,
    pub to_1m: i64,
    pub to_3m: i64,
    pub to_5m: i64,
    pub over_5m: i64,
}

impl Totals {
    /// Adds other sums `times` times; -1 subtracts them.
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

/// The parts of a call that its totals depend on.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct CountedCall {
    pub started_at: Millis,
    pub direction: String,
    pub connected_at: Option<Millis>,
    pub ended_at: Option<Millis>,
    /// Seconds; `None` until the call has ended.
    pub duration: Option<i64>,
    pub customer_id: Option<String>,
}

impl CountedCall {
    /// Takes the parts from a call; `None` if nothing is known about the call yet.
    pub fn from_call(call: &Call, customer_id: Option<String>) -> Option<Self> {
        Some(Self {
            started_at: call.started_at()?,
            direction: call.direction().as_str().to_owned(),
            connected_at: call.connected_at(),
            ended_at: call.ended_at(),
            duration: call.duration().map(i64::from),
            customer_id,
        })
    }

    /// Returns the call's share of the totals. Until it has ended, its duration is 0.
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

/// Changes of totals, collected to be written together.
#[derive(Debug, Default)]
pub struct TotalsDeltas {
    clients: BTreeMap<ClientKey, Totals>,
    customers: BTreeMap<CustomerKey, Totals>,
    weeks: BTreeMap<CustomerKey, WeekSums>,
    events: BTreeMap<weekly::EventKey, i64>,
    fields: FieldDeltas,
}

impl TotalsDeltas {
    /// Replaces what a call counted as, `before`, by `after`.
    pub fn replace_call(
        &mut self,
        client_id: &str,
        before: Option<&CallWithFields>,
        after: Option<&CallWithFields>,
    ) {
        // Most events, such as ringing or a digit, change no sum.
        if before == after {
            return;
        }
        for (call, times) in [(before, -1), (after, 1)] {
            let Some(call) = call else { continue };
            self.fields.count_call(client_id, call, times);
            let call = &call.counted;
            self.count_in_bucket(client_id, call, times);
            if let Some(customer_id) = &call.customer_id {
                let busy = WeekSums::from(&call.totals());
                self.add_to_week(client_id, week_floor(call.started_at), customer_id, busy, times);
            }
        }
    }

    /// Replaces the fields that a call counted with; its totals stay.
    pub fn replace_fields(
        &mut self,
        client_id: &str,
        before: &CallWithFields,
        after: &CallWithFields,
    ) {
        self.fields.count_call(client_id, before, -1);
        self.fields.count_call(client_id, after, 1);
    }

    /// Adds a call to its bucket `times` times, and to no longer period.
    pub fn count_in_bucket(&mut self, client_id: &str, call: &CountedCall, times: i64) {
        let (bucket, sums) = (bucket_floor(call.started_at), call.totals());
        self.add_to_client(client_id, bucket, &sums, times);
        if let Some(customer_id) = &call.customer_id {
            self.add_to_customer(client_id, bucket, customer_id, &sums, times);
        }
    }

    /// Adds sums to a client's bucket.
    pub fn add_to_client(&mut self, client_id: &str, bucket: Millis, sums: &Totals, times: i64) {
        self.clients.entry((client_id.to_owned(), bucket)).or_default().add(sums, times);
    }

    /// Adds sums to a customer's bucket.
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

    /// Returns how many rows change, without rows of fields.
    pub fn len(&self) -> usize {
        self.changed_clients().count()
            + self.changed_customers().count()
            + self.changed_weeks().count()
            + self.changed_events().count()
    }

    fn changed_clients(&self) -> impl Iterator<Item = (&ClientKey, &Totals)> {
        self.clients.iter().filter(|(_, sums)| **sums != Totals::default())
    }

    fn changed_customers(&self) -> impl Iterator<Item = (&CustomerKey, &Totals)> {
        self.customers.iter().filter(|(_, sums)| **sums != Totals::default())
    }
}

/// Returns the start of the bucket that contains a time.
pub fn bucket_floor(at: Millis) -> Millis {
    at.saturating_sub(at.rem_euclid(BUCKET))
}

/// Returns the start of the first bucket at or after a time.
pub fn bucket_ceil(at: Millis) -> Millis {
    if at.rem_euclid(BUCKET) == 0 { at } else { bucket_floor(at).saturating_add(BUCKET) }
}
