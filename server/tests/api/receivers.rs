//! Tests webhooks: receivers get every message at least once, those of a call in order, signed, also
//! after failures, and none waits for another.

mod changed_meanwhile;
mod examples;
mod failing;
mod settings;

use crate::support::raw::PATIENCE;
use crate::support::receiver::{CrmServer, Received};
use crate::support::{Answer, Server};
use call_ribbon_shared::wire::Logged;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// Creates a receiver, and returns its id.
async fn create(server: &Server, body: Value) -> String {
    let made = server.request_as_operator(Method::POST, "/receivers", body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.read::<Value>()["receiverId"].as_str().unwrap().to_owned()
}

async fn ask(server: &Server, method: Method, path: &str, body: Value) -> Answer {
    server.request_as_operator(method, &format!("/receivers/{path}"), body).await
}

async fn find_key(server: &Server, id: &str) -> String {
    let shown: Value = ask(server, Method::GET, &format!("{id}/key"), Value::Null).await.ok();
    shown["secret"].as_str().unwrap().to_owned()
}

/// Returns the states of a receiver's messages, by how many have each.
async fn count_states(server: &Server, id: &str) -> BTreeMap<String, usize> {
    let path = format!("{id}/deliveries?limit=200");
    let shown: Value = ask(server, Method::GET, &path, Value::Null).await.ok();
    let mut counts = BTreeMap::new();
    for delivery in shown["deliveries"].as_array().unwrap() {
        *counts.entry(delivery["state"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

/// Logs a whole call.
async fn log_call(server: &Server, sid: &str) {
    for event in ["initiated", "ringing", "connected", "callEnded"] {
        let more = json!({"customerData": {"customerId": "C1", "name": "Asha", "phoneNumber": "+919876543210"}});
        server.log_event(event, sid, &server.time_now(), more).await.ok::<Logged>();
    }
}

/// Sends what is due until an address has got so many messages, and returns them.
async fn expect(server: &Server, crm: &CrmServer, at: &str, count: usize) -> Vec<Received> {
    let mut all = Vec::new();
    let begun = Instant::now();
    // The server's own tasks may be sending, too.
    loop {
        server.app.send_to_receivers().await;
        all.extend(crm.take(at));
        if all.len() >= count || begun.elapsed() > PATIENCE {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(all.len(), count, "{:?}", all.iter().map(Received::kind).collect::<Vec<_>>());
    all
}

/// Returns the types of the messages about each call, in the order in which they came.
fn by_call(received: &[Received]) -> BTreeMap<String, Vec<String>> {
    let mut calls: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in received {
        let session = one.json()["data"]["sessionId"].as_str().unwrap_or_default().to_owned();
        calls.entry(session).or_default().push(one.kind());
    }
    calls
}

#[tokio::test]
async fn events_notes_and_decisions_arrive_once_and_in_order() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T12:00:00Z");
    let another = server.start_another(crate::support::SLOW).await;
    let crm = CrmServer::default();
    let url = crm.start().await;
    log_call(&server, "before").await;
    let all = create(&server, json!({"url": format!("{url}/all"), "name": "CRM"})).await;
    let some = json!({"url": format!("{url}/some"), "types": ["notes.saved", "call.callEnded", "decision.refused"]});
    create(&server, some).await;
    for sid in ["one", "two", "three"] {
        log_call(&server, sid).await;
    }
    let session = "SELECT session_id FROM calls WHERE call_sid = 'three'";
    let session = &server.database.read_texts(session).await[0];
    let notes = json!({"notes": "Pays on Friday", "disposition": "interested"});
    let path = format!("/api/ribbon/calls/{session}");
    let body = server.request(Method::PATCH, &path).header("X-Api-Key", crate::support::KEY);
    Answer::from_request(body.json(&notes)).await.ok::<Value>();
    // A number on the list is refused, and another is dialed.
    let entry = json!({"phoneNumber": "+919000000001"});
    server.request_as_operator(Method::POST, "/suppressions", entry).await;
    let call =
        |to: &str| json!({"to": to, "agentId": "agent1", "customerData": {"customerId": "C9"}});
    assert_eq!(server.post_json("/api/ribbon/calls", call("+919000000001")).await.status, 403);
    let dialed = server.post_json("/api/ribbon/calls", call("+919000000002")).await;
    let dialed = dialed.read::<Value>()["sessionId"].as_str().unwrap().to_owned();
    for _ in 0..3 {
        let both = [&server.app, &another.app].map(|app| app.send_to_receivers());
        futures_util::future::join_all(both).await;
    }
    // Three calls of four events, the notes, two decisions, and the dialed call's first event.
    let received = expect(&server, &crm, "all", 12 + 1 + 2 + 1).await;
    let calls = by_call(&received);
    let whole = ["call.initiated", "call.ringing", "call.connected", "call.callEnded"];
    assert_eq!(calls[session.as_str()], [&whole[..], &["notes.saved"]].concat());
    assert_eq!(calls[&dialed], ["decision.allowed", "call.initiated"]);
    assert_eq!(calls[""], ["decision.refused"]);
    assert_eq!(calls.values().filter(|kinds| **kinds == whole).count(), 2);
    let key = find_key(&server, &all).await;
    assert!(received.iter().all(|one| one.count_signatures(&key) == 1));
    let saved = received.iter().find(|one| one.kind() == "notes.saved").unwrap().json();
    assert_eq!(saved["data"]["notes"], "Pays on Friday");
    assert_eq!(saved["data"]["disposition"], "interested");
    let ids: std::collections::BTreeSet<_> = received.iter().map(Received::id).collect();
    assert_eq!(ids.len(), received.len());
    let received = expect(&server, &crm, "some", 3 + 1 + 1).await;
    assert!(received.iter().all(|one| one.count_signatures(&key) == 0), "keys differ");
    assert_eq!(count_states(&server, &all).await, BTreeMap::from([("arrived".to_owned(), 16)]));
    // Its body is shown as it was sent.
    let path = format!("{all}/deliveries/{}", received[0].id());
    let shown: Value = ask(&server, Method::GET, &path, Value::Null).await.ok();
    assert_eq!(shown["body"], received[0].json());
}
