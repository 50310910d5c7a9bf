//! Tests `log-call`: each event once, in any order, exactly as sent.

use crate::support::{Answer, KEY, OTHER_KEY, Server};
use call_ribbon_server::time::Clock as _;
use call_ribbon_shared::call::Status;
use call_ribbon_shared::wire::{CallLogs, ConfigAnswer, Logged};
use reqwest::Method;
use serde_json::{Value, json};

const T0: &str = "2025-10-12T10:30:00Z";

#[tokio::test]
async fn the_same_event_again_changes_nothing() {
    let server = Server::start().await;
    let first: Logged = server.log_event("initiated", "c1", T0, json!({})).await.ok();
    assert!(first.success);
    // The same time, written differently; and other data, which is not compared.
    let again: Logged = server
        .log_event("initiated", "c1", "2025-10-12T16:00:00+05:30", json!({"x": 1}))
        .await
        .ok();
    assert_eq!(first.log_id, again.log_id);
    let other: Logged = server.log_event("connected", "c1", T0, json!({})).await.ok();
    assert_ne!(first.log_id, other.log_id);
    let logs: CallLogs = server.get("/api/ribbon/call-logs?event=all").await.ok();
    assert_eq!(logs.pagination.total, 2);
    let config: ConfigAnswer = server.get("/api/ribbon/config").await.ok();
    assert_eq!(config.usage.calls_this_month, 0, "the call began in another month");
}

#[tokio::test]
async fn an_event_id_stands_for_one_event() {
    let server = Server::start().await;
    server.add_other_client().await;
    let body = |data: &str, key: &str| {
        format!(r#"{{"apiKey":"{key}","event":"connected","eventId":"e1","data":{data}}}"#)
    };
    let log = async |data: &str| server.post_text("/api/ribbon/log-call", &body(data, KEY)).await;
    let first: Logged = log(r#"{"callSid":"c1","n":[1.10,null]}"#).await.ok();
    // Without a timestamp the server's time counts, which differs each time. Spaces and order do
    // not matter.
    let again: Logged = log(r#"{ "n": [ 1.10, null ], "callSid": "c1" }"#).await.ok();
    assert_eq!(first.log_id, again.log_id);
    log(r#"{"callSid":"c1","n":[1.1,null]}"#).await.problem(409, "conflict");
    log(r#"{"callSid":"c2","n":[1.10,null]}"#).await.problem(409, "conflict");
    // The same id in the header.
    let by_header = server
        .request(Method::POST, "/api/ribbon/log-call")
        .header("idempotency-key", "e1")
        .json(&json!({"apiKey": KEY, "event": "ringing", "data": {"callSid": "c1"}}));
    Answer::from_request(by_header).await.problem(409, "conflict");
    // Another client's ids are separate.
    let theirs = body(r#"{"callSid":"c9"}"#, OTHER_KEY);
    let other = server.post_text("/api/ribbon/log-call", &theirs).await;
    assert_ne!(other.ok::<Logged>().log_id, first.log_id);
}

#[tokio::test]
async fn the_same_event_two_hundred_times_at_once_is_one() {
    let server = Server::start().await;
    let send = || async {
        let body = json!({"event": "connected", "eventId": "e1", "data": {"callSid": "c1"}});
        server.post_json("/api/ribbon/log-call", body).await.ok::<Logged>().log_id
    };
    let ids = futures_util::future::join_all((0..200).map(|_| send())).await;
    assert!(ids.iter().all(|id| *id == ids[0]));
    let logs: CallLogs = server.get("/api/ribbon/call-logs?event=all").await.ok();
    assert_eq!(logs.pagination.total, 1);
}

#[tokio::test]
async fn order_does_not_matter() {
    let events = [
        ("initiated", "2025-10-12T10:30:00Z", json!({"agentId": "agent1"})),
        ("ringing", "2025-10-12T10:30:02Z", json!({})),
        (
            "connected",
            "2025-10-12T10:30:05Z",
            json!({"customerData": {"customerId": "C1", "name": "Asha"}}),
        ),
        ("mutetoggle", "2025-10-12T10:30:20Z", json!({"muted": true})),
        ("callEnded", "2025-10-12T10:31:05Z", json!({"reason": "hangup"})),
    ];
    let mut seen = Vec::new();
    for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 4, 0, 3, 1]] {
        let server = Server::start().await;
        for index in order {
            let (event, at, more) = &events[index];
            server.log_event(event, "c1", at, more.clone()).await.ok::<Logged>();
        }
        let mut logs: CallLogs = server.get("/api/ribbon/call-logs").await.ok();
        let mut row = logs.logs.remove(0);
        assert_eq!((row.call_status, row.duration), (Status::Completed, Some(60)));
        assert_eq!(row.event, "callEnded");
        row.log_id.clear();
        row.session_id.clear();
        seen.push(serde_json::to_string(&row).unwrap());
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}

#[tokio::test]
async fn durations_are_those_of_the_end_else_measured() {
    let server = Server::start().await;
    let row = async |sid: &str| {
        let logs: CallLogs = server.get("/api/ribbon/call-logs").await.ok();
        logs.logs.into_iter().find(|row| row.data.get().contains(sid)).unwrap()
    };
    server.log_event("callEnded", "told", T0, json!({"duration": "125"})).await;
    assert_eq!(row("told").await.duration, Some(125));
    server.log_event("callEnded", "never", T0, json!({})).await;
    let never = row("never").await;
    assert_eq!((never.duration, never.call_status), (Some(0), Status::NoAnswer));
    server.log_event("failed", "broke", T0, json!({"reason": "no route"})).await;
    assert_eq!(row("broke").await.call_status, Status::Failed);
    // A late event never reopens an ended call.
    server.log_event("connected", "broke", "2025-10-12T11:00:00Z", json!({})).await;
    assert_eq!(row("broke").await.call_status, Status::Failed);
}

#[tokio::test]
async fn what_was_sent_comes_back_exactly() {
    let server = Server::start().await;
    let context = r#"{"due":1.10,"big":123456789012345678901234567890,"huge":1e400,"none":null,"z":1,"a":[{"b":[]}],"text":"\u00e9 é \"q\" \/"}"#;
    let customer = format!(
        r#"{{"customerId":"C/1 é","name":"Asha","context":{context},"metadata":{context}}}"#
    );
    let data = format!(
        r#"{{"callSid":"c1", "phoneNumber":"+911","callDirection":"inbound","duration":5,"customerData":{customer},"extra":-0.0}}"#
    );
    let body = format!(r#"{{"apiKey":"{KEY}","event":"connected","data":{data}}}"#);
    server.post_text("/api/ribbon/log-call", &body).await.ok::<Logged>();
    let logs: CallLogs = server.get("/api/ribbon/call-logs").await.ok();
    let row = &logs.logs[0];
    assert_eq!(row.data.get(), data);
    assert_eq!(row.customer_context.as_ref().unwrap().get(), context);
    assert_eq!(row.metadata.as_ref().unwrap().get(), context);
    assert_eq!(row.customer_id_external.as_deref(), Some("C/1 é"));
    let call = server.show_call(&row.session_id).await;
    assert_eq!(call.customer_data.get(), customer);
    assert_eq!(call.timeline.unwrap()[0].data.get(), data);
}

#[tokio::test]
async fn logging_is_never_refused_for_quota() {
    let server = Server::start().await;
    server.run_sql("UPDATE clients SET call_limit = 1").await;
    server.start_call("+919876543210").await;
    let refused = server.post_json("/api/ribbon/calls", json!({"to": "+911234567890"})).await;
    refused.problem(429, "monthly_limit_exceeded");
    let now = server.log_event("connected", "c1", &server.time_now(), json!({})).await;
    assert_eq!(now.status, 200);
    let config: ConfigAnswer = server.get("/api/ribbon/config").await.ok();
    assert_eq!((config.usage.calls_this_month, config.usage.remaining), (2, 0));
}

#[tokio::test]
async fn a_call_counts_once_in_the_month_of_its_start() {
    let server = Server::start().await;
    let used = async || {
        let config: ConfigAnswer = server.get("/api/ribbon/config").await.ok();
        config.usage.calls_this_month
    };
    let now = server.time_now();
    server.log_event("connected", "c1", &now, json!({})).await.ok::<Logged>();
    server.log_event("callEnded", "c1", &now, json!({})).await.ok::<Logged>();
    assert_eq!(used().await, 1);
    // Its start becomes known late: it was in another month.
    server.log_event("initiated", "c1", T0, json!({})).await.ok::<Logged>();
    assert_eq!(used().await, 0);
}

#[tokio::test]
async fn a_customer_written_over_several_lines_comes_back_and_is_told() {
    let server = Server::start().await;
    let customer = "{\r\n\t\"name\": \"Asha\",\n\r\"context\": {}}";
    let body = format!(
        "{{\"apiKey\":\"{KEY}\",\"event\":\"incoming\",\"data\":{{\"callSid\":\"c1\",\"customerData\":{customer}}}}}"
    );
    server.post_text("/api/ribbon/log-call", &body).await.ok::<Logged>();
    let event = server.events_after(0).await.next_event().await.unwrap();
    assert!(event.customer_data.get().contains("\"Asha\""));
    assert_eq!(server.show_call(&event.session_id).await.customer_data.get(), customer);
}

#[tokio::test]
async fn an_event_of_any_name_belongs_to_the_history() {
    let server = Server::start().await;
    server.log_event("quality.report_1-x", "c1", T0, json!({"mos": 4.2})).await.ok::<Logged>();
    let logs: CallLogs = server.get("/api/ribbon/call-logs?event=quality.report_1-x").await.ok();
    assert_eq!(logs.logs[0].call_status, Status::Active);
    assert_eq!(logs.logs[0].domain, None);
}

/// The placeholders of programs for a missing time must not become a time.
#[tokio::test]
async fn a_time_at_which_nothing_can_have_happened_is_refused() {
    let server = Server::start().await;
    let soon = server.clock.now() + 23 * 3_600_000;
    let soon = chrono::DateTime::from_timestamp_millis(soon).unwrap().to_rfc3339();
    let late = server.clock.now() + 25 * 3_600_000;
    let late = chrono::DateTime::from_timestamp_millis(late).unwrap().to_rfc3339();
    for (at, taken) in [
        ("0001-01-01T00:00:00Z", false),
        ("0000-01-01T00:00:00Z", false),
        ("1601-01-01T00:00:00Z", false),
        ("1900-01-01T00:00:00+05:30", false),
        ("1904-01-01T00:00:00Z", false),
        ("1970-01-01T00:00:00Z", false),
        ("1999-12-31T23:59:59Z", false),
        ("2000-01-01T00:00:00Z", true),
        (&soon, true),
        (&late, false),
        ("9999-12-31T23:59:59Z", false),
    ] {
        let one = server.log_event("connected", at, at, json!({})).await;
        let event = json!({"event": "connected", "timestamp": at, "data": {"callSid": at}});
        let many = server.post_json("/api/ribbon/log-calls", json!({"events": [event]})).await;
        let result = many.ok::<Value>()["results"][0].clone();
        assert_eq!(result["success"], taken, "{at}");
        if taken {
            assert_eq!(one.status, 200, "{at}: {}", one.text);
        } else {
            let problem = one.problem(400, "invalid_request");
            assert_eq!(problem.field.as_deref(), Some("timestamp"));
            assert!(problem.error.contains("leave it out"), "{}", problem.error);
            assert_eq!(result["field"], "timestamp");
        }
    }
    let now = json!({"event": "connected", "data": {"callSid": "no-time"}});
    assert_eq!(server.post_json("/api/ribbon/log-call", now).await.status, 200);
}
