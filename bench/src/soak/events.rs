//! Makes random events of calls, each with the fact that the server should read from it.

use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Agent, CallEnd, Direction, Fact, FactKind, Outcome};
use chrono::DateTime;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Calls that receive events at the same time, from any sender.
const OPEN_CALLS: u64 = 200;
/// The middle of the days in which calls happen: the end of a month, so that calls move to the
/// other month as their start becomes known.
const AROUND: Millis = 1_761_955_200_000;
/// The greatest distance of a call from it.
const DAYS: Millis = 2 * 86_400_000;

/// An event to send.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its `eventId`.
    pub id: String,
    pub call_sid: String,
    /// The fact that the server should read from it.
    pub fact: Fact,
    /// The request's body.
    pub body: String,
}

/// Makes events; several generators with one counter make events of the same calls.
pub struct Events {
    random: StdRng,
    calls: Arc<AtomicU64>,
    name: String,
    made: u64,
}

impl Events {
    /// Creates a generator. The same seed gives the same events, for the calls that this generator
    /// starts.
    pub fn new(seed: u64, name: String, calls: Arc<AtomicU64>) -> Self {
        Self { random: StdRng::seed_from_u64(seed), calls, name, made: 0 }
    }

    /// Makes the next event.
    pub fn next_event(&mut self) -> Event {
        self.made += 1;
        let id = format!("{}-{}", self.name, self.made);
        let call = if self.random.random_ratio(1, 4) {
            self.calls.fetch_add(1, Ordering::Relaxed)
        } else {
            let newest = self.calls.load(Ordering::Relaxed);
            self.random.random_range(newest.saturating_sub(OPEN_CALLS)..=newest)
        };
        let call_sid = format!("soak-{call}");
        let at = AROUND + self.random.random_range(-DAYS..DAYS);
        let (name, what, mut data) = self.random_what();
        data["callSid"] = json!(call_sid);
        let mut fact = Fact::new(what, at);
        if self.random.random_ratio(1, 2) {
            let number = format!("+9198765{:05}", call % 100_000);
            data["phoneNumber"] = json!(number);
            fact.phone = Some(number);
        }
        if self.random.random_ratio(1, 3) {
            let inbound = self.random.random_ratio(1, 2);
            let direction = if inbound { Direction::Inbound } else { Direction::Outbound };
            data["callDirection"] = json!(direction.as_str());
            fact.direction = Some(direction);
        }
        if self.random.random_ratio(1, 3) {
            let id = format!("agent-{}", self.random.random_range(0..9));
            data["agentId"] = json!(id);
            fact.agent = Some(Agent { id: Some(id), name: None });
        }
        if self.random.random_ratio(1, 3) {
            let id = format!("C-{}", self.random.random_range(0..50));
            let customer = json!({"customerId": id, "name": "Asha Rao", "context": {"due": 12.5}});
            fact.customer = Some(customer.to_string());
            data["customerData"] = customer;
        }
        let timestamp = DateTime::from_timestamp_millis(at).map(|at| at.to_rfc3339());
        let body = json!({"event": name, "eventId": id, "timestamp": timestamp, "data": data});
        Event { id, call_sid, fact, body: body.to_string() }
    }

    /// Chooses what happens, with its name in the API.
    fn random_what(&mut self) -> (&'static str, FactKind, Value) {
        let on = self.random.random_ratio(1, 2);
        match self.random.random_range(0..8) {
            0 => ("initiated", FactKind::Initiated, json!({})),
            1 => ("ringing", FactKind::Ringing, json!({})),
            2 => ("incoming", FactKind::Incoming, json!({})),
            3 | 4 => ("connected", FactKind::Connected, json!({})),
            5 => ("mutetoggle", FactKind::Muted(on), json!({"muted": on})),
            6 => {
                let end = CallEnd { outcome: Some(Outcome::Missed), ..CallEnd::default() };
                ("missed", FactKind::Ended(end), json!({}))
            }
            _ => {
                let seconds = self.random.random_range(0..600_u32);
                let end = CallEnd {
                    outcome: Some(Outcome::Completed),
                    duration: Some(seconds),
                    reason: Some("the caller hung up".to_owned()),
                    ..CallEnd::default()
                };
                let data = json!({"status": "completed", "duration": seconds,
                    "reason": "the caller hung up"});
                ("callEnded", FactKind::Ended(end), data)
            }
        }
    }

    /// Returns the random numbers of this seed.
    pub fn random_numbers(&mut self) -> &mut StdRng {
        &mut self.random
    }
}
