//! Tests that every call is judged in the transaction that starts it.

use crate::support::database::wants_postgres;
use crate::support::emulators::exotel::Exotel;
use crate::support::provided::start_reachable;
use crate::support::{Answer, KEY, SLOW, Server};
use call_ribbon_shared::wire::{CallLogs, CallStarted};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

const CALLS: &str = "/api/ribbon/calls";
const INDIAN: &str = "+919876543210";
const NEW_YORKER: &str = "+12125550123";

async fn switch_on(server: &Server, packs: &[&str]) {
    let body = json!({"packs": packs, "callTypes": {"collections": "recovery"}});
    server.request_as_operator(Method::PUT, "/call-rules", body).await.ok::<Value>();
}

fn recovery(to: &str) -> Value {
    json!({"to": to, "customerData": {"customerId": "C1", "callType": "Collections",
        "context": {"accountId": "L-1", "party": "borrower"}}})
}

/// Returns the decision with which a call was refused, and its sentence.
fn refusal(answer: &Answer) -> (Value, String) {
    let problem = answer.problem(403, "call_not_permitted");
    let decision = problem.decision.unwrap();
    assert_eq!(decision["allowed"], json!(false), "{decision}");
    (decision, problem.error)
}

async fn outcomes(server: &Server) -> Vec<String> {
    let sql = "SELECT outcome || ' ' || CASE WHEN session_id IS NULL THEN 'none' ELSE 'call' END
        FROM decisions ORDER BY decision_id";
    server.database.read_texts(sql).await
}

#[tokio::test]
async fn hours_hold_to_the_second_and_the_answer_says_when() {
    let server = Server::start().await;
    switch_on(&server, &["in-rbi-recovery"]).await;
    for (time, allowed) in [
        ("2026-11-30T07:59:59+05:30", false),
        ("2026-11-30T08:00:00+05:30", true),
        ("2026-11-30T18:59:59+05:30", true),
        ("2026-11-30T19:00:00+05:30", false),
    ] {
        server.clock.stop_at(time);
        let checked: Value = server
            .post_json("/api/ribbon/calls/check", json!({"calls": [recovery(INDIAN)]}))
            .await
            .ok();
        let answer = server.post_json(CALLS, recovery(INDIAN)).await;
        let checked = &checked["results"][0];
        if allowed {
            assert_eq!(answer.status, 202, "{time} {}", answer.text);
            assert_eq!(checked["decision"]["allowed"], json!(true), "{time} {checked}");
        } else {
            let (decision, said) = refusal(&answer);
            assert_eq!(decision, checked["decision"], "{time}");
            assert_eq!(checked["said"], json!(said), "{time}");
            assert_eq!(decision["because"][0]["rule"], "hours", "{time}");
        }
    }
    let (decision, said) = refusal(&server.post_json(CALLS, recovery(INDIAN)).await);
    assert_eq!(
        said,
        "Recovery calls are permitted from 08:00 to 19:00 Indian time. \
         Not before 2026-12-01 08:00 in Kolkata."
    );
    assert_eq!(decision["nextAllowed"], json!(1_796_092_200_000_i64));
    assert_eq!(decision["zoneKnownBy"], "number");
    assert_eq!(
        outcomes(&server).await,
        ["refused none", "allowed call", "allowed call", "refused none", "refused none"]
    );
}

/// Every way of starting a call is refused, and nothing of it happens.
#[tokio::test]
async fn every_way_of_dialing_is_judged() {
    let (server, exotel) = (start_reachable().await, Exotel::start().await);
    server.clock.stop_at("2026-11-30T22:00:00+05:30");
    let init = json!({"agentId": "agent1"});
    let session: Value = server.post_json("/api/ribbon/init", init).await.ok();
    let token = session["sessionToken"].as_str().unwrap();
    server.post_json("/api/ribbon/customers", json!({"customerId": "C1", "phone": INDIAN})).await;
    server.add_account("exotel", &exotel.settings()).await;
    switch_on(&server, &["in-rbi-recovery"]).await;
    let mut refused = 0;
    let whole = recovery(INDIAN);
    let mut by_agent = whole.clone();
    by_agent["agentId"] = json!("agent1");
    for (way, session, key, body) in [
        ("the API", false, None, by_agent.clone()),
        ("the ribbon", true, None, by_agent.clone()),
        ("a redial, repeated", true, Some("again"), by_agent.clone()),
        ("a redial, repeated", true, Some("again"), by_agent.clone()),
        ("an account by name", false, None, {
            let mut body = by_agent.clone();
            body["provider"] = json!("exotel");
            body
        }),
        // Of unknown purpose: every rule judges it.
        ("a number on a page", true, None, json!({"to": INDIAN, "agentId": "agent1"})),
        ("another spelling", true, None, json!({"to": "098765 43210", "agentId": "agent1"})),
        ("an override of a rule that permits none", false, None, {
            let mut body = by_agent.clone();
            body["override"] = json!({"rule": "hours", "reason": "urgent"});
            body
        }),
        ("an override of all rules", true, None, {
            let mut body = by_agent;
            body["override"] = json!({"reason": "urgent"});
            body
        }),
    ] {
        let mut request = server.request(Method::POST, CALLS).header("X-Api-Key", KEY).json(&body);
        if session {
            request = request.header("X-Session-Token", token);
        }
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let answer = Answer::from_request(request).await;
        assert_eq!(answer.status, 403, "{way}: {}", answer.text);
        refusal(&answer);
        refused += 1;
    }
    assert_eq!(outcomes(&server).await, vec!["refused none"; refused]);
    assert!(exotel.requests().is_empty(), "no provider was asked");
    let logs: CallLogs = server.get("/api/ribbon/call-logs").await.ok();
    assert_eq!(logs.pagination.total, 0);
}

/// A start is recorded, and a provider is asked to dial, in one place each: so no other way around
/// the decision exists.
#[test]
fn one_place_starts_calls() {
    let mut found = Vec::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![source.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let name = path.strip_prefix(&source).unwrap().display().to_string();
            for what in
                ["Condition::Start { limit:", ".settings.start_call(", "dialing::dial_call("]
            {
                for _ in text.matches(what) {
                    found.push(format!("{what} in {name}"));
                }
            }
        }
    }
    found.sort();
    assert_eq!(
        found,
        [
            ".settings.start_call( in services/calls/dialing.rs",
            "Condition::Start { limit: in services/calls/control.rs",
            "dialing::dial_call( in services/calls/control.rs",
        ]
    );
}

/// However many calls are asked for at once, and on however many servers, the cap holds.
#[tokio::test]
async fn a_cap_of_seven_lets_seven_of_twenty_calls_out() {
    let one = Server::start().await;
    one.clock.stop_at("2026-11-30T12:00:00-05:00");
    // Only one server may use a file.
    let other = if wants_postgres() { Some(one.start_another(SLOW).await) } else { None };
    switch_on(&one, &["us-fdcpa-regf"]).await;
    let start = |n: usize| {
        let server = other.as_ref().filter(|_| n.is_multiple_of(2)).unwrap_or(&one);
        server.post_json(CALLS, recovery(NEW_YORKER))
    };
    let answers = futures_util::future::join_all((0..20).map(start)).await;
    let (out, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status == 202);
    assert_eq!((out.len(), refused.len()), (7, 13));
    for answer in &refused {
        let (decision, _) = refusal(answer);
        assert_eq!(decision["because"][0]["rule"], "seven-in-seven", "{decision}");
        assert_eq!(decision["because"][0]["reason"]["made"], json!(7), "{decision}");
    }
    let outcomes = outcomes(&one).await;
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "allowed call").count(), 7);
    assert_eq!(outcomes.len(), 20);
    // Another debt of the same person is counted for itself, one of unknown account for each.
    let mut body = recovery(NEW_YORKER);
    body["customerData"]["context"]["accountId"] = json!("L-2");
    assert_eq!(one.post_json(CALLS, body).await.status, 202);
    let mut body = recovery(NEW_YORKER);
    body["customerData"]["context"] = json!({});
    refusal(&one.post_json(CALLS, body).await);
    // Another number of the same customer is the same person.
    refusal(&one.post_json(CALLS, recovery("+12125550199")).await);
    // The eighth day is free again.
    one.clock.stop_at("2026-12-07T12:00:00-05:00");
    assert_eq!(one.post_json(CALLS, recovery(NEW_YORKER)).await.status, 202);
}

/// Only the provider and this server can say that a call did not ring, and the account of a call is
/// the one by which it was judged: a page that logs something else later frees no attempt.
#[tokio::test]
async fn what_a_page_logs_later_frees_no_attempt() {
    for (what, events) in [
        ("nothing", vec![]),
        ("a failure", vec![("failed", json!({}))]),
        (
            "another account",
            vec![(
                "note",
                json!({"customerData": {"customerId": "C1", "callType": "collections",
                "context": {"accountId": "L-9"}}}),
            )],
        ),
        (
            "another customer, without an account",
            vec![("note", json!({"customerData": {"customerId": "C9"}}))],
        ),
    ] {
        let server = Server::start_with_simulator(SLOW).await;
        server.clock.stop_at("2026-11-30T12:00:00-05:00");
        switch_on(&server, &["us-fdcpa-regf"]).await;
        for n in 1..=7 {
            let answer = server.post_json(CALLS, recovery(NEW_YORKER)).await;
            assert_eq!(answer.status, 202, "{what}: {}", answer.text);
            let started: CallStarted = answer.read();
            for (event, more) in &events {
                let mut more = more.clone();
                more["phoneNumber"] = json!(NEW_YORKER);
                let time = format!("2026-11-30T17:00:0{n}Z");
                let logged = server.log_event(event, &started.call_sid, &time, more).await;
                logged.ok::<Value>();
            }
        }
        let (decision, _) = refusal(&server.post_json(CALLS, recovery(NEW_YORKER)).await);
        let found = &decision["because"][0];
        assert_eq!(found["rule"], "seven-in-seven", "{what}: {decision}");
        assert_eq!(found["reason"]["made"], json!(7), "{what}: {decision}");
        // Another account of the customer has attempts of its own.
        let mut other = recovery(NEW_YORKER);
        other["customerData"]["context"]["accountId"] = json!("L-2");
        assert_eq!(server.post_json(CALLS, other).await.status, 202, "{what}");
    }
}

/// An attempt that the provider could not place did not reach the number.
#[tokio::test]
async fn a_call_that_the_provider_refused_is_no_attempt() {
    let (server, exotel) = (start_reachable().await, Exotel::start().await);
    server.clock.stop_at("2026-11-30T12:00:00-05:00");
    server.add_account("exotel", &exotel.settings()).await;
    switch_on(&server, &["us-fdcpa-regf"]).await;
    let mut body = recovery(NEW_YORKER);
    body["agentId"] = json!("agent1");
    exotel.use_up_the_minute();
    for _ in 0..8 {
        let answer = server.post_json(CALLS, body.clone()).await;
        assert_eq!(answer.status, 502, "{}", answer.text);
    }
    let check = json!({"calls": [body]});
    let checked: Value = server.post_json("/api/ribbon/calls/check", check).await.ok();
    assert_eq!(checked["results"][0]["decision"]["allowed"], json!(true), "{checked}");
}

#[tokio::test]
async fn a_decision_stays_as_it_was_made() {
    let server = Server::start().await;
    server.clock.stop_at("2026-11-30T22:00:00+05:30");
    assert_eq!(server.post_json(CALLS, recovery(INDIAN)).await.status, 202);
    switch_on(&server, &["in-rbi-recovery"]).await;
    // Ids sort by time only if the times differ.
    server.clock.stop_at("2026-11-30T22:00:01+05:30");
    refusal(&server.post_json(CALLS, recovery(INDIAN)).await);
    let all =
        "SELECT packs || outcome || facts_hash || decision FROM decisions ORDER BY decision_id";
    let before = server.database.read_texts(all).await;
    assert!(before[0].starts_with(r#"[{"name":"own-list","version":1}]allowed"#), "{}", before[0]);
    assert!(
        before[1].contains(r#"{"name":"in-rbi-recovery","version":1}]refused"#),
        "{}",
        before[1]
    );
    switch_on(&server, &["us-fdcpa-regf", "au-sales"]).await;
    server.clock.stop_at("2026-12-01T12:00:00+05:30");
    assert_eq!(server.post_json(CALLS, recovery(INDIAN)).await.status, 202);
    assert_eq!(server.database.read_texts(all).await[..2], before);
}

/// The facts of the page's data decide: who is called, the zone, the account, and the reason.
#[tokio::test]
async fn what_the_page_says_about_a_call_counts() {
    let server = Server::start().await;
    switch_on(&server, &["in-rbi-recovery", "us-tcpa-sales", "us-fdcpa-regf"]).await;
    server.clock.stop_at("2026-11-30T12:00:00+05:30");
    let with = |context: Value| {
        json!({"to": INDIAN, "customerData": {"customerId": "C2",
        "callType": "recovery", "context": context}})
    };
    let rules_of = |answer: Value| -> Vec<String> {
        let because = answer["results"][0]["decision"]["because"].as_array().unwrap().clone();
        because.iter().map(|found| found["rule"].as_str().unwrap().to_owned()).collect()
    };
    for (context, rules) in [
        (json!({}), vec![]),
        (json!({"party": "Guarantor"}), vec![]),
        (json!({"party": "neighbour"}), vec!["party"]),
        // There it is the middle of the night, though the number is Indian.
        (json!({"timeZone": "America/New_York"}), vec!["hours"]),
        (json!({"timeZone": " america/new_york "}), vec!["hours"]),
        (json!({"timeZone": "nowhere"}), vec![]),
    ] {
        let body = json!({"calls": [with(context.clone())]});
        let answer: Value = server.post_json("/api/ribbon/calls/check", body).await.ok();
        assert_eq!(rules_of(answer), rules, "{context}");
    }
    // A warning lets the call out, and is written down.
    let started = server.post_json(CALLS, with(json!({"party": "neighbour"}))).await;
    assert_eq!(started.status, 202, "{}", started.text);
    assert_eq!(outcomes(&server).await, ["warned call"]);
    // A rule that an admin may override: hours of the consumer.
    let night = with(json!({"timeZone": "America/New_York"}));
    refusal(&server.post_json(CALLS, night.clone()).await);
    for (field, asked) in [
        ("override.reason", json!({"rule": "hours"})),
        ("override.reason", json!({"reason": " "})),
        ("override.reason", json!({"reason": "x".repeat(1001)})),
        ("override.rule", json!({"rule": "x".repeat(201), "reason": "x"})),
        ("override", json!("hours")),
    ] {
        let mut body = night.clone();
        body["override"] = asked.clone();
        assert_eq!(server.post_json(CALLS, body).await.wrong_field(), field, "{asked}");
    }
    let mut body = night;
    body["override"] = json!({"rule": "hours", "reason": "She asked for a call now."});
    assert_eq!(server.post_json(CALLS, body).await.status, 202);
    let why = "SELECT override_reason FROM decisions WHERE outcome = 'overridden'";
    assert_eq!(server.database.read_texts(why).await, ["She asked for a call now."]);
}

#[tokio::test]
async fn a_list_is_checked_at_once_and_each_call_has_its_answer() {
    let server = Arc::new(Server::start().await);
    switch_on(&server, &["in-rbi-recovery"]).await;
    server.clock.stop_at("2026-11-30T22:00:00+05:30");
    let check = |calls: Value| server.post_json("/api/ribbon/calls/check", json!({"calls": calls}));
    let calls = json!([recovery(INDIAN), {"to": "x"}, {}, {"to": INDIAN, "customerData": []},
        {"to": INDIAN, "customerData": {"callType": "service"}}, {"to": INDIAN, "provider": "none"}]);
    let answer: Value = check(calls).await.ok();
    let results = answer["results"].as_array().unwrap();
    assert_eq!(results[0]["decision"]["allowed"], json!(false));
    assert_eq!(results[1]["code"], "invalid_phone_number");
    assert_eq!(
        (&results[2]["field"], &results[3]["field"]),
        (&json!("to"), &json!("customerData"))
    );
    assert_eq!(results[4]["decision"]["allowed"], json!(true));
    assert_eq!(results[4].get("said"), None);
    assert_eq!(results[5]["field"], "provider");
    assert_eq!(results.len(), 6);
    let many: Vec<Value> = (0..500).map(|_| json!({"to": INDIAN})).collect();
    let answer: Value = check(json!(many)).await.ok();
    assert_eq!(answer["results"].as_array().unwrap().len(), 500);
    let more: Vec<Value> = (0..501).map(|_| json!({"to": INDIAN})).collect();
    assert_eq!(check(json!(more)).await.wrong_field(), "calls");
    assert_eq!(check(json!([])).await.wrong_field(), "calls");
    assert!(outcomes(&server).await.is_empty(), "no call was asked for");
}
