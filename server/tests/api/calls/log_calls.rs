//! Tests `log-calls`: many events at once, each processed on its own.

use crate::support::{Answer, KEY, OTHER_KEY, Server};
use call_ribbon_shared::call::Status;
use call_ribbon_shared::wire::{CallLogs, Logged};
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/ribbon/log-calls";
const T0: &str = "2025-10-12T10:30:00Z";

fn event(event: &str, sid: &str, timestamp: &str) -> Value {
    json!({"event": event, "data": {"callSid": sid, "callDirection": "outbound"},
        "timestamp": timestamp})
}

#[tokio::test]
async fn each_event_is_judged_by_itself() {
    let server = Server::start().await;
    let events = json!([
        event("initiated", "c1", T0),
        event("two words", "c1", T0),
        7,
        {"event": "connected", "data": {"callSid": "c1", "duration": "soon"}},
        event("callEnded", "c1", "2025-10-12T10:31:00Z"),
        event("initiated", "c1", T0),
    ]);
    let answer: Value = server.post_json(PATH, json!({"events": events})).await.ok();
    let results = answer["results"].as_array().unwrap();
    assert_eq!(answer.as_object().unwrap().len(), 1);
    assert_eq!(results.len(), 6);
    assert_eq!(results[0], json!({"success": true, "logId": results[0]["logId"]}));
    assert_eq!(results[5]["logId"], results[0]["logId"], "the same event");
    for (place, field) in [(1, "event"), (2, "event"), (3, "data.duration")] {
        let result = &results[place];
        assert_eq!(result["success"], false);
        assert_eq!((&result["code"], &result["field"]), (&json!("invalid_request"), &json!(field)));
        assert!(result["error"].as_str().unwrap().ends_with('.'));
        assert!(result.get("logId").is_none());
    }
    let logs: CallLogs = server.get("/api/ribbon/call-logs").await.ok();
    assert_eq!((logs.logs.len(), logs.logs[0].call_status), (1, Status::NoAnswer));
}

#[tokio::test]
async fn five_hundred_are_taken_and_one_more_is_not() {
    let server = Server::start().await;
    let many = |count: usize| {
        let events: Vec<Value> =
            (0..count).map(|n| event("initiated", &format!("c{n}"), T0)).collect();
        json!({"events": events})
    };
    let answer: Value = server.post_json(PATH, many(500)).await.ok();
    let results = answer["results"].as_array().unwrap();
    assert!(results.iter().all(|result| result["success"] == true));
    let logs: CallLogs = server.get("/api/ribbon/call-logs").await.ok();
    assert_eq!(logs.pagination.total, 500);
    assert_eq!(server.post_json(PATH, many(501)).await.wrong_field(), "events");
    assert_eq!(server.post_json(PATH, json!({})).await.wrong_field(), "events");
    assert_eq!(server.post_json(PATH, json!({"events": 5})).await.wrong_field(), "events");
    let none: Value = server.post_json(PATH, json!({"events": []})).await.ok();
    assert_eq!(none, json!({"results": []}));
}

#[tokio::test]
async fn a_key_is_needed_and_clients_are_apart() {
    let server = Server::start().await;
    server.add_other_client().await;
    let body = json!({"events": [event("initiated", "c1", T0)]});
    let request = server.request(Method::POST, PATH).json(&body);
    Answer::from_request(request).await.problem(401, "missing_api_key");
    let mut wrong = body.clone();
    wrong["apiKey"] = json!("nope");
    server.post_json(PATH, wrong).await.problem(401, "invalid_api_key");
    let mine: Value = server.post_json(PATH, body.clone()).await.ok();
    let request = server.request(Method::POST, PATH).header("X-API-Key", OTHER_KEY).json(&body);
    let theirs: Value = Answer::from_request(request).await.ok();
    assert_ne!(mine["results"][0]["logId"], theirs["results"][0]["logId"]);
    let logs: CallLogs = server.get("/api/ribbon/call-logs").await.ok();
    assert_eq!(logs.pagination.total, 1);
}

#[tokio::test]
async fn each_event_may_name_its_own_domain() {
    let server = Server::start().await;
    server.run_sql("UPDATE clients SET allowed_domains = '[\"crm.example.com\"]'").await;
    let mut there = event("initiated", "c1", T0);
    there["domain"] = json!("crm.example.com");
    let mut elsewhere = event("initiated", "c2", T0);
    elsewhere["domain"] = json!("evil.example.org");
    let answer: Value = server.post_json(PATH, json!({"events": [there, elsewhere]})).await.ok();
    assert_eq!(answer["results"][0]["success"], true);
    assert_eq!(answer["results"][1]["code"], "domain_not_allowed");
    let logs: CallLogs = server.get("/api/ribbon/call-logs").await.ok();
    assert_eq!(logs.logs[0].domain.as_deref(), Some("crm.example.com"));
}

#[tokio::test]
async fn an_idempotency_key_holds_for_the_whole_body() {
    let server = Server::start().await;
    let no_time = json!({"event": "connected", "data": {"callSid": "c1"}});
    let send = async |body: Value| -> Value {
        let request = server.request(Method::POST, PATH).header("Idempotency-Key", "k").json(&body);
        Answer::from_request(request).await.ok()
    };
    let body =
        json!({"apiKey": KEY, "events": [no_time, {"event": "x", "data": {"callSid": "c1"}}]});
    let first = send(body.clone()).await;
    assert_eq!(send(body.clone()).await, first);
    let mut other = body;
    other["events"][1]["data"]["callSid"] = json!("c2");
    let third = send(other).await;
    assert_eq!(third["results"][0], first["results"][0]);
    assert_eq!(third["results"][1]["code"], "conflict");
    let own: Logged = server.log_event("initiated", "c1", T0, json!({})).await.ok();
    assert!(own.success);
}
