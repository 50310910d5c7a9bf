//! Tests the queue of missed calls and follow-ups, and the work of staff on it.

use crate::support::{ADMIN_TOKEN, Answer, KEY, Server, create_token};
use call_ribbon_shared::wire::{CallBacks, CallObject, FollowUps, Logged};
use reqwest::Method;
use serde_json::{Value, json};

const CLIENT: &str = "/api/admin/clients/client-demo";

/// Logs an inbound call that nobody answered, or an outbound one in which both sides talked.
async fn log(server: &Server, sid: &str, number: &str, at: &str, more: Value) {
    let missed = more["missed"] == true;
    let direction = if missed { "inbound" } else { "outbound" };
    let mut data = json!({"phoneNumber": number, "callDirection": direction});
    for (name, value) in more.as_object().unwrap() {
        data[name] = value.clone();
    }
    let first = if missed { "incoming" } else { "connected" };
    server.log_event(first, sid, at, data.clone()).await.ok::<Logged>();
    if missed {
        server.log_event("missed", sid, at, data).await.ok::<Logged>();
    }
}

async fn call_backs(server: &Server, query: &str) -> CallBacks {
    server.get(&format!("/api/ribbon/call-backs{query}")).await.ok()
}

/// Returns the numbers of callers with their missed calls and owners.
fn callers(answer: &CallBacks) -> Vec<(&str, u32, Option<&str>)> {
    let all = answer.callers.iter();
    all.map(|caller| {
        let number = caller.last_call.phone_number.as_deref().unwrap();
        (number, caller.count, caller.owner_id.as_deref())
    })
    .collect()
}

async fn fill(server: &Server) {
    server.clock.stop_at("2025-10-12T12:00:00Z");
    let missed = |agent: &str| match agent {
        "" => json!({"missed": true}),
        agent => json!({"missed": true, "agentId": agent}),
    };
    // Two calls of one number to two agents, which nobody called back.
    log(server, "a1", "+919876500001", "2025-10-12T09:00:00Z", missed("agent1")).await;
    log(server, "a2", "+919876500001", "2025-10-12T10:00:00Z", missed("agent2")).await;
    // Called back after 12 minutes, and missed again.
    log(server, "b1", "+919876500002", "2025-10-12T09:00:00Z", missed("")).await;
    let back = json!({"agentId": "agent1", "agentName": "Ravi"});
    log(server, "b2", "+919876500002", "2025-10-12T09:12:00Z", back.clone()).await;
    log(server, "b3", "+919876500002", "2025-10-12T11:00:00Z", missed("")).await;
    // Called back on another number of the same customer, after five hours.
    let customer = json!({"customerId": "C-3", "phoneNumber": "+919876500003"});
    let with = |mut more: Value| {
        more["customerData"] = customer.clone();
        more
    };
    log(server, "c1", "+919876500003", "2025-10-12T05:00:00Z", with(missed("agent1"))).await;
    log(server, "c2", "+919876500033", "2025-10-12T10:00:00Z", with(back)).await;
    // Withheld, declined, outbound and old calls do not wait.
    let hidden = json!({"phoneNumber": null, "missed": true});
    log(server, "d1", "", "2025-10-12T10:00:00Z", hidden).await;
    log(server, "e1", "+919876500005", "2025-09-12T10:00:00Z", missed("agent1")).await;
}

#[tokio::test]
async fn missed_callers_wait_until_somebody_speaks_with_them() {
    let server = Server::start().await;
    fill(&server).await;
    let open = call_backs(&server, "").await;
    let waiting = [("+919876500002", 1, None), ("+919876500001", 2, Some("agent2"))];
    assert_eq!(callers(&open), waiting);
    assert_eq!(open.callers[1].first_missed, "2025-10-12T09:00:00Z");
    let figures = open.figures;
    assert_eq!((figures.callers, figures.called_back, figures.waiting), (4, 2, 2));
    assert_eq!((figures.within_15_minutes, figures.within_1_hour), (1, 1));
    assert_eq!((figures.within_1_day, figures.median_seconds), (2, 5 * 3600));
    let all = call_backs(&server, "?state=all").await;
    assert_eq!(all.callers.len(), 4);
    let back = all.callers.iter().find_map(|caller| caller.called_back.clone()).unwrap();
    assert_eq!((back.after_seconds, back.agent_name.as_deref()), (720, Some("Ravi")));
    let of_agent = call_backs(&server, "?agentId=agent2").await;
    assert_eq!(callers(&of_agent), [("+919876500001", 1, Some("agent2"))]);
    let long_ago = call_backs(&server, "?since=2025-09-01T00:00:00Z").await;
    assert_eq!(long_ago.callers.len(), 3);
    assert_eq!(call_backs(&server, "?limit=1").await.callers.len(), 1);
    for (field, query) in [("state", "state=closed"), ("since", "since=x"), ("limit", "limit=0")] {
        let answer = server.get(&format!("/api/ribbon/call-backs?{query}")).await;
        assert_eq!(answer.wrong_field(), field);
    }
}

#[tokio::test]
async fn staff_reassign_missed_calls_and_mark_them_as_done() {
    let server = Server::start().await;
    fill(&server).await;
    let change = async |session: &str, body: Value| {
        let path = format!("{CLIENT}/call-backs/{session}");
        server.request_as_staff(Method::PATCH, &path, ADMIN_TOKEN, body).await
    };
    let open = call_backs(&server, "").await;
    let session = open.callers[1].last_call.session_id.clone();
    change(&session, json!({"agentId": "agent3"})).await.ok::<Value>();
    assert_eq!(callers(&call_backs(&server, "").await)[1].2, Some("agent3"));
    change(&session, json!({"done": true})).await.ok::<Value>();
    let open = call_backs(&server, "").await;
    assert_eq!(open.callers.len(), 1);
    assert_eq!((open.figures.done, open.figures.waiting), (1, 1));
    let all = call_backs(&server, "?state=all").await;
    let done = all.callers.iter().find(|caller| caller.done_at.is_some()).unwrap();
    assert_eq!((done.count, done.done_by.as_deref()), (2, Some("operator")));
    // A later missed call from the number waits again.
    let missed = json!({"missed": true, "agentId": "agent1"});
    log(&server, "a3", "+919876500001", "2025-10-12T11:30:00Z", missed).await;
    let open = call_backs(&server, "").await;
    assert_eq!(callers(&open)[0], ("+919876500001", 1, Some("agent1")));
    change(&session, json!({"done": false})).await.ok::<Value>();
    assert_eq!(callers(&call_backs(&server, "").await)[0].1, 3);
    for (field, body) in [
        ("done", json!({})),
        ("done", json!({"done": "yes"})),
        ("agentId", json!({"agentId": ""})),
        ("agentId", json!({"agentId": "a".repeat(201)})),
    ] {
        assert_eq!(change(&session, body).await.wrong_field(), field);
    }
    let spoken = all.callers.iter().find_map(|caller| caller.called_back.clone()).unwrap();
    for unknown in ["none", spoken.session_id.as_str()] {
        change(unknown, json!({"done": true})).await.problem(404, "not_found");
    }
    let (_, viewer) = create_token(&server, "viewer").await;
    let path = format!("{CLIENT}/call-backs/{session}");
    let refused = server.request_as_staff(Method::PATCH, &path, &viewer, json!({"done": true}));
    refused.await.problem(403, "scope_missing");
    let audit: Value = server
        .request_as_staff(Method::GET, &format!("{CLIENT}/audit"), ADMIN_TOKEN, Value::Null)
        .await
        .ok();
    let acts: Vec<&str> =
        audit["audit"].as_array().unwrap().iter().map(|one| one["act"].as_str().unwrap()).collect();
    for act in ["missed_call.assigned", "missed_call.done", "missed_call.opened"] {
        assert!(acts.contains(&act), "{acts:?}");
    }
}

#[tokio::test]
async fn staff_reassign_follow_ups_and_mark_them_as_done() {
    let server = Server::start().await;
    let session = server.start_call("+919876543210").await.session_id;
    let due =
        json!({"followUp": {"at": "2030-10-12T10:30:00Z", "note": "the plan"}, "notes": "kept"});
    let path = format!("/api/ribbon/calls/{session}");
    let request = server.request(Method::PATCH, &path).header("X-API-Key", KEY).json(&due);
    Answer::from_request(request).await.ok::<CallObject>();
    server.control_call(&session, "hangup", json!({"agentId": "agent1"})).await.ok::<CallObject>();
    let list = async |agent: &str| {
        let path = format!("/api/ribbon/follow-ups?agentId={agent}");
        server.get(&path).await.ok::<FollowUps>().follow_ups
    };
    let change = async |body: Value| {
        let path = format!("{CLIENT}/follow-ups/{session}");
        server.request_as_staff(Method::PATCH, &path, ADMIN_TOKEN, body).await
    };
    let owner = |call: &CallObject| call.follow_up.as_ref().unwrap().agent_id.clone();
    assert_eq!(owner(&list("agent1").await[0]).as_deref(), Some("agent1"));
    let before = server.show_call(&session).await.notes_version;
    change(json!({"agentId": "agent2"})).await.ok::<Value>();
    assert!(list("agent1").await.is_empty());
    assert_eq!(owner(&list("agent2").await[0]).as_deref(), Some("agent2"));
    assert!(server.show_call(&session).await.notes_version > before);
    assert_eq!(change(json!({"done": false})).await.wrong_field(), "done");
    change(json!({"done": true})).await.ok::<Value>();
    assert!(list("agent2").await.is_empty());
    let call = server.show_call(&session).await;
    assert_eq!((call.follow_up, call.notes.as_deref()), (None, Some("kept")));
    change(json!({"done": true})).await.problem(404, "not_found");
}
