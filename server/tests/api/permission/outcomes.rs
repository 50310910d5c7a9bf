//! Tests dispositions that act: calls to the number are refused from then on.

use crate::support::{Answer, KEY, Server};
use call_ribbon_shared::wire::CallLogs;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// The number of the calls.
const NUMBER: &str = "+919876543210";

/// Logs a finished call and returns its session.
async fn finished_call(server: &Server, call_sid: &str, number: &str) -> String {
    let data = json!({"phoneNumber": number, "agentId": "agent1", "agentName": "Ravi Kumar"});
    server.log_ended_call(call_sid, "2025-10-12T10:30:00Z", 40, data).await;
    let logs: CallLogs = server.get("/api/ribbon/call-logs?pageSize=500").await.ok();
    let found = logs.logs.into_iter().find(|row| row.data.get().contains(call_sid));
    found.unwrap().session_id
}

async fn judge(server: &Server, session_id: &str, body: Value) -> Answer {
    let path = format!("/api/ribbon/calls/{session_id}");
    let request = server.request(Method::PATCH, &path).header("X-API-Key", KEY);
    Answer::from_request(request.json(&body)).await
}

async fn dial(server: &Server, to: &str) -> Answer {
    let answer = server.post_json("/api/ribbon/calls", json!({"to": to})).await;
    if answer.status == 202 {
        let session_id = answer.read::<Value>()["sessionId"].as_str().unwrap().to_owned();
        server.control_call(&session_id, "hangup", json!({})).await.ok::<Value>();
    }
    answer
}

#[tokio::test]
async fn do_not_call_stops_calls_from_the_same_moment_on() {
    let server = Server::start().await;
    server.add_other_client().await;
    let id = finished_call(&server, "a", NUMBER).await;
    assert_eq!(dial(&server, NUMBER).await.status, 202);
    judge(&server, &id, json!({"disposition": "do_not_call"})).await.ok::<Value>();
    for to in [NUMBER, "+91 98765 43210", "0091 98765-43210"] {
        let refused = dial(&server, to).await;
        let problem = refused.problem(403, "call_not_permitted");
        for part in ["do-not-call list since 20", "Ravi Kumar", "outcome of a call"] {
            assert!(problem.error.contains(part), "{to}: {}", problem.error);
        }
    }
    assert_eq!(dial(&server, "+919876543211").await.status, 202);
    let rows = "SELECT number || ' ' || scope || ' ' || source FROM suppressions";
    // Once more changes nothing.
    judge(&server, &id, json!({"disposition": "do_not_call"})).await.ok::<Value>();
    assert_eq!(server.database.read_texts(rows).await, [format!("{NUMBER} all agent")]);
    let events = server.database.read_texts("SELECT event FROM events").await;
    dial(&server, NUMBER).await.problem(403, "call_not_permitted");
    assert_eq!(server.database.read_texts("SELECT event FROM events").await, events);
}

#[tokio::test]
async fn a_number_without_its_country_code_is_read_as_the_clients_own() {
    let server = Server::start().await;
    let country = json!({"defaultCountry": "IN"});
    server.request_as_operator(Method::PATCH, "", country).await.ok::<Value>();
    let id = finished_call(&server, "a", "098765 43210").await;
    judge(&server, &id, json!({"disposition": "do_not_call"})).await.ok::<Value>();
    for to in ["098765 43210", "9876543210", NUMBER] {
        dial(&server, to).await.problem(403, "call_not_permitted");
    }
}

#[tokio::test]
async fn another_outcome_soon_afterwards_undoes_it_and_leaves_a_trace() {
    let server = Server::start().await;
    let trace = "SELECT COALESCE(removed_reason, 'in force') FROM suppressions ORDER BY entry_id";
    for (other, what) in
        [(json!({"disposition": "resolved"}), "another"), (json!({"disposition": null}), "none")]
    {
        let id = finished_call(&server, what, NUMBER).await;
        judge(&server, &id, json!({"disposition": "do_not_call"})).await.ok::<Value>();
        dial(&server, NUMBER).await.problem(403, "call_not_permitted");
        judge(&server, &id, json!({"notes": "x"})).await.ok::<Value>();
        dial(&server, NUMBER).await.problem(403, "call_not_permitted");
        judge(&server, &id, other).await.ok::<Value>();
        assert_eq!(dial(&server, NUMBER).await.status, 202, "{what}");
    }
    let rows = server.database.read_texts(trace).await;
    assert_eq!(rows, ["The outcome of the call was changed."; 2]);
    let acts = server.database.read_texts("SELECT act FROM audit_log ORDER BY seq").await;
    let of = |act: &str| acts.iter().filter(|line| line.starts_with(act)).count();
    assert_eq!((of("suppression.added sup_"), of("suppression.removed sup_")), (2, 2));

    // Two calls made it: undoing one leaves the other.
    let (first, second) = (
        finished_call(&server, "call-1", NUMBER).await,
        finished_call(&server, "call-2", NUMBER).await,
    );
    for id in [&first, &second] {
        judge(&server, id, json!({"disposition": "do_not_call"})).await.ok::<Value>();
    }
    judge(&server, &first, json!({"disposition": "resolved"})).await.ok::<Value>();
    dial(&server, NUMBER).await.problem(403, "call_not_permitted");
    // An hour later only a person removes it.
    server.clock.advance(Duration::from_secs(3601));
    judge(&server, &second, json!({"disposition": "resolved"})).await.ok::<Value>();
    dial(&server, NUMBER).await.problem(403, "call_not_permitted");
}

#[tokio::test]
async fn a_clients_own_dispositions_do_what_its_list_says() {
    let server = Server::start().await;
    let own = json!({"dispositions": [
        {"code": "stop", "label": "Wants no calls", "does": ["suppress", "withdraw_consent"]},
        {"code": "stranger", "label": "Somebody else", "does": ["wrong_number"]},
        {"code": "do_not_call", "label": "Never again"},
        {"code": "fine", "label": "Fine"},
    ]});
    let seen: Value = server.request_as_operator(Method::PATCH, "", own.clone()).await.ok();
    assert_eq!(seen["dispositions"], own["dispositions"]);
    let init = server.post_json("/api/ribbon/init", json!({"agentId": "agent1"})).await;
    assert_eq!(init.ok::<Value>()["dispositions"][0].get("does"), None);
    let consent = json!({"phoneNumber": NUMBER, "kind": "explicit"});
    server.request_as_operator(Method::POST, "/consents", consent).await.read::<Value>();
    let withdrawn = "SELECT COALESCE(withdrawn_reason, 'valid') FROM consents";
    let id = finished_call(&server, "call-1", NUMBER).await;
    for (code, reason, consents) in [
        ("stop", Some("Wants no calls"), "The outcome of a call."),
        ("stranger", Some("Somebody else"), "valid"),
        ("do_not_call", Some("Never again"), "valid"),
        ("fine", None, "valid"),
    ] {
        judge(&server, &id, json!({"disposition": code})).await.ok::<Value>();
        match reason {
            Some(_) => {
                dial(&server, NUMBER).await.problem(403, "call_not_permitted");
            }
            None => assert_eq!(dial(&server, NUMBER).await.status, 202),
        }
        assert_eq!(server.database.read_texts(withdrawn).await, [consents], "{code}");
    }
}

#[tokio::test]
async fn every_spelling_of_do_not_call_forbids_calls_with_and_without_a_list() {
    let server = Server::start().await;
    let stored = "SELECT disposition FROM calls WHERE call_sid = 'a'";
    let in_force = "SELECT entry_id FROM suppressions WHERE removed_at IS NULL";
    let spellings = ["do_not_call", "DO_NOT_CALL", "Do not call", "do-not-call", "dnc", "DNC"];
    let id = finished_call(&server, "a", NUMBER).await;
    let own = |code: &str| json!({"dispositions": [{"code": code, "label": "Stop"}]});
    // Without a list the spelling is kept; otherwise the list's own, if it has one.
    for (list, kept) in [
        (json!({"dispositions": null}), None),
        (own("sold"), Some("do_not_call")),
        (own("do_not_call"), Some("do_not_call")),
        (own("Do-Not-Call"), Some("Do-Not-Call")),
    ] {
        server.request_as_operator(Method::PATCH, "", list).await.ok::<Value>();
        let mut first = None;
        for code in spellings {
            judge(&server, &id, json!({"disposition": code})).await.ok::<Value>();
            dial(&server, NUMBER).await.problem(403, "call_not_permitted");
            assert_eq!(server.database.read_texts(stored).await, [kept.unwrap_or(code)]);
            // Another spelling is the same outcome: it makes no second entry.
            let entries = server.database.read_texts(in_force).await;
            assert_eq!(*first.get_or_insert_with(|| entries.clone()), entries, "{code}");
        }
        judge(&server, &id, json!({"disposition": null})).await.ok::<Value>();
        assert_eq!(dial(&server, NUMBER).await.status, 202);
    }
    let refused = judge(&server, &id, json!({"disposition": "resolved"})).await;
    assert_eq!(refused.wrong_field(), "disposition");
}

#[tokio::test]
async fn a_wrong_number_is_wrong_for_the_account_of_the_call() {
    let server = Server::start().await;
    let own = json!({"dispositions": [
        {"code": "stranger", "label": "Somebody else", "does": ["wrong_number"]},
        {"code": "never", "label": "Never again", "does": ["wrong_number", "suppress"]},
    ]});
    server.request_as_operator(Method::PATCH, "", own).await.ok::<Value>();
    let about = |account: &str| json!({"context": {"accountId": account}});
    let data = json!({"phoneNumber": NUMBER, "agentId": "agent1", "customerData": about("L-1")});
    server.log_ended_call("a", "2025-10-12T10:30:00Z", 40, data).await;
    let logs: CallLogs = server.get("/api/ribbon/call-logs?pageSize=500").await.ok();
    let id = logs.logs[0].session_id.clone();
    let scopes = "SELECT scope || ' ' || scope_value FROM suppressions WHERE removed_at IS NULL";
    let dial_about = async |account: &str| {
        let body = json!({"to": NUMBER, "customerData": about(account)});
        let answer = server.post_json("/api/ribbon/calls", body).await;
        if answer.status == 202 {
            let session_id = answer.read::<Value>()["sessionId"].as_str().unwrap().to_owned();
            server.control_call(&session_id, "hangup", json!({})).await.ok::<Value>();
        }
        answer.status
    };
    for (code, scope, other) in [("stranger", "account L-1", 202), ("never", "all ", 403)] {
        judge(&server, &id, json!({"disposition": code})).await.ok::<Value>();
        assert_eq!(server.database.read_texts(scopes).await, [scope], "{code}");
        assert_eq!((dial_about("L-1").await, dial_about("L-2").await), (403, other), "{code}");
    }
}
