//! Tests that totals match the calls, whatever the order of their events.

use crate::support::{Answer, KEY, Server};
use call_ribbon_shared::wire::CallLogs;
use futures_util::{StreamExt as _, stream};
use reqwest::Method;
use serde_json::{Value, json};

/// A random generator that gives the same numbers for the same seed (`SplitMix64`).
pub struct Seeded(pub u64);

impl Seeded {
    pub fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((x ^ (x >> 31)) >> 33).unwrap() % below
    }

    pub fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.next(of.len())]
    }
}

/// Generates events of forty calls over some days, in the order of their times: random ones, in
/// which calls start again, and change their customer, direction and duration.
pub fn history(random: &mut Seeded) -> Vec<Value> {
    let names = [
        "initiated",
        "ringing",
        "incoming",
        "connected",
        "callEnded",
        "missed",
        "failed",
        "note",
        "mutetoggle",
    ];
    let mut events: Vec<Value> = (0..240)
        .map(|n| {
            let mut data = json!({"callSid": format!("c{}", random.next(40))});
            if random.next(3) == 0 {
                data["callDirection"] = json!(random.one_of(&["inbound", "outbound"]));
            }
            if random.next(3) == 0 {
                let id = format!("C{}", random.next(6));
                data["customerData"] = json!({"customerId": id, "name": format!("Name {id}")});
            }
            let event = random.one_of(&names);
            if event == "callEnded" && random.next(2) == 0 {
                data["duration"] = json!(random.one_of(&[0, 29, 30, 60, 180, 300, 4000]));
            }
            let (day, hour) = (10 + random.next(3), random.next(24));
            let minute = random.one_of(&[0, 14, 15, 29, 30, 44, 45, 59]);
            let at = format!("2025-10-{day}T{hour:02}:{minute:02}:00Z");
            json!({"event": event, "eventId": format!("e{n}"), "timestamp": at, "data": data})
        })
        .collect();
    events.sort_by_key(|event| event["timestamp"].as_str().unwrap().to_owned());
    events
}

/// Logs events, this many at a time.
async fn log(server: &Server, events: Vec<Value>, at_once: usize) {
    let logged = stream::iter(events).map(|event| server.post_json("/api/ribbon/log-call", event));
    let answers: Vec<_> = logged.buffer_unordered(at_once).collect().await;
    assert!(answers.iter().all(|answer| answer.status == 200));
}

async fn figures(server: &Server, query: &str) -> Value {
    let mut answer: Value =
        server.get(&format!("/api/ribbon/analytics/detailed?{query}")).await.ok();
    // Ids from the server differ from server to server.
    answer["recentActivity"].take();
    answer
}

#[tokio::test]
async fn late_doubled_and_shuffled_events_give_the_orderly_totals() {
    for seed in 1..=3 {
        let mut random = Seeded(seed);
        let orderly = history(&mut random);
        let mut wild: Vec<Value> = Vec::new();
        for event in &orderly {
            wild.extend((0..=random.next(3)).map(|_| event.clone()));
        }
        for n in (1..wild.len()).rev() {
            wild.swap(n, random.next(n + 1));
        }
        let (one, other) = (Server::start().await, Server::start().await);
        log(&one, orderly, 1).await;
        log(&other, wild, 50).await;
        let totals = one.read_totals().await;
        assert!(totals.len() > 40, "{totals:?}");
        assert_eq!(totals, other.read_totals().await, "seed {seed}");
        for query in
            ["", "timezone=Asia/Kathmandu", "startDate=2025-10-11T07:14:00Z&endDate=2025-10-11"]
        {
            assert_eq!(figures(&one, query).await, figures(&other, query).await, "seed {seed}");
        }
        for server in [&one, &other] {
            let said = server.rebuild_analytics().await;
            assert!(said.ends_with("nothing differed.\n"), "seed {seed}: {said}");
        }
        // No sums are left where calls were counted before.
        assert_eq!(totals, other.all_totals().await, "seed {seed}");
    }
}

#[tokio::test]
async fn a_recount_repairs_what_is_wrong_while_the_server_runs() {
    let server = Server::start().await;
    log(&server, history(&mut Seeded(7)), 50).await;
    let right = server.read_totals().await;
    server
        .run_sql(
            "UPDATE totals SET calls = calls + 1, duration = 0 WHERE bucket =
                (SELECT MIN(bucket) FROM totals WHERE duration > 0);
             DELETE FROM customer_totals WHERE customer_id = 'C1';
             INSERT INTO customer_totals VALUES ('client-demo', 900000, 'ghost', 1, 1, 0, 0, 1, 5,
                1, 0, 0, 0, 0);
             UPDATE customer_weeks SET calls = calls + 3 WHERE customer_id = 'C2';
             DELETE FROM customer_weeks WHERE customer_id = 'C3';
             UPDATE event_totals SET events = events + 1 WHERE event = 'note';
             DELETE FROM event_totals WHERE event = 'missed';
             INSERT INTO event_totals VALUES ('client-demo', 900000, 'ghost', 2);
             INSERT INTO totals VALUES ('client-demo', 99999999900000, 1, 1, 0, 0, 1, 5, 1, 0, 0,
                0, 0)",
        )
        .await;
    assert_ne!(server.read_totals().await, right);
    let said = server.rebuild_analytics().await;
    assert!(said.ends_with("totals differed and were corrected.\n"), "{said}");
    assert_eq!(server.read_totals().await, right);
    let said = server.rebuild_analytics().await;
    assert!(said.ends_with("clients: 1; nothing differed.\n"), "{said}");
    assert_eq!(server.log_event("note", "c1", "2025-10-12T10:30:00Z", json!({})).await.status, 200);
}

#[tokio::test]
async fn totals_that_are_lost_are_counted_from_the_calls() {
    let server = Server::start().await;
    log(&server, history(&mut Seeded(8)), 50).await;
    // Long before, on and next to the edge of a bucket.
    for (sid, at) in [("old1", "2000-01-01T00:15:00Z"), ("old2", "2000-01-01T00:14:59.999Z")] {
        server.log_event("connected", sid, at, json!({"callDirection": "inbound"})).await;
    }
    let logs: CallLogs = server.get("/api/ribbon/call-logs").await.ok();
    for (n, row) in logs.logs.iter().enumerate() {
        let path = format!("/api/ribbon/calls/{}", row.session_id);
        let long = "long".repeat(20);
        let said = ["paid", "", &long][n % 3];
        let request = server.request(Method::PATCH, &path).header("X-API-Key", KEY);
        Answer::from_request(request.json(&json!({"disposition": said}))).await.ok::<Value>();
    }
    let right = server.read_totals().await;
    server
        .run_sql(
            "DELETE FROM totals; DELETE FROM customer_totals; DELETE FROM customer_weeks;
             DELETE FROM event_totals; DELETE FROM field_totals; DELETE FROM field_values",
        )
        .await;
    let said = server.rebuild_analytics().await;
    assert!(said.ends_with("totals differed and were corrected.\n"), "{said}");
    assert_eq!(server.read_totals().await, right);
    assert!(server.rebuild_analytics().await.ends_with("nothing differed.\n"));
}
