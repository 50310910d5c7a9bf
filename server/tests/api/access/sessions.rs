//! Tests sessions: a key that stands in pages reads and acts only for the agent of its session.

use crate::support::{ADMIN_TOKEN, Answer, KEY, OTHER_KEY, Server, Stream, TALKS};
use call_ribbon_shared::wire::{CallHistory, CallObject, EventsUrl, FollowUps, InitAnswer, Logged};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::time::Duration;

/// What a route needs beside a valid key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// The scope `ribbon` alone: what a page does before it has a session, and what it logs.
    Ribbon,
    /// The session of agent1, or the scope `read`.
    Session,
    /// The session of any agent, who gets what is its own.
    AnySession,
    /// The same; no scope replaces it.
    OnlySession,
    /// The scope `read`.
    Read,
    /// A scope that no key in this test has.
    More,
}

/// A key, and the session sent with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caller {
    NoSession,
    OwnSession,
    OtherAgentsSession,
    OtherClientsSession,
    ExpiredSession,
    RevokedKey,
    ReadKey,
}

/// Every operation of a key. `{sessionId}` is a call of agent1.
fn operations() -> Vec<(&'static str, &'static str, &'static str, Value, Needs)> {
    use Needs::{AnySession, More, OnlySession, Read, Ribbon, Session};
    let event = json!({"event": "ringing", "eventId": "e", "timestamp": "2025-10-12T10:30:00Z",
        "data": {"callSid": "logged", "phoneNumber": "+919876543210", "callDirection": "inbound"}});
    let none = Value::Null;
    let agent1 = json!({"agentId": "agent1"});
    let to_check = json!({"calls": [{"to": "+14155552671", "agentId": "agent1"}]});
    vec![
        ("POST", "/api/ribbon/init", "", agent1.clone(), Ribbon),
        ("GET", "/api/ribbon/config", "", none.clone(), Ribbon),
        ("POST", "/api/ribbon/voice-line", "", json!({}), OnlySession),
        ("GET", "/api/ribbon/client", "", none.clone(), Ribbon),
        ("POST", "/api/ribbon/log-call", "", event.clone(), Ribbon),
        ("POST", "/api/ribbon/log-calls", "", json!({"events": [event]}), Ribbon),
        ("GET", "/api/ribbon/calls", "?agentId=agent1", none.clone(), Session),
        ("GET", "/api/ribbon/calls", "?agentId=agent1&customerId=cust-1", none.clone(), Session),
        ("GET", "/api/ribbon/calls/{sessionId}", "", none.clone(), Session),
        ("PATCH", "/api/ribbon/calls/{sessionId}", "", json!({"notes": "mine"}), Session),
        ("GET", "/api/ribbon/follow-ups", "?agentId=agent1", none.clone(), Session),
        (
            "POST",
            "/api/ribbon/follow-ups",
            "",
            json!({"to": "+14155552671", "agentId": "agent1", "followUp": {"at": "2030-10-12T10:30:00Z"}}),
            Session,
        ),
        ("PATCH", "/api/ribbon/follow-ups/{followUpId}", "", json!({"followUp": null}), Session),
        ("GET", "/api/ribbon/missed-calls", "?agentId=agent1", none.clone(), Session),
        ("GET", "/api/ribbon/call-backs", "", none.clone(), Read),
        ("GET", "/api/ribbon/events", "", none.clone(), AnySession),
        ("GET", "/api/ribbon/events/ticket", "", none.clone(), AnySession),
        ("POST", "/api/ribbon/calls/{sessionId}/answer", "", agent1.clone(), Session),
        ("POST", "/api/ribbon/calls/{sessionId}/hold", "", json!({"onHold": true}), Session),
        ("POST", "/api/ribbon/calls/{sessionId}/mute", "", json!({"muted": true}), Session),
        ("POST", "/api/ribbon/calls/{sessionId}/dtmf", "", json!({"digit": "1"}), Session),
        ("POST", "/api/ribbon/calls/{sessionId}/hangup", "", json!({}), Session),
        (
            "POST",
            "/api/ribbon/calls",
            "",
            json!({"to": "+14155552671", "agentId": "agent1"}),
            Session,
        ),
        ("POST", "/api/ribbon/calls/check", "", to_check, AnySession),
        (
            "POST",
            "/api/ribbon/simulator/incoming",
            "",
            json!({"from": "+14155552671", "agentId": "agent1"}),
            Session,
        ),
        ("GET", "/api/ribbon/call-logs", "", none.clone(), Read),
        ("GET", "/api/ribbon/active-calls", "", none.clone(), Read),
        ("GET", "/api/ribbon/customer/{customerId}", "", none.clone(), Read),
        ("GET", "/api/ribbon/customer/{customerId}/calls", "", none.clone(), Read),
        ("GET", "/api/ribbon/customer/{customerId}/leads", "", none.clone(), Read),
        ("GET", "/api/ribbon/customers", "", none.clone(), Read),
        ("GET", "/api/ribbon/leads", "", none.clone(), Read),
        ("GET", "/api/ribbon/campaigns", "", none.clone(), Read),
        ("GET", "/api/ribbon/views", "", none.clone(), Read),
        ("GET", "/api/ribbon/analytics", "", none.clone(), Read),
        ("GET", "/api/ribbon/analytics/detailed", "", none.clone(), Read),
        ("GET", "/api/ribbon/analytics/trends", "", none.clone(), Read),
        ("GET", "/api/ribbon/analytics/fields", "", none.clone(), Read),
        ("GET", "/api/ribbon/analytics/agents", "", none.clone(), Read),
        ("GET", "/api/ribbon/analytics/breakdown", "?by=agentId", none.clone(), Read),
        ("GET", "/api/ribbon/analytics/pivot", "?by=agentId&across=status", none.clone(), Read),
        ("GET", "/api/ribbon/analytics/outcomes", "?by=agentId", none.clone(), Read),
        ("GET", "/api/ribbon/analytics/funnel", "", none.clone(), Read),
        ("GET", "/api/ribbon/analytics/today", "", none.clone(), Read),
        ("GET", "/api/ribbon/analytics/answering", "", none.clone(), Read),
        ("GET", "/api/ribbon/analytics/promises", "", none.clone(), Read),
        ("GET", "/api/ribbon/analytics/decisions", "", none.clone(), Read),
        ("GET", "/api/ribbon/analytics/call-limits", "", none.clone(), Read),
        ("GET", "/api/ribbon/decisions", "", none.clone(), Read),
        (
            "POST",
            "/api/ribbon/customer/{customerId}/payments",
            "",
            json!({"paymentId": "PAY-1", "amount": 5, "paidAt": "2025-10-12T10:30:00Z"}),
            More,
        ),
        (
            "POST",
            "/api/ribbon/quiet-times",
            "",
            json!({"customerId": "cust-1", "from": "22:00", "to": "06:00"}),
            More,
        ),
        ("POST", "/api/ribbon/quiet-times/{quietTimeId}/remove", "", json!({"reason": "x"}), More),
        ("GET", "/api/ribbon/export/calls", "", none, More),
        (
            "POST",
            "/api/ribbon/customer",
            "",
            json!({"customerData": {"customerId": "cust-2", "name": "A"}}),
            More,
        ),
    ]
}

/// Returns the refusal of this caller; `None` if it is let in.
fn refusal(needs: Needs, caller: Caller) -> Option<(u16, &'static str)> {
    const LACKS_SCOPE: Option<(u16, &str)> = Some((403, "scope_missing"));
    match (caller, needs) {
        (Caller::RevokedKey, _) => Some((401, "revoked_api_key")),
        (_, Needs::More) => LACKS_SCOPE,
        (Caller::ReadKey, Needs::OnlySession) => Some((401, "missing_session")),
        (Caller::ReadKey, _) | (_, Needs::Ribbon) => None,
        (_, Needs::Read) => LACKS_SCOPE,
        (Caller::NoSession, _) => Some((401, "missing_session")),
        (Caller::OtherClientsSession | Caller::ExpiredSession, _) => Some((401, "invalid_session")),
        (Caller::OtherAgentsSession, Needs::Session) => Some((403, "other_agent")),
        (Caller::OwnSession | Caller::OtherAgentsSession, _) => None,
    }
}

/// Creates a key of the demo client with these scopes; returns it and its id.
async fn create_key(server: &Server, scopes: Value) -> (String, String) {
    let path = "/api/admin/clients/client-demo/keys";
    let body = json!({"scopes": scopes});
    let made = server.request_as_staff(Method::POST, path, ADMIN_TOKEN, body).await;
    let made: Value = made.read();
    let text = |field: &str| made[field].as_str().unwrap().to_owned();
    (text("apiKey"), text("keyId"))
}

/// Opens a session for an agent, from a page that may have one already.
async fn open_session(server: &Server, key: &str, agent: &str, before: &str) -> String {
    let request = server.request(Method::POST, "/api/ribbon/init");
    let request = request.json(&json!({"apiKey": key, "agentId": agent}));
    let request = if before.is_empty() { request } else { request.header(SESSION, before) };
    Answer::from_request(request).await.ok::<InitAnswer>().session_token
}

const SESSION: &str = "X-Session-Token";

fn with_session(request: RequestBuilder, key: &str, session: &str) -> RequestBuilder {
    request.header("X-API-Key", key).header(SESSION, session)
}

async fn get(server: &Server, path: &str, key: &str, session: &str) -> Answer {
    Answer::from_request(with_session(server.request(Method::GET, path), key, session)).await
}

#[tokio::test]
async fn each_operation_lets_in_its_own_callers_and_no_others() {
    let server = Server::start_with_simulator(TALKS).await;
    server.add_other_client().await;
    let (page, page_id) = create_key(&server, json!(["ribbon"])).await;
    let (wide, _) = create_key(&server, json!(["ribbon", "read"])).await;
    let data = json!({"customerData": {"customerId": "cust-1", "name": "Asha"}});
    server.log_event("connected", "c1", "2025-10-12T10:30:00Z", data).await.ok::<Logged>();
    let call = server.start_call("+919876543210").await.session_id;
    let own = open_session(&server, &page, "agent1", "").await;
    let due = json!({"to": "+14155552670", "agentId": "agent1",
        "followUp": {"at": "2030-10-12T10:30:00Z"}});
    let due = server.post_json("/api/ribbon/follow-ups", due).await.read::<CallObject>().session_id;
    let sessions = [
        (Caller::NoSession, String::new()),
        (Caller::OtherAgentsSession, open_session(&server, &page, "agent2", "").await),
        (Caller::OtherClientsSession, open_session(&server, OTHER_KEY, "agent1", "").await),
        (Caller::OwnSession, own.clone()),
        (Caller::ReadKey, String::new()),
    ];
    let operations = operations();

    let document: Value =
        Answer::from_request(server.request(Method::GET, "/api/openapi.json")).await.ok();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|_| path.starts_with("/api/ribbon/"))
        {
            let known = operations
                .iter()
                .any(|(known, route, ..)| known.eq_ignore_ascii_case(method) && route == path);
            assert!(known, "{method} {path} is not in the table");
        }
    }

    let ask_all = async |caller: Caller, key: &str, session: &str| {
        for (method, route, query, body, needs) in &operations {
            let path = route.replace("{sessionId}", &call).replace("{customerId}", "cust-1");
            let path = path.replace("{followUpId}", &due);
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let request = server.request(method.clone(), &format!("{path}{query}"));
            let request = request.header("X-API-Key", key);
            let request =
                if session.is_empty() { request } else { request.header(SESSION, session) };
            let request = if body.is_null() { request } else { request.json(body) };
            let about = format!("{caller:?} at {method} {route}{query}");
            if let Some((status, code)) = refusal(*needs, caller) {
                let answer = Answer::from_request(request).await;
                assert_eq!(answer.status, status, "{about}: {}", answer.text);
                answer.problem(status, code);
            } else {
                // The body of a stream does not end.
                let status = request.send().await.unwrap().status().as_u16();
                let in_wrong_state = status == 409 && method == Method::POST;
                assert!((200..300).contains(&status) || in_wrong_state, "{about}: {status}");
            }
        }
    };
    for (caller, session) in &sessions {
        ask_all(*caller, if *caller == Caller::ReadKey { &wide } else { &page }, session).await;
    }
    server.clock.advance(Duration::from_mins(10));
    ask_all(Caller::ExpiredSession, &page, &own).await;
    let path = format!("/api/admin/clients/client-demo/keys/{page_id}");
    server.request_as_staff(Method::DELETE, &path, ADMIN_TOKEN, Value::Null).await.ok::<Value>();
    ask_all(Caller::RevokedKey, &page, &own).await;
}

#[tokio::test]
async fn a_session_goes_with_the_key_and_the_domain_for_which_it_was_opened() {
    let server = Server::start().await;
    let (page, _) = create_key(&server, json!(["ribbon"])).await;
    let (second, _) = create_key(&server, json!(["ribbon"])).await;
    let session = open_session(&server, &page, "agent1", "").await;
    let path = "/api/ribbon/calls";
    assert_eq!(get(&server, path, &page, &session).await.status, 200);
    get(&server, path, &second, &session).await.problem(401, "invalid_session");
    for forged in ["x", "x.y", &session[1..], &format!("{session}A")] {
        get(&server, path, &page, forged).await.problem(401, "invalid_session");
    }
    // A ticket to the stream is no session.
    let ticket: EventsUrl = get(&server, "/api/ribbon/events/ticket", &page, &session).await.ok();
    let ticket = ticket.events_url.split_once('=').unwrap().1.to_owned();
    get(&server, path, &page, &ticket).await.problem(401, "invalid_session");
    // Beside a key that reads everything, an old session does no harm.
    assert_eq!(get(&server, path, KEY, "x.y").await.status, 200);
    server.run_sql("UPDATE clients SET allowed_domains = '[\"crm.example.com\"]'").await;
    let request = with_session(server.request(Method::GET, path), &page, &session);
    let elsewhere = Answer::from_request(request.header("origin", "https://evil.test")).await;
    elsewhere.problem(403, "domain_not_allowed");
}

#[tokio::test]
async fn a_session_lists_its_agents_calls_and_those_of_a_named_customer() {
    let server = Server::start().await;
    let (page, _) = create_key(&server, json!(["ribbon"])).await;
    let with = |agent: &str, customer: &str| json!({"customerData": {"customerId": customer, "agentId": agent}});
    server.log_ended_call("a1", "2025-10-12T10:30:00Z", 40, with("agent1", "C1")).await;
    server.log_ended_call("b1", "2025-10-12T10:31:00Z", 40, with("agent2", "C1")).await;
    server.log_ended_call("b2", "2025-10-12T10:32:00Z", 40, with("agent2", "C2")).await;
    let session = open_session(&server, &page, "agent1", "").await;
    let listed = async |query: &str| -> Vec<String> {
        let path = format!("/api/ribbon/calls{query}");
        let history: CallHistory = get(&server, &path, &page, &session).await.ok();
        history.calls.into_iter().map(|call| call.call_sid).collect()
    };
    assert_eq!(listed("").await, ["a1"]);
    assert_eq!(listed("?agentId=agent1").await, ["a1"]);
    assert_eq!(listed("?customerId=C1").await, ["b1", "a1"]);
    assert_eq!(listed("?customerId=C1&agentId=agent1").await, ["a1"]);
    for query in ["?agentId=agent2", "?agentId=agent2&customerId=C1"] {
        let answer = get(&server, &format!("/api/ribbon/calls{query}"), &page, &session).await;
        answer.problem(403, "other_agent");
    }
    get(&server, "/api/ribbon/calls?list=all", &page, &session).await.problem(403, "scope_missing");
    let due = get(&server, "/api/ribbon/follow-ups", &page, &session).await.ok::<FollowUps>();
    assert_eq!(due.follow_ups.len(), 0);
    // What is listed with the customer cannot be changed.
    let logs: CallHistory = server.get("/api/ribbon/calls?list=all").await.ok();
    for CallObject { call_sid, session_id, .. } in logs.calls {
        let path = format!("/api/ribbon/calls/{session_id}");
        let request = with_session(server.request(Method::PATCH, &path), &page, &session);
        let answer = Answer::from_request(request.json(&json!({"notes": "mine"}))).await;
        if call_sid == "a1" {
            assert_eq!(answer.status, 200, "{}", answer.text);
        } else {
            answer.problem(403, "other_agent");
        }
    }
}

/// A page names its agent only after `init`, and the next one while notes of the last are unsaved.
#[tokio::test]
async fn a_page_that_names_another_agent_can_finish_the_last_ones_calls() {
    let server = Server::start().await;
    let (page, _) = create_key(&server, json!(["ribbon"])).await;
    let first = open_session(&server, &page, "agent1", "").await;
    let call = server.start_call("+919876543210").await.session_id;
    let path = format!("/api/ribbon/calls/{call}");
    let save = async |session: &str| {
        let request = with_session(server.request(Method::PATCH, &path), &page, session);
        Answer::from_request(request.json(&json!({"notes": "mine"}))).await
    };
    let next = open_session(&server, &page, "agent2", &first).await;
    assert_eq!(save(&next).await.status, 200);
    // Its list and its stream are those of the new agent alone.
    get(&server, "/api/ribbon/calls?agentId=agent1", &page, &next)
        .await
        .problem(403, "other_agent");
    // Renewed, it still can; a session that was opened elsewhere cannot.
    let renewed = open_session(&server, &page, "agent2", &next).await;
    assert_eq!(save(&renewed).await.status, 200);
    save(&open_session(&server, &page, "agent2", "").await).await.problem(403, "other_agent");
    // Only the latest ones are kept.
    let mut session = renewed;
    for agent in ["agent3", "agent4", "agent5", "agent6"] {
        session = open_session(&server, &page, agent, &session).await;
    }
    save(&session).await.problem(403, "other_agent");
}

#[tokio::test]
async fn a_sessions_ticket_and_stream_have_its_agents_events_only() {
    let server = Server::start().await;
    let (page, _) = create_key(&server, json!(["ribbon"])).await;
    let session = open_session(&server, &page, "agent1", "").await;
    let ticket: EventsUrl = get(&server, "/api/ribbon/events/ticket", &page, &session).await.ok();
    let mut by_ticket = Stream::open(server.request(Method::GET, &ticket.events_url)).await;
    let request = server.request(Method::GET, "/api/ribbon/events");
    let mut by_session = Stream::open(with_session(request, &page, &session)).await;
    let of = |agent: &str| json!({"customerData": {"agentId": agent}});
    server.log_event("connected", "b", "2025-10-12T10:30:00Z", of("agent2")).await.ok::<Logged>();
    server.log_event("connected", "a", "2025-10-12T10:30:00Z", of("agent1")).await.ok::<Logged>();
    assert_eq!(by_ticket.next_event().await.unwrap().call_sid, "a");
    assert_eq!(by_session.next_event().await.unwrap().call_sid, "a");
}

#[tokio::test]
async fn in_a_session_calls_are_started_and_taken_by_its_agent() {
    let server = Server::start().await;
    let (page, _) = create_key(&server, json!(["ribbon"])).await;
    let session = open_session(&server, &page, "agent1", "").await;
    let post = async |path: &str, body: Value| {
        let request = with_session(server.request(Method::POST, path), &page, &session);
        Answer::from_request(request.json(&body)).await
    };
    let agent_of = async |answer: Answer| {
        assert!((200..300).contains(&answer.status), "{}", answer.text);
        let session_id = answer.read::<Value>()["sessionId"].as_str().unwrap().to_owned();
        (server.show_call(&session_id).await.agent_id, session_id)
    };
    let incoming = "/api/ribbon/simulator/incoming";
    for (path, body) in [
        ("/api/ribbon/calls", json!({"to": "+919876543210"})),
        (incoming, json!({"from": "+919876543210"})),
    ] {
        assert_eq!(agent_of(post(path, body).await).await.0.as_deref(), Some("agent1"));
    }
    for (path, body) in [
        ("/api/ribbon/calls", json!({"to": "+919876543210", "agentId": "agent2"})),
        (
            "/api/ribbon/calls",
            json!({"to": "+919876543210", "customerData": {"agentId": "agent2"}}),
        ),
        (incoming, json!({"from": "+919876543210", "agentId": "agent2"})),
    ] {
        post(path, body).await.problem(403, "other_agent");
    }
    // A call that rings for every agent is taken by the session's.
    let ringing = server.post_json(incoming, json!({"from": "+919876543211"})).await;
    let (none, call) = agent_of(ringing).await;
    assert_eq!(none, None);
    let path = format!("/api/ribbon/calls/{call}/answer");
    post(&path, json!({"agentId": "agent2"})).await.problem(403, "other_agent");
    assert_eq!(agent_of(post(&path, json!({})).await).await.0.as_deref(), Some("agent1"));
}
