//! The servers that can be loaded: what they are sent, and what their answers mean.

use crate::client::Answer;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// Nanoseconds since 1970 of the first point that InfluxDB is sent. Points of one series and time
/// would replace each other, so each has a time of its own.
const FIRST_POINT: u64 = 1_760_000_000_000_000_000;

/// A server that stores events.
#[derive(Debug, Clone)]
pub enum Target {
    /// The server under test.
    CallRibbon,
    /// InfluxDB, with the name of the database.
    Influx(String),
}

/// What the events are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Events {
    /// Four make a call, as a page sends them.
    FourPerCall,
    /// Each begins a call with customer and context.
    NewCalls,
}

/// What an answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// So many events were stored.
    Stored(u64),
    /// The server is overloaded. While it closes the connection, it sends nothing else.
    Overloaded,
}

impl Target {
    /// Returns path and body of the request with this many events from this number on.
    pub fn make_request(&self, events: Events, first: u64, batch: u64) -> (String, String) {
        let numbers = first..first + batch;
        match self {
            Self::CallRibbon if batch == 1 => {
                ("/api/ribbon/log-call".to_owned(), make_event(events, first))
            }
            Self::CallRibbon => {
                let events: Vec<String> =
                    numbers.map(|number| make_event(events, number)).collect();
                let body = format!("{{\"events\":[{}]}}", events.join(","));
                ("/api/ribbon/log-calls".to_owned(), body)
            }
            Self::Influx(database) => {
                let points: Vec<String> = numbers.map(make_point).collect();
                (format!("/write?db={database}"), points.join("\n"))
            }
        }
    }

    /// Reads an answer to a request with this many events.
    pub fn read_answer(&self, answer: &Answer, batch: u64) -> Result<Answered> {
        match (self, answer.status) {
            (Self::CallRibbon, 200) if batch == 1 => Ok(Answered::Stored(1)),
            (Self::CallRibbon, 200) => Ok(Answered::Stored(count_stored(&answer.body)?)),
            (Self::CallRibbon, 503) => Ok(Answered::Overloaded),
            (Self::Influx(_), 204) => Ok(Answered::Stored(batch)),
            (_, status) => bail!("refused with {status}: {:?}", answer.body),
        }
    }
}

/// Returns the number of stored events in a batch, read from its answer.
fn count_stored(body: &[u8]) -> Result<u64> {
    let answer: Value = serde_json::from_slice(body)?;
    let results = answer["results"].as_array().context("an answer without results")?;
    let stored = results.iter().filter(|result| result["success"] == true).count();
    Ok(stored.try_into()?)
}

/// Makes the event of a number.
fn make_event(events: Events, number: u64) -> String {
    let per_call = if events == Events::NewCalls { 1 } else { 4 };
    let (call, step) = (number / per_call, number % per_call);
    let names = ["initiated", "ringing", "connected", "callEnded"];
    let name = names[usize::try_from(step).unwrap_or_default()];
    let mut data = json!({
        "callSid": call_sid(call),
        "phoneNumber": format!("+9198{:08}", call % 100_000_000),
        "callDirection": "outbound",
    });
    if step == 0 {
        data["agentId"] = json!(format!("agent-{}", call % 50));
        data["customerData"] = json!({
            "customerId": format!("C{}", customer_of(call)),
            "name": "Asha Rao",
            "callType": "collections",
            "context": {"amountDue": 12450.5, "daysOverdue": call % 90},
        });
    }
    if step == 3 {
        data["duration"] = json!(call % 400);
    }
    json!({"event": name, "eventId": format!("load-{number}"), "data": data}).to_string()
}

/// Makes InfluxDB's point with what the event of a new call says. Only what has few values is a tag,
/// so that it has few series.
fn make_point(number: u64) -> String {
    format!(
        "calls,agent=agent-{},direction=outbound,type=collections \
         sid=\"{}\",event=\"initiated\",id=\"load-{number}\",phone=\"+9198{:08}\",customer=\"C{}\",\
         name=\"Asha Rao\",amountDue=12450.5,daysOverdue={} {}",
        number % 50,
        call_sid(number),
        number % 100_000_000,
        customer_of(number),
        number % 90,
        FIRST_POINT + number,
    )
}

/// Returns a call's id. Ids are spread, as providers' are.
fn call_sid(call: u64) -> String {
    let spread = call.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!("{spread:016x}-{call:08x}")
}

/// Returns the number of a call's customer, one of 50,000.
fn customer_of(call: u64) -> u64 {
    call.wrapping_mul(7919) % 50_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    #[test]
    fn both_servers_are_sent_the_same_calls() {
        let influx = Target::Influx("bench".to_owned());
        for number in [0, 51, 4_999] {
            let (_, event) = Target::CallRibbon.make_request(Events::NewCalls, number, 1);
            let event: Value = serde_json::from_str(&event).unwrap();
            let (path, point) = influx.make_request(Events::NewCalls, number, 1);
            assert_eq!(path, "/write?db=bench");
            let data = &event["data"];
            for part in [&data["callSid"], &data["agentId"], &data["customerData"]["customerId"]] {
                assert!(point.contains(part.as_str().unwrap()), "{part} is not in {point}");
            }
        }
        let (_, points) = influx.make_request(Events::NewCalls, 0, 100);
        let times: std::collections::BTreeSet<_> =
            points.lines().map(|point| point.rsplit(' ').next().unwrap()).collect();
        assert_eq!(times.len(), 100);
    }

    #[test]
    fn only_what_was_stored_counts() {
        let answer = |status, body: &str| Answer { status, body: Bytes::from(body.to_owned()) };
        let results = r#"{"results":[{"success":true},{"success":false},{"success":true}]}"#;
        let ours = Target::CallRibbon;
        let stored = Answered::Stored;
        assert_eq!(ours.read_answer(&answer(200, "{}"), 1).unwrap(), stored(1));
        assert_eq!(ours.read_answer(&answer(200, results), 3).unwrap(), stored(2));
        assert_eq!(ours.read_answer(&answer(503, ""), 3).unwrap(), Answered::Overloaded);
        ours.read_answer(&answer(400, ""), 1).unwrap_err();
        let influx = Target::Influx(String::new());
        assert_eq!(influx.read_answer(&answer(204, ""), 100).unwrap(), stored(100));
        influx.read_answer(&answer(400, ""), 100).unwrap_err();
    }
}
