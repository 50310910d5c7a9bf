//! Tests that records committed in one transaction have the same result as one by one.

use crate::analytics::totals::{Seeded, history};
use crate::support::{SLOW, Server};
use serde_json::{Value, json};

/// Reads all that is stored of events, except for the server's own ids and times.
const TABLES: [&str; 4] = [
    "SELECT e.seq || '|' || c.call_sid || '|' || e.event || '|' || e.at || '|' || e.dedup
        || '|' || e.fingerprint || '|' || e.status || '|' || COALESCE(e.audience, '') || '|'
        || CASE WHEN e.customer_at IS NULL THEN e.data
            ELSE SUBSTR(e.data, 1, CAST(e.customer_at AS INTEGER)) || c.customer
                || SUBSTR(e.data, CAST(e.customer_at + 1 AS INTEGER)) END
     FROM events e JOIN calls c ON c.client_id = e.client_id AND c.call_seq = e.call_seq
     ORDER BY e.seq",
    "SELECT call_sid || '|' || direction || '|' || COALESCE(phone, '') || '|' || status || '|'
        || started_at || '|' || COALESCE(ended_at, 0) || '|' || COALESCE(duration, -1) || '|'
        || COALESCE(customer_id, '') || '|' || COALESCE(customer, '') || '|'
        || COALESCE(agent_id, '') || '|' || last_seq || '|' || last_event || '|'
        || last_event_at || '|' || state
     FROM calls ORDER BY call_sid",
    "SELECT customer_id || '|' || COALESCE(name, '') || '|' || COALESCE(phone, '')
     FROM customers ORDER BY customer_id",
    "SELECT month || '|' || calls FROM usage WHERE calls <> 0
     UNION ALL SELECT 'head|' || seq FROM feed_heads ORDER BY 1",
];

/// A random history with repeated events, some with another body, and changing agents.
fn events(random: &mut Seeded) -> Vec<Value> {
    let mut events = history(random);
    for n in 0..60 {
        let mut again = events[random.next(events.len())].clone();
        if n % 3 == 0 {
            again["event"] = json!("conflict");
        }
        events.insert(random.next(events.len()), again);
    }
    for event in &mut events {
        if random.next(4) == 0 {
            event["data"]["agentId"] = json!(random.one_of(&["agent1", "agent2"]));
        }
    }
    events
}

/// The result of each event: 0 if accepted, else the error code.
fn outcomes(results: &Value) -> Vec<String> {
    let outcome = |result: &Value| result["code"].as_str().unwrap_or("0").to_owned();
    results.as_array().unwrap().iter().map(outcome).collect()
}

#[tokio::test]
async fn a_group_of_records_ends_as_the_same_one_by_one() {
    for seed in 11..=13 {
        let events = events(&mut Seeded(seed));
        let (at_once, one_by_one) =
            (Server::start().await, Server::start_with_simulator(SLOW).await);
        let body = json!({"events": events});
        let answer: Value = at_once.post_json("/api/ribbon/log-calls", body).await.ok();
        let mut answers = Vec::new();
        for event in &events {
            let body = json!({"events": [event]});
            let answer: Value = one_by_one.post_json("/api/ribbon/log-calls", body).await.ok();
            answers.extend(outcomes(&answer["results"]));
        }
        assert_eq!(outcomes(&answer["results"]), answers, "seed {seed}");
        assert!(answers.iter().any(|outcome| outcome == "conflict"));
        for sql in TABLES {
            let rows = at_once.database.read_texts(sql).await;
            assert!(!rows.is_empty());
            assert_eq!(rows, one_by_one.database.read_texts(sql).await, "seed {seed}");
        }
        assert_eq!(at_once.read_totals().await, one_by_one.read_totals().await, "seed {seed}");
    }
}

/// More rows than one statement takes on SQLite, and calls of several clients in one commit.
#[tokio::test]
async fn a_full_group_of_several_clients_is_written_whole() {
    let server = Server::start().await;
    server.add_other_client().await;
    let events = |calls: i64| -> Vec<Value> {
        let event = |n: i64| json!({"event": "initiated", "data": {"callSid": format!("c{n}")}});
        (0..calls).map(event).collect()
    };
    let key = crate::support::OTHER_KEY;
    let (mine, others) = futures_util::future::join(
        server.post_json("/api/ribbon/log-calls", json!({"events": events(499)})),
        server.post_json("/api/ribbon/log-calls", json!({"events": events(301), "apiKey": key})),
    )
    .await;
    assert_eq!((mine.status, others.status), (200, 200));
    let heads = "SELECT client_id || ' ' || seq FROM feed_heads ORDER BY client_id";
    assert_eq!(server.database.read_texts(heads).await, ["client-demo 499", "client-other 301"]);
    let usage = "SELECT client_id || ' ' || calls FROM usage ORDER BY client_id";
    assert_eq!(server.database.read_texts(usage).await, ["client-demo 499", "client-other 301"]);
}
