//! Calls with many kinds of fields, and the figures expected for them.

use super::{Answer, Server};
use crate::analytics::totals::Seeded;
use call_ribbon_shared::wire::{Breakdown, Figures};
use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// 2025-03-01T00:00:00Z
const BEGIN: i64 = 1_740_787_200_000;

/// A call as it should be counted in the end.
#[derive(Debug, Clone, Default)]
pub struct KnownCall {
    pub at: i64,
    pub inbound: bool,
    pub agent: Option<String>,
    connected: bool,
    over: bool,
    seconds: i64,
    /// Context and metadata, by field name.
    values: BTreeMap<&'static str, Value>,
}

pub fn format_time(at: i64) -> String {
    DateTime::<Utc>::from_timestamp_millis(at).unwrap().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Generates calls over twenty days of March 2025, in which New York's clocks change, and their
/// events in the order of their times.
pub fn generate_calls(random: &mut Seeded, how_many: usize) -> (Vec<KnownCall>, Vec<Value>) {
    let (mut known, mut events) = (Vec::new(), Vec::new());
    for n in 0..how_many {
        known.push(generate_call(random, n, &mut events));
    }
    events.sort_by_key(|event: &Value| event["timestamp"].as_str().unwrap().to_owned());
    (known, events)
}

fn generate_call(random: &mut Seeded, n: usize, events: &mut Vec<Value>) -> KnownCall {
    let mut call = KnownCall {
        inbound: random.next(3) == 0,
        over: random.next(12) != 0,
        at: BEGIN + i64::try_from(random.next(20 * 96)).unwrap() * 900_000,
        ..KnownCall::default()
    };
    call.at += random.one_of(&[0, 1, 899_999, 450_000]);
    let direction = if call.inbound { "inbound" } else { "outbound" };
    let mut tell = |event: &str, at: i64, more: Value| {
        let mut data = json!({"callSid": format!("call-{n}"), "callDirection": direction});
        for (name, value) in more.as_object().unwrap() {
            data[name] = value.clone();
        }
        let id = format!("{n}-{event}-{at}");
        events.push(
            json!({"event": event, "eventId": id, "timestamp": format_time(at), "data": data}),
        );
    };
    let mut at = call.at;
    // An earlier event of it, which moves the call's start if it arrives late.
    if random.next(4) == 0 {
        tell("ringing", at, json!({}));
        at += 40 * 60 * 1000;
    }
    let days = i64::try_from(random.next(120)).unwrap();
    let amount = f64::from(u32::try_from(random.next(90_000)).unwrap()) / 4.0;
    let mut values = BTreeMap::from([
        ("context.daysOverdue", json!(days)),
        ("context.amount", json!(amount)),
        ("context.loan.type", json!(random.one_of(&["home", "car", "gold\tcoin\n\\x"]))),
        ("metadata.vip", json!(random.next(2) == 0)),
        ("metadata.tags", json!(["a", random.next(3)])),
    ]);
    if random.next(5) == 0 {
        values.extend([("context.loan.type", json!(null)), ("context.daysOverdue", json!(""))]);
    }
    tell("initiated", at, json!({"customerData": customer_data(&values)}));
    // Another context later; or customerData without a context, which leaves the previous one.
    if random.next(3) == 0 {
        values.insert("context.daysOverdue", json!(days - 60));
        tell("note", at + 1_000, json!({"customerData": customer_data(&values)}));
    } else if random.next(2) == 0 {
        tell("note", at + 1_000, json!({"customerData": {"name": "Asha"}}));
    }
    if random.next(5) != 0 {
        let agent = format!("agent{}", random.one_of(&[1, 2, 3, 9]));
        let name = json!({"agentId": agent, "agentName": format!("Name of {agent}")});
        tell("note", at + 2_000, json!({"customerData": name}));
        call.agent = Some(agent);
    }
    if call.over {
        call.seconds = random.one_of(&[0, 0, 7, 31, 64, 130, 299, 1_000, 7_201]);
        call.connected = call.seconds > 0;
        tell("callEnded", at + 3_000, json!({"duration": call.seconds}));
    }
    values.retain(|_, value| !value.is_null() && value != "");
    call.values = values;
    call
}

/// Builds `customerData` with these values; dots in a name mean nesting.
fn customer_data(values: &BTreeMap<&str, Value>) -> Value {
    let mut data = json!({});
    for (path, value) in values {
        let mut at = &mut data;
        for part in path.split('.') {
            at = &mut at[part];
        }
        *at = value.clone();
    }
    data
}

/// Returns a call's value of a field, as a breakdown shows it.
pub fn field_value(call: &KnownCall, field: &str) -> Option<Value> {
    match field {
        "agentId" => call.agent.clone().map(Value::from),
        "callDirection" => Some(json!(if call.inbound { "inbound" } else { "outbound" })),
        "status" => Some(json!(match (call.over, call.connected, call.inbound) {
            (false, ..) => "active",
            (_, true, _) => "completed",
            (_, _, true) => "missed",
            _ => "no_answer",
        })),
        _ => match call.values.get(field)? {
            Value::Array(tags) => Some(json!(format!("a, {}", tags[1]))),
            value => Some(value.clone()),
        },
    }
}

/// Logs events in batches of this many.
pub async fn log_events(server: &Server, events: Vec<Value>, at_once: usize) {
    let batches: Vec<Vec<Value>> = events.chunks(40).map(<[Value]>::to_vec).collect();
    let sent = stream::iter(batches)
        .map(|events| server.post_json("/api/ribbon/log-calls", json!({"events": events})));
    let answers: Vec<Answer> = sent.buffer_unordered(at_once).collect().await;
    for answer in answers {
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(!answer.text.contains("\"success\":false"), "{}", answer.text);
    }
}

pub async fn get_breakdown(server: &Server, query: &str) -> Breakdown {
    server.get(&format!("/api/ribbon/analytics/breakdown?{query}")).await.ok()
}

/// Computes figures directly.
#[expect(clippy::cast_precision_loss, reason = "some hundred calls")]
fn expected_figures(calls: &[&KnownCall]) -> Figures {
    let count = |of: &dyn Fn(&KnownCall) -> bool| {
        i64::try_from(calls.iter().filter(|call| of(call)).count()).unwrap()
    };
    let (all, connected) = (count(&|_| true), count(&|call| call.connected));
    let total: i64 = calls.iter().map(|call| call.seconds).sum();
    let mut talks: Vec<i64> =
        calls.iter().filter(|call| call.connected).map(|call| call.seconds).collect();
    talks.sort_unstable();
    let percentile = |percent: usize| match talks.len() {
        0 => 0,
        n => talks[(n * percent).div_ceil(100) - 1],
    };
    let rate = connected as f64 / (all as f64).max(1.0);
    Figures {
        calls: all,
        inbound: count(&|call| call.inbound),
        connected,
        connect_rate: (rate * 10_000.0).round() / 10_000.0,
        missed: count(&|call| call.inbound && call.over && !call.connected),
        total_duration: total,
        avg_duration: (2 * total + all) / (2 * all).max(1),
        avg_handling_time: (2 * total + connected) / (2 * connected).max(1),
        median_duration: percentile(50),
        p90_duration: percentile(90),
    }
}

/// Compares figures: percentiles to 3 %, all else exactly.
#[track_caller]
pub fn assert_figures(found: Figures, calls: &[&KnownCall], what: &str) {
    let right = expected_figures(calls);
    for (found, right) in
        [(found.median_duration, right.median_duration), (found.p90_duration, right.p90_duration)]
    {
        assert!((found - right).abs() * 100 <= right * 3, "{what}: {found} for {right}");
    }
    let (median_duration, p90_duration) = (found.median_duration, found.p90_duration);
    assert_eq!(found, Figures { median_duration, p90_duration, ..right }, "{what}");
}
