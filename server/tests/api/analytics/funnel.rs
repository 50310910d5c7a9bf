//! Tests the way from leads to outcomes, and attempts by hour, against a simple recount.

use crate::analytics::totals::Seeded;
use crate::support::{Answer, DIALER_KEY, KEY, SLOW, Server};
use call_ribbon_shared::wire::{CallHistory, Funnel, LeadFunnel, LeadList, ReachCounts};
use chrono::{DateTime, Timelike as _};
use chrono_tz::{Asia, Tz};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const PATH: &str = "/api/ribbon/analytics/funnel";

async fn send_lead(server: &Server, n: i64) {
    let lead = json!({"dialer_user_id": "vicidial_user_123", "lead_id": 100 + n,
        "first_name": "Ravi", "phone_code": "91", "phone_number": format!("98765000{n:02}")});
    let request = server.request(Method::POST, "/api/leads/from-dialer/");
    let request = request.header("X-Dialer-Api-Key", DIALER_KEY).json(&lead);
    assert_eq!(Answer::from_request(request).await.status, 201);
}

/// Logs a call of a customer, or of a number, that lasted so many seconds.
async fn log(server: &Server, n: usize, at: i64, inbound: bool, of: Value, seconds: i64) {
    let time = |at: i64| DateTime::from_timestamp(at, 0).unwrap().to_rfc3339();
    let mut data = json!({"callSid": format!("call-{n}"), "duration": seconds,
        "callDirection": if inbound { "inbound" } else { "outbound" }});
    for (name, value) in of.as_object().unwrap() {
        data[name] = value.clone();
    }
    let events = json!({"events": [
        {"event": if inbound { "incoming" } else { "initiated" }, "timestamp": time(at), "data": data},
        {"event": "callEnded", "timestamp": time(at + 600), "data": data},
    ]});
    let answer = server.post_json("/api/ribbon/log-calls", events).await;
    assert!(!answer.text.contains("\"success\":false"), "{}", answer.text);
}

async fn list_calls(server: &Server) -> Vec<Value> {
    let path = "/api/ribbon/calls?list=all&limit=500&sort=oldest";
    let found: CallHistory = server.get(path).await.ok();
    found.calls.iter().map(|call| serde_json::to_value(call).unwrap()).collect()
}

fn seconds_of(call: &Value) -> i64 {
    let start = call["startTime"].as_str().unwrap();
    DateTime::parse_from_rfc3339(start).unwrap().timestamp()
}

fn is_connected(call: &Value) -> bool {
    call["duration"].as_i64().unwrap_or(0) > 0
}

#[tokio::test]
async fn leads_are_followed_and_attempts_counted() {
    let server = Server::start_with_simulator(SLOW).await;
    server.clock.stop_at("2025-10-12T10:00:00Z");
    for n in 0..30 {
        send_lead(&server, n).await;
    }
    let leads: LeadList = server.get("/api/ribbon/leads?limit=500").await.ok();
    let ids: Vec<String> = leads
        .leads
        .iter()
        .map(|lead| serde_json::to_value(lead).unwrap()["customerId"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 30);
    // The same customer's second lead counts once.
    server.clock.stop_at("2025-10-13T10:00:00Z");
    send_lead(&server, 0).await;
    server.clock.stop_at("2025-10-20T10:00:00Z");
    let arrival = 1_760_263_200;
    let mut random = Seeded(9);
    for n in 0..220 {
        // Some calls came before the lead.
        let at = arrival - 86_400 + i64::try_from(random.next(6 * 86_400)).unwrap();
        let seconds = random.one_of(&[0, 0, 40, 95]);
        let customer = &ids[random.next(24)];
        let of = match random.next(6) {
            0 => json!({"phoneNumber": random.one_of(&["+14155550100", "+14155550101"])}),
            _ => json!({"customerData": {"customerId": customer}}),
        };
        log(&server, n, at, random.next(4) == 0, of, seconds).await;
    }
    for call in list_calls(&server).await {
        let said = random.one_of(&["promise_to_pay", "paid", "refused", "wrong_number", "", ""]);
        if !said.is_empty() && is_connected(&call) {
            let path = format!("/api/ribbon/calls/{}", call["sessionId"].as_str().unwrap());
            let request = server.request(Method::PATCH, &path).header("X-API-Key", KEY);
            let body = json!({ "disposition": said });
            Answer::from_request(request.json(&body)).await.ok::<Value>();
        }
    }
    let calls = list_calls(&server).await;
    for (query, from, zone) in [
        ("", i64::MIN, Tz::UTC),
        ("?startDate=2025-10-12&timezone=Asia/Kolkata", 1_760_207_400, Asia::Kolkata),
    ] {
        let found: Funnel = server.get(&format!("{PATH}{query}")).await.ok();
        let calls: Vec<&Value> = calls.iter().filter(|call| seconds_of(call) >= from).collect();
        assert_eq!(found.leads, recount_leads(&ids, &calls, arrival), "{query}");
        assert_attempts(&found, &calls, zone);
    }
    let none: Funnel = server.get(&format!("{PATH}?startDate=2030-01-01")).await.ok();
    assert_eq!(none.leads, LeadFunnel::default());
    assert!(none.cells.is_empty());
    assert!(none.cohorts.is_empty());
    // All leads came in one week, and one customer's second lead is no lead of another one.
    let by_week: Funnel = server.get(&format!("{PATH}?by=week&timezone=UTC")).await.ok();
    let cohort = &by_week.cohorts[0];
    assert_eq!((by_week.cohorts.len(), cohort.value.as_deref()), (1, Some("2025-10-06")));
    assert_eq!(cohort.leads, by_week.leads);
    server.run_sql("UPDATE leads SET campaign = 'gold', agent_id = 'agent2' WHERE id <= 10").await;
    for (by, few, many) in
        [("campaign", Some("gold"), None), ("agentId", Some("agent2"), Some("agent1"))]
    {
        let found: Funnel = server.get(&format!("{PATH}?by={by}")).await.ok();
        let told: Vec<_> = found
            .cohorts
            .iter()
            .map(|cohort| (cohort.value.as_deref(), cohort.leads.leads))
            .collect();
        assert_eq!(told, [(many, 20), (few, 10)], "{by}");
        let sum = |of: fn(&LeadFunnel) -> i64| -> (i64, i64) {
            (found.cohorts.iter().map(|cohort| of(&cohort.leads)).sum(), of(&found.leads))
        };
        for (parts, whole) in [sum(|of| of.called), sum(|of| of.connected), sum(|of| of.payments)] {
            assert_eq!(parts, whole, "{by}");
        }
    }
    let wrong = server.get(&format!("{PATH}?by=city")).await;
    assert_eq!(wrong.wrong_field(), "by");
    let wrong = server.get(&format!("{PATH}?startDate=soon")).await;
    assert_eq!(wrong.wrong_field(), "startDate");
}

/// Adds up what became of the customers with a lead, one by one.
fn recount_leads(ids: &[String], calls: &[&Value], arrival: i64) -> LeadFunnel {
    let mut sums = LeadFunnel::default();
    let mut waits = Vec::new();
    for id in ids {
        let own = || {
            calls.iter().filter(|call| {
                call["customerData"]["customerId"] == **id && seconds_of(call) >= arrival
            })
        };
        let said =
            |codes: &[&str]| {
                i64::from(own().any(|call| {
                    call["disposition"].as_str().is_some_and(|code| codes.contains(&code))
                }))
            };
        let first = own().find(|call| call["callDirection"] == "outbound");
        let connected = i64::from(own().any(|call| is_connected(call)));
        sums.leads += 1;
        sums.called += connected.max(i64::from(first.is_some()));
        sums.connected += connected;
        sums.contacts += said(&["promise_to_pay", "paid", "refused"]);
        sums.promises += said(&["promise_to_pay"]);
        sums.payments += said(&["paid"]);
        waits.extend(first.map(|call| seconds_of(call) - arrival));
    }
    waits.sort_unstable();
    sums.median_seconds_to_call = Some(waits[(waits.len() - 1) / 2]);
    sums
}

fn assert_attempts(found: &Funnel, calls: &[&Value], zone: Tz) {
    let mut made: BTreeMap<String, i64> = BTreeMap::new();
    let mut counted: BTreeMap<(i64, i64), ReachCounts> = BTreeMap::new();
    for call in calls.iter().filter(|call| call["callDirection"] == "outbound") {
        let whom = [&call["customerData"]["customerId"], &call["phoneNumber"]];
        let whom = whom.into_iter().find(|whom| !whom.is_null()).unwrap().to_string();
        let attempt = made.entry(whom).or_default();
        *attempt += 1;
        let hour = DateTime::from_timestamp(seconds_of(call), 0).unwrap().with_timezone(&zone);
        let contact = ["promise_to_pay", "paid", "refused"]
            .contains(&call["disposition"].as_str().unwrap_or_default());
        counted.entry(((*attempt).min(6), i64::from(hour.hour()))).or_default().add(ReachCounts {
            calls: 1,
            connected: i64::from(is_connected(call)),
            contacts: i64::from(contact),
        });
    }
    let told: BTreeMap<(i64, i64), ReachCounts> =
        found.cells.iter().map(|cell| ((cell.attempt, cell.hour), cell.reached)).collect();
    assert_eq!(told, counted);
    assert_eq!((found.attempts.len(), found.hours.len(), found.unattributed), (6, 24, 0));
    for of in &found.attempts {
        let mut sum = ReachCounts::default();
        counted.iter().filter(|((n, _), _)| *n == of.attempt).for_each(|(_, one)| sum.add(*one));
        assert_eq!(of.reached, sum, "attempt {}", of.attempt);
    }
    for of in &found.hours {
        let mut sum = ReachCounts::default();
        counted.iter().filter(|((_, hour), _)| *hour == of.hour).for_each(|(_, one)| sum.add(*one));
        assert_eq!(of.reached, sum, "hour {}", of.hour);
    }
    assert!(found.attempts.iter().all(|of| of.reached.calls > 0));
}
