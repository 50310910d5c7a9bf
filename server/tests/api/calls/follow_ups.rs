//! Tests follow-ups for customers without a call.

use crate::support::{ADMIN_TOKEN, Answer, KEY, Server, add_person, sign_in};
use call_ribbon_shared::wire::{CallHistory, CallObject, FollowUps, Logged};
use reqwest::Method;
use serde_json::{Value, json};

pub const CLIENT: &str = "/api/admin/clients/client-demo";
pub const FOLLOW_UPS: &str = "/api/ribbon/follow-ups";
pub const DUE: &str = "2025-10-13T02:30:00Z";

pub fn order(to: &str, agent: &str, customer: &Value) -> Value {
    json!({"to": to, "agentId": agent, "customerData": customer, "followUp": {"at": DUE, "note": "the plan"}})
}

pub async fn plan(server: &Server, to: &str, agent: &str, customer: &Value) -> CallObject {
    let answer = server.post_json(FOLLOW_UPS, order(to, agent, customer)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.read()
}

/// Lists the ids of an agent's open follow-ups, sorted.
pub async fn list(server: &Server, agent: &str) -> Vec<String> {
    let found: FollowUps = server.get(&format!("{FOLLOW_UPS}?agentId={agent}")).await.ok();
    let mut ids: Vec<_> = found.follow_ups.into_iter().map(|one| one.session_id).collect();
    ids.sort();
    ids
}

pub async fn change(server: &Server, id: &str, follow_up: Value) -> Answer {
    let request = server.request(Method::PATCH, &format!("{FOLLOW_UPS}/{id}"));
    let body = json!({ "followUp": follow_up });
    Answer::from_request(request.header("X-API-Key", KEY).json(&body)).await
}

/// Sets a follow-up on a call with a customer, and returns the call's id.
pub async fn follow_up_on_call(server: &Server, sid: &str, customer: &Value, at: &str) -> String {
    let data = json!({"phoneNumber": "+919876500009", "callDirection": "outbound",
        "agentId": "agent1", "customerData": customer});
    server.log_event("connected", sid, at, data.clone()).await.ok::<Logged>();
    server.log_event("callEnded", sid, at, data).await.ok::<Logged>();
    let found: CallHistory =
        server.get(&format!("/api/ribbon/calls?list=all&search={sid}")).await.ok();
    let session_id = found.calls[0].session_id.clone();
    let path = format!("/api/ribbon/calls/{session_id}");
    let request = server.request(Method::PATCH, &path).header("X-API-Key", KEY);
    let body = json!({"followUp": {"at": DUE, "note": "of a call"}});
    Answer::from_request(request.json(&body)).await.ok::<CallObject>();
    session_id
}

#[tokio::test]
async fn an_agent_has_one_open_follow_up_for_a_customer() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T15:00:00Z");
    let asha = json!({"customerId": "C-1", "name": "Asha"});
    let first = plan(&server, "+91 98765 00001", "agent1", &asha).await;
    let follow_up = first.follow_up.clone().unwrap();
    assert_eq!((&*follow_up.at, follow_up.note.as_deref()), (DUE, Some("the plan")));
    assert_eq!(follow_up.agent_id.as_deref(), Some("agent1"));
    assert_eq!((&*first.call_sid, first.reason.as_deref()), ("", Some("no_call")));
    assert_eq!(first.phone_number.as_deref(), Some("+919876500001"));
    assert!(first.customer_data.get().contains("Asha"), "{}", first.customer_data);
    // Pressed twice, in two tabs, for another number of the customer or another time: the same one.
    let mut later = order("+919876500002", "agent1", &asha);
    later["followUp"]["at"] = json!("2025-12-24T18:00:00Z");
    let again = order("+919876500001", "agent1", &asha);
    let answers = tokio::join!(
        server.post_json(FOLLOW_UPS, again.clone()),
        server.post_json(FOLLOW_UPS, again),
        server.post_json(FOLLOW_UPS, later),
    );
    for answer in [answers.0, answers.1, answers.2] {
        let same: CallObject = answer.ok();
        assert_eq!(
            (same.session_id, same.follow_up.unwrap().at),
            (first.session_id.clone(), DUE.to_owned())
        );
    }
    // Nobody known: the number tells customers apart, however it is written. A follow-up of a call
    // counts, too, and another agent has an own one.
    let nobody = plan(&server, "+919876500003", "agent1", &json!({})).await.session_id;
    let same = server.post_json(FOLLOW_UPS, order("0091 98765 00003", "agent1", &json!({}))).await;
    assert_eq!(same.ok::<CallObject>().session_id, nobody);
    let ravi = json!({"customerId": "C-2", "name": "Ravi"});
    let called = follow_up_on_call(&server, "c1", &ravi, "2025-10-12T10:00:00Z").await;
    let same = server.post_json(FOLLOW_UPS, order("+919876500009", "agent1", &ravi)).await;
    assert_eq!(same.ok::<CallObject>().session_id, called);
    let others = plan(&server, "+919876500001", "agent2", &asha).await.session_id;
    assert_eq!(list(&server, "agent2").await, [others]);
    let mut expected = [first.session_id, nobody, called];
    expected.sort();
    assert_eq!(list(&server, "agent1").await, expected);
    // Without customerData the server finds the customer by the number.
    let meera =
        json!({"customerData": {"customerId": "C-3", "name": "Meera", "phone": "+919876500007"}});
    server.post_json("/api/ribbon/customer", meera).await.ok::<Value>();
    let body = json!({"to": "+919876500007", "agentId": "agent1", "followUp": {"at": DUE}});
    let found: CallObject = server.post_json(FOLLOW_UPS, body).await.read();
    assert!(found.customer_data.get().contains("Meera"), "{}", found.customer_data);
}

#[tokio::test]
async fn it_is_done_when_somebody_speaks_with_the_customer() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T15:00:00Z");
    let asha = json!({"customerId": "C-1", "name": "Asha"});
    let of_asha = plan(&server, "+919876500001", "agent1", &asha).await.session_id;
    let of_nobody = plan(&server, "+919876500002", "agent1", &json!({})).await.session_id;
    let log = async |event: &str, sid: &str, number: &str, at: &str, customer: &Value| {
        let data = json!({"phoneNumber": number, "callDirection": "outbound", "agentId": "agent2",
            "customerData": customer});
        server.log_event(event, sid, at, data).await.ok::<Logged>();
    };
    // Not by an earlier talk, a call that nobody answered, or one with somebody else.
    log("connected", "c1", "+919876500001", "2025-10-12T14:00:00Z", &asha).await;
    log("callEnded", "c1", "+919876500001", "2025-10-12T14:10:00Z", &asha).await;
    log("initiated", "c2", "+919876500001", "2025-10-12T16:00:00Z", &asha).await;
    log("failed", "c2", "+919876500001", "2025-10-12T16:01:00Z", &asha).await;
    let other = json!({"customerId": "C-2"});
    log("connected", "c3", "+919876500002", "2025-10-12T16:00:00Z", &other).await;
    let mut both = [of_asha, of_nobody.clone()];
    both.sort();
    assert_eq!(list(&server, "agent1").await, both);
    log("connected", "c4", "+919876500005", "2025-10-12T17:00:00Z", &asha).await;
    assert_eq!(list(&server, "agent1").await, std::slice::from_ref(&of_nobody));
    log("connected", "c5", "+919876500002", "2025-10-12T17:00:00Z", &json!({})).await;
    assert!(list(&server, "agent1").await.is_empty());
    // After the talk the agent plans the next one, and what is done goes.
    server.clock.stop_at("2025-10-12T18:00:00Z");
    let next = plan(&server, "+919876500001", "agent1", &asha).await.session_id;
    assert_eq!(list(&server, "agent1").await, std::slice::from_ref(&next));
    let kept = server.database.read_texts("SELECT follow_up_id FROM follow_ups").await;
    assert_eq!(kept, std::slice::from_ref(&next));

    // By hand, with undo; the subject stays what is sent.
    change(&server, &next, Value::Null).await.ok::<CallObject>();
    assert!(list(&server, "agent1").await.is_empty());
    let back: CallObject =
        change(&server, &next, json!({"at": "2025-10-14T02:30:00Z", "note": "again"})).await.ok();
    let follow_up = back.follow_up.unwrap();
    assert_eq!(
        (&*follow_up.at, follow_up.note.as_deref()),
        ("2025-10-14T02:30:00Z", Some("again"))
    );
    assert_eq!(list(&server, "agent1").await, std::slice::from_ref(&next));
    // Another one that is made meanwhile keeps the undo, one for the same customer replaces it.
    change(&server, &next, Value::Null).await.ok::<CallObject>();
    plan(&server, "+919876500008", "agent1", &json!({"customerId": "C-8"})).await;
    change(&server, &next, json!({"at": DUE})).await.ok::<CallObject>();
    change(&server, &next, Value::Null).await.ok::<CallObject>();
    let instead = plan(&server, "+919876500001", "agent1", &asha).await.session_id;
    change(&server, &next, json!({"at": DUE})).await.problem(404, "not_found");
    let next = instead;
    assert_eq!(
        change(&server, &next, json!({"note": "no time"})).await.wrong_field(),
        "followUp.at"
    );
    change(&server, "flw_unknown", Value::Null).await.problem(404, "not_found");
    // More than ninety days overdue, it is listed no more.
    server.clock.stop_at("2026-01-13T02:30:00Z");
    assert!(list(&server, "agent1").await.is_empty());
}

#[tokio::test]
async fn wrong_orders_are_refused_in_words_and_an_agent_has_a_thousand_at_most() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T15:00:00Z");
    let number = "+919876500001";
    let ok = order(number, "agent1", &json!({}));
    let with = |field: &str, value: Value| {
        let mut body = ok.clone();
        body[field] = value;
        body
    };
    for (field, body) in [
        ("to", json!({"agentId": "agent1", "followUp": {"at": DUE}})),
        ("to", with("to", json!("call me"))),
        ("agentId", json!({"to": number, "followUp": {"at": DUE}})),
        ("agentId", with("agentId", json!("a".repeat(201)))),
        ("customerData", with("customerData", json!([1]))),
        ("customerData", with("customerData", json!("Asha"))),
        ("followUp", json!({"to": number, "agentId": "agent1"})),
        ("followUp", with("followUp", json!("tomorrow"))),
        ("followUp.at", with("followUp", json!({}))),
        ("followUp.at", with("followUp", json!({"at": "tomorrow"}))),
        ("followUp.at", with("followUp", json!({"at": 7}))),
        ("followUp.note", with("followUp", json!({"at": DUE, "note": "n".repeat(20_001)}))),
    ] {
        let answer = server.post_json(FOLLOW_UPS, body).await;
        let problem: Value = answer.read();
        assert_eq!(problem["field"], field, "{}", answer.text);
        assert!([400, 422].contains(&answer.status), "{}", answer.text);
    }
    server
        .run_sql(
            "INSERT INTO follow_ups (client_id, follow_up_id, created_at, phone, agent_id, follow_up_at)
             SELECT 'client-demo', 'flw_' || a.n || b.n || c.n, 0, 'x' || a.n || b.n || c.n, 'agent1',
                1760322600000
             FROM (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5
                UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) a,
              (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5
                UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) b,
              (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5
                UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) c",
        )
        .await;
    server.post_json(FOLLOW_UPS, ok.clone()).await.problem(409, "conflict");
    change(&server, "flw_000", Value::Null).await.ok::<CallObject>();
    assert_eq!(server.post_json(FOLLOW_UPS, ok).await.status, 201);
}

#[tokio::test]
async fn staff_reassign_them_within_their_teams_and_mark_them_as_done() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T15:00:00Z");
    let own = plan(&server, "+919876500001", "ant", &json!({"customerId": "C-1"})).await.session_id;
    let others =
        plan(&server, "+919876500002", "zebra", &json!({"customerId": "C-2"})).await.session_id;
    let person = add_person(&server, "lead@example.com", "supervisor").await;
    for agent in ["ant", "bee"] {
        let body = json!({"agentId": agent, "name": agent});
        server.request_as_operator(Method::POST, "/agents", body).await.read::<Value>();
    }
    let team = json!({"name": "Ants", "agentIds": ["ant", "bee"], "supervisorIds": [person]});
    assert_eq!(server.request_as_operator(Method::POST, "/teams", team).await.status, 201);
    let supervisor = sign_in(&server, "lead@example.com").await;
    let ask = async |token: &str, method: Method, rest: &str, body: Value| {
        server.request_as_staff(method, &format!("{CLIENT}{rest}"), token, body).await
    };
    let seen: FollowUps =
        ask(&supervisor, Method::GET, "/ribbon/follow-ups", Value::Null).await.ok();
    let ids: Vec<_> = seen.follow_ups.iter().map(|one| one.session_id.clone()).collect();
    assert_eq!(ids, std::slice::from_ref(&own));
    let to_bee = json!({"agentId": "bee"});
    for (id, body, status) in [
        (&others, to_bee.clone(), 404),
        (&others, json!({"done": true}), 404),
        (&own, json!({"agentId": "zebra"}), 400),
        (&own, to_bee, 200),
    ] {
        let path = format!("/follow-ups/{id}");
        let answer = ask(&supervisor, Method::PATCH, &path, body).await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    assert!(list(&server, "ant").await.is_empty());
    assert_eq!(list(&server, "bee").await, std::slice::from_ref(&own));
    let path = format!("/follow-ups/{own}");
    ask(&supervisor, Method::PATCH, &path, json!({"done": true})).await.ok::<Value>();
    assert!(list(&server, "bee").await.is_empty());
    ask(ADMIN_TOKEN, Method::PATCH, &path, json!({"done": true})).await.problem(404, "not_found");
    assert_eq!(list(&server, "zebra").await, [others]);
    let audit: Value = ask(ADMIN_TOKEN, Method::GET, "/audit", Value::Null).await.ok();
    let acts: Vec<_> = audit["audit"].as_array().unwrap().iter().map(|one| &one["act"]).collect();
    assert!(
        acts.contains(&&json!("follow_up.assigned")) && acts.contains(&&json!("follow_up.done"))
    );
}

#[tokio::test]
async fn a_masked_agent_plans_by_handle_and_keeps_hidden_numbers_in_the_subject() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T15:00:00Z");
    let (number, second) = ("+919876500001", "+919876500055");
    let mut body = order(number, "agent1", &json!({"name": "Asha"}));
    body["followUp"]["note"] = json!(format!("or {second}"));
    let stored: CallObject = server.post_json(FOLLOW_UPS, body).await.read();
    let made =
        server.request_as_operator(Method::POST, "/keys", json!({"numbers": "masked"})).await;
    let key = made.read::<Value>()["apiKey"].as_str().unwrap().to_owned();
    let ask = async |method: Method, path: &str, body: Value| {
        let request = server.request(method, path).header("X-API-Key", &key);
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = Answer::from_request(request).await;
        assert!(!answer.text.contains("98765000"), "{}", answer.text);
        answer
    };
    let path = format!("{FOLLOW_UPS}?agentId=agent1");
    let seen: Value = ask(Method::GET, &path, Value::Null).await.ok();
    let seen = &seen["followUps"][0];
    let (handle, note) = (&seen["phoneNumberHandle"], &seen["followUp"]["note"]);
    assert!(note.as_str().unwrap().contains('•'), "{note}");
    // The same customer by the handle: no second one.
    let again = json!({"to": handle, "agentId": "agent1", "customerData": {"name": "Asha"},
        "followUp": {"at": DUE}});
    let same: Value = ask(Method::POST, FOLLOW_UPS, again).await.ok();
    assert_eq!(same["sessionId"], json!(stored.session_id));
    let path = format!("{FOLLOW_UPS}/{}", stored.session_id);
    let later = json!({"followUp": {"at": "2030-01-01T00:00:00Z", "note": note}});
    ask(Method::PATCH, &path, later).await.ok::<Value>();
    let kept = server.database.read_texts("SELECT follow_up_note FROM follow_ups").await;
    assert_eq!(kept, [format!("or {second}")]);
    let wrong = json!({"followUp": {"at": DUE, "note": "+91 11••••2222"}});
    assert_eq!(ask(Method::PATCH, &path, wrong).await.wrong_field(), "followUp.note");
}

#[tokio::test]
async fn a_check_names_the_agents_follow_up_if_the_call_is_not_permitted() {
    let server = Server::start().await;
    server.clock.stop_at("2026-12-01T22:00:00+05:30");
    let rules = json!({"packs": ["in-rbi-recovery"]});
    server.request_as_operator(Method::PUT, "/call-rules", rules).await.ok::<Value>();
    let customer = json!({"customerId": "C-1", "callType": "recovery"});
    let check = async |agent: &str, kind: &str| -> Value {
        let mut customer = customer.clone();
        customer["callType"] = json!(kind);
        let call = json!({"to": "+919876500001", "agentId": agent, "customerData": customer});
        let answer = server.post_json("/api/ribbon/calls/check", json!({"calls": [call]})).await;
        answer.ok::<Value>()["results"][0].take()
    };
    let before = check("agent1", "recovery").await;
    assert_eq!((&before["decision"]["allowed"], before.get("followUp")), (&json!(false), None));
    let next = before["decision"]["nextAllowed"].as_i64().unwrap();
    assert_eq!(next, 1_796_178_600_000, "{before}");
    let mut body = order("+919876500001", "agent1", &customer);
    body["followUp"] = json!({"at": "2026-12-02T02:30:00Z"});
    assert_eq!(server.post_json(FOLLOW_UPS, body).await.status, 201);
    let due = json!({"at": "2026-12-02T02:30:00Z", "note": null, "agentId": "agent1"});
    assert_eq!(check("agent1", "recovery").await["followUp"], due);
    for (agent, kind) in [("agent2", "recovery"), ("", "recovery"), ("agent1", "service")] {
        assert_eq!(check(agent, kind).await.get("followUp"), None, "{agent} {kind}");
    }
}

#[tokio::test]
async fn retention_removes_them_with_the_calls_of_their_time() {
    let server = Server::start().await;
    server.clock.stop_at("2025-01-01T15:00:00Z");
    let mut body = order("+919876500001", "agent1", &json!({}));
    body["followUp"]["at"] = json!("2025-10-13T02:30:00Z");
    assert_eq!(server.post_json(FOLLOW_UPS, body).await.status, 201);
    server.clock.stop_at("2025-10-12T15:00:00Z");
    let kept = plan(&server, "+919876500002", "agent1", &json!({})).await.session_id;
    server.log_ended_call("old", "2025-01-01T10:00:00Z", 5, json!({})).await;
    let days = json!({"retention": {"callsDays": 90}});
    server.request_as_operator(Method::PATCH, "", days).await.ok::<Value>();
    server.request_as_operator(Method::POST, "/retention/run", json!({})).await.ok::<Value>();
    assert_eq!(list(&server, "agent1").await, [kept]);
}
