//! Tests the list of calls and the list of follow-ups.

use crate::support::{Answer, KEY, OTHER_KEY, Server};
use call_ribbon_server::time::Clock as _;
use call_ribbon_shared::wire::{CallHistory, CallLogs, CallObject, FollowUps, Logged};
use reqwest::Method;
use serde_json::{Value, json};

const HISTORY: &str = "/api/ribbon/calls";
const FOLLOW_UPS: &str = "/api/ribbon/follow-ups";

fn of(agent: Option<&str>, customer: Option<&str>) -> Value {
    let mut data = json!({});
    if let Some(customer) = customer {
        data = json!({"customerId": customer, "name": format!("Name {customer}")});
    }
    if let Some(agent) = agent {
        data["agentId"] = json!(agent);
        data["agentName"] = json!(format!("Agent {agent}"));
    }
    json!({"customerData": data})
}

async fn session(server: &Server, call_sid: &str) -> String {
    let logs: CallLogs = server.get("/api/ribbon/call-logs?pageSize=500").await.ok();
    let name = format!("\"callSid\":\"{call_sid}\"");
    logs.logs.into_iter().find(|row| row.data.get().contains(&name)).unwrap().session_id
}

async fn patch(server: &Server, call_sid: &str, body: Value) {
    let path = format!("{HISTORY}/{}", session(server, call_sid).await);
    let request = server.request(Method::PATCH, &path).header("X-API-Key", KEY).json(&body);
    Answer::from_request(request.header("Idempotency-Key", "once")).await.ok::<CallObject>();
}

async fn missed(server: &Server, call_sid: &str, at: &str, more: Value) {
    let mut data = more;
    data["callDirection"] = json!("inbound");
    server.log_event("incoming", call_sid, at, data).await.ok::<Logged>();
    let end = at.replace('Z', ".5Z");
    server.log_event("missed", call_sid, &end, json!({})).await.ok::<Logged>();
}

async fn listed(server: &Server, query: &str) -> Vec<String> {
    let history: CallHistory = server.get(&format!("{HISTORY}?{query}")).await.ok();
    history.calls.into_iter().map(|call| call.call_sid).collect()
}

async fn due(server: &Server, query: &str) -> Vec<String> {
    let due: FollowUps = server.get(&format!("{FOLLOW_UPS}?{query}")).await.ok();
    due.follow_ups.into_iter().map(|call| call.call_sid).collect()
}

#[tokio::test]
async fn an_agent_sees_its_calls_and_those_that_everybody_missed() {
    let server = Server::start().await;
    server.add_other_client().await;
    server.log_ended_call("a1", "2025-10-12T10:30:00Z", 40, of(Some("a"), Some("C/1"))).await;
    server.log_ended_call("b1", "2025-10-12T10:31:00Z", 40, of(Some("b"), Some("C/1"))).await;
    missed(&server, "all", "2025-10-12T10:32:00Z", of(None, Some("C/1"))).await;
    missed(&server, "hers", "2025-10-12T10:33:00Z", of(Some("a"), None)).await;
    server.log_ended_call("nobodys", "2025-10-12T10:34:00Z", 5, of(None, None)).await;
    server
        .log_event("initiated", "now", "2025-10-12T10:35:00Z", of(Some("a"), None))
        .await
        .ok::<Logged>();
    let body = json!({"notes": "n", "disposition": "paid",
        "followUp": {"at": "2025-11-01T10:30:00Z", "note": "again"}});
    patch(&server, "a1", body).await;

    assert_eq!(listed(&server, "agentId=a").await, ["now", "hers", "all", "a1"]);
    assert_eq!(listed(&server, "agentId=b").await, ["all", "b1"]);
    assert_eq!(listed(&server, "agentId=a&status=missed").await, ["hers", "all"]);
    assert_eq!(listed(&server, "agentId=a&status=active").await, ["now"]);
    assert_eq!(listed(&server, "agentId=a&status=busy").await, [""; 0]);
    assert_eq!(listed(&server, "customerId=C%2F1").await, ["all", "b1", "a1"]);
    assert_eq!(listed(&server, "customerId=C%2F1&agentId=a").await, ["all", "a1"]);
    assert_eq!(listed(&server, "customerId=C%2F1&status=completed").await, ["b1", "a1"]);
    assert_eq!(listed(&server, "agentId=nobody&customerId=none").await, [""; 0]);

    // The same call object as everywhere, with its notes.
    let history: Value = server.get(&format!("{HISTORY}?agentId=a")).await.ok();
    let call = &history["calls"][3];
    assert_eq!(
        (&call["notes"], &call["disposition"], &call["followUp"]),
        (
            &json!("n"),
            &json!("paid"),
            &json!({"at": "2025-11-01T10:30:00Z", "note": "again", "agentId": "a"})
        )
    );
    assert_eq!(
        (&call["agentId"], &call["agentName"], &call["duration"], &call["status"]),
        (&json!("a"), &json!("Agent a"), &json!(40), &json!("completed"))
    );
    assert_eq!(call["customerData"]["name"], "Name C/1");
    assert!(history["calls"][0].get("notes").is_none() && history.get("nextCursor").is_none());
    let others = server.request(Method::GET, &format!("{HISTORY}?agentId=a"));
    let others: Value = Answer::from_request(others.header("X-API-Key", OTHER_KEY)).await.ok();
    assert_eq!(others["calls"], json!([]));
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repeat() {
    let server = Server::start().await;
    for n in 0..7 {
        // Several in one millisecond, of both kinds.
        let at = format!("2025-10-12T10:3{}:00Z", n / 3);
        server.log_ended_call(&format!("own{n}"), &at, 1, of(Some("a"), Some("C"))).await;
        missed(&server, &format!("all{n}"), &at, of(None, Some("C"))).await;
    }
    for query in ["agentId=a", "customerId=C", "customerId=C&agentId=a"] {
        let whole = listed(&server, &format!("{query}&limit=500")).await;
        assert_eq!(whole.len(), 14, "{query}");
        let (mut found, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let path = format!("{HISTORY}?{query}&limit=4&cursor={cursor}");
            let page: CallHistory = server.get(&path).await.ok();
            found.extend(page.calls.into_iter().map(|call| call.call_sid));
            pages += 1;
            let Some(next) = page.next_cursor else { break };
            cursor = next;
            // New calls do not shift the pages.
            server
                .log_ended_call(
                    &format!("new{pages}"),
                    "2025-10-13T00:00:00Z",
                    1,
                    of(Some("z"), None),
                )
                .await;
        }
        assert_eq!((found, pages), (whole, 4), "{query}");
    }
    assert_eq!(listed(&server, "agentId=a&limit=14").await.len(), 14);
    let full: Value = server.get(&format!("{HISTORY}?agentId=a&limit=14")).await.ok();
    assert!(full.get("nextCursor").is_none(), "nothing follows");
}

#[tokio::test]
async fn follow_ups_are_open_until_somebody_has_spoken_again() {
    let server = Server::start().await;
    let in_days = |days: i64| {
        let at = server.clock.now() + days * 86_400_000;
        chrono::DateTime::from_timestamp_millis(at).unwrap().to_rfc3339()
    };
    let again = |days: i64| json!({"followUp": {"at": in_days(days), "note": "again"}});
    for (sid, agent, customer, days) in [
        ("late", "a", Some("C1"), -3),
        ("soon", "b", Some("C2"), 1),
        ("then", "a", Some("C3"), 9),
        ("bare", "a", None, 2),
        ("forgotten", "a", Some("C4"), -91),
    ] {
        server.log_ended_call(sid, "2025-10-12T10:30:00Z", 40, of(Some(agent), customer)).await;
        patch(&server, sid, again(days)).await;
        // The same again, and later notes, change nothing.
        patch(&server, sid, again(days)).await;
        patch(&server, sid, json!({"notes": "later"})).await;
    }
    server.log_ended_call("none", "2025-10-12T10:30:00Z", 40, of(Some("a"), Some("C9"))).await;
    assert_eq!(due(&server, "").await, ["late", "soon", "bare", "then"]);
    assert_eq!(due(&server, "agentId=a").await, ["late", "bare", "then"]);
    assert_eq!(due(&server, "agentId=a&limit=2").await, ["late", "bare"]);
    let before = in_days(3).replace('+', "%2B");
    assert_eq!(due(&server, &format!("agentId=a&before={before}")).await, ["late", "bare"]);
    let plain = in_days(3);
    assert_eq!(due(&server, &format!("before={plain}")).await, ["late", "soon", "bare"]);
    let whole: Value = server.get(FOLLOW_UPS).await.ok();
    assert_eq!(whole["followUps"][0]["followUp"]["note"], "again");
    assert_eq!(whole["followUps"][0]["customerData"]["name"], "Name C1");

    // An earlier call and an unanswered one do not count.
    server.log_ended_call("earlier", "2025-10-11T10:30:00Z", 40, of(Some("b"), Some("C1"))).await;
    server.log_ended_call("tried", "2025-10-13T10:30:00Z", 0, of(Some("b"), Some("C1"))).await;
    missed(&server, "rang", "2025-10-13T10:31:00Z", of(None, Some("C1"))).await;
    assert_eq!(due(&server, "agentId=a").await, ["late", "bare", "then"]);
    // A call in progress does, and one in which both sides talked, by any agent.
    server
        .log_event("initiated", "on", "2025-10-14T10:30:00Z", of(Some("c"), Some("C1")))
        .await
        .ok::<Logged>();
    assert_eq!(due(&server, "agentId=a").await, ["bare", "then"]);
    server.log_event("failed", "on", "2025-10-14T10:31:00Z", json!({})).await.ok::<Logged>();
    assert_eq!(due(&server, "agentId=a").await, ["late", "bare", "then"]);
    for (event, at) in
        [("connected", "2025-10-15T10:30:00Z"), ("callEnded", "2025-10-15T10:31:00Z")]
    {
        server.log_event(event, "spoke", at, of(Some("c"), Some("C1"))).await.ok::<Logged>();
    }
    assert_eq!(due(&server, "agentId=a").await, ["bare", "then"]);
    // Without a customer, the number decides.
    let number = json!({"phoneNumber": "+919876543210"});
    server.log_event("connected", "number", "2025-10-15T10:30:00Z", number).await.ok::<Logged>();
    assert_eq!(due(&server, "agentId=a").await, ["then"]);
    patch(&server, "then", json!({"followUp": null})).await;
    assert_eq!(due(&server, "").await, ["soon"]);
}

#[tokio::test]
async fn wrong_questions_and_strangers_are_refused() {
    let server = Server::start().await;
    for (field, query) in [
        ("customerId", "customerId=%00"),
        ("status", "agentId=a&status=lost"),
        ("limit", "agentId=a&limit=0"),
        ("cursor", "agentId=a&cursor=nonsense"),
        // A position in the list of events is not one in the list of calls.
        ("cursor", "agentId=a&cursor=ZTE6MQ"),
    ] {
        let answer = server.get(&format!("{HISTORY}?{query}")).await;
        assert_eq!(answer.wrong_field(), field, "{query}");
    }
    assert_eq!(server.get(&format!("{FOLLOW_UPS}?before=soon")).await.wrong_field(), "before");
    // An empty value counts as missing.
    assert_eq!(server.get(&format!("{FOLLOW_UPS}?before=")).await.status, 200);
    for path in [format!("{HISTORY}?agentId=a"), FOLLOW_UPS.to_owned()] {
        let request = server.request(Method::GET, &path);
        Answer::from_request(request).await.problem(401, "missing_api_key");
        let request = server.request(Method::GET, &path).header("X-API-Key", "nope");
        Answer::from_request(request).await.problem(401, "invalid_api_key");
    }
}

/// A list without an index of its own would scan all calls of the client.
#[tokio::test]
async fn lists_are_read_from_their_own_indexes() {
    let server = Server::start().await;
    let plan = async |sql: &'static str| server.database.query_plan(sql).await;
    for (index, sql) in [
        (
            "calls_by_agent",
            "SELECT session_id FROM calls WHERE client_id = 'c' AND agent_id = 'a'
             AND started_at <= 5 ORDER BY started_at DESC, call_sid DESC LIMIT 20",
        ),
        (
            "calls_missed_by_all",
            "SELECT session_id FROM calls WHERE client_id = 'c' AND agent_id IS NULL
             AND status = 'missed' AND started_at <= 5
             ORDER BY started_at DESC, call_sid DESC LIMIT 20",
        ),
        (
            "call_notes_of_agent",
            "SELECT call_sid FROM call_notes WHERE client_id = 'c' AND agent_id = 'a'
             AND follow_up_at IS NOT NULL AND follow_up_at >= 5 AND follow_up_at < 9
             ORDER BY follow_up_at, call_sid LIMIT 20",
        ),
    ] {
        let plan = plan(sql).await;
        assert!(plan.contains(index), "{plan}");
        assert!(!plan.to_lowercase().contains("sort") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}
