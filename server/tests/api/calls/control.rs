//! Tests call control, through the simulator.

use crate::support::{Answer, KEY, QUICK, SLOW, Server, TALKS};
use call_ribbon_server::config::SimulatorSettings;
use call_ribbon_shared::call::Status;
use call_ribbon_shared::wire::{CallObject, CallStarted, ConfigAnswer};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_call_with_all_controls() {
    let server = Server::start_with_simulator(TALKS).await;
    let mut stream = server.events_after(0).await;
    let body = json!({"to": "+91 98765-43210", "agentId": "agent1",
        "customerData": {"customerId": "C1", "name": "Asha", "context": {"due": 5}}});
    let answer = server.post_json("/api/ribbon/calls", body).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let started: CallStarted = answer.read();
    assert_eq!(started.status, Status::Active);
    let events = stream.events_until("connected").await;
    let names: Vec<&str> = events.iter().map(|event| event.event.as_str()).collect();
    assert_eq!(names, ["initiated", "ringing", "connected"]);
    let connected = &events[2];
    assert_eq!(connected.call_sid, started.call_sid);
    assert_eq!(connected.phone_number.as_deref(), Some("+919876543210"));
    assert_eq!(connected.agent_name.as_deref(), Some("Agent One"));
    assert_eq!((connected.status, connected.source.as_str()), (Status::Active, "provider"));
    assert_eq!(connected.features, ["call", "answer", "hangup", "mute", "hold", "dtmf"]);
    assert_eq!(
        connected.customer_data.get(),
        r#"{"context":{"due":5},"customerId":"C1","name":"Asha"}"#
    );

    let id = &started.session_id;
    let call: CallObject = server.control_call(id, "mute", json!({"muted": true})).await.ok();
    assert_eq!((call.muted, call.on_hold), (Some(true), Some(false)));
    let call: CallObject = server.control_call(id, "mute", json!({"muted": false})).await.ok();
    assert_eq!(call.muted, Some(false));
    let call: CallObject = server.control_call(id, "hold", json!({"onHold": true})).await.ok();
    assert_eq!(call.on_hold, Some(true));
    for digit in ["5", "5", "#"] {
        server.control_call(id, "dtmf", json!({"digit": digit})).await.ok::<CallObject>();
    }
    server.control_call(id, "answer", json!({})).await.problem(409, "conflict");
    let call: CallObject = server.control_call(id, "hangup", json!({})).await.ok();
    assert_eq!((call.status, call.reason.as_deref()), (Status::Completed, Some("hangup")));
    for (control, body) in
        [("hangup", json!({})), ("mute", json!({"muted": true})), ("dtmf", json!({"digit": "1"}))]
    {
        server.control_call(id, control, body).await.problem(409, "conflict");
    }
    let events = stream.events_until("callEnded").await;
    let told: Vec<String> = events
        .iter()
        .map(|e| format!("{} {:?} {:?} {:?}", e.event, e.muted, e.on_hold, e.digit))
        .collect();
    assert_eq!(
        told,
        [
            "mutetoggle Some(true) None None",
            "mutetoggle Some(false) None None",
            "holdtoggle None Some(true) None",
            "dtmf None None Some(\"5\")",
            "dtmf None None Some(\"5\")",
            "dtmf None None Some(\"#\")",
            "callEnded None None None",
        ]
    );
    assert_eq!(events[6].duration, call.duration);
    let timeline = server.show_call(id).await.timeline.unwrap();
    assert_eq!(timeline.len(), 10);
    // The next call may start.
    server.start_call("+919876543210").await;
}

#[tokio::test]
async fn two_of_the_same_in_one_millisecond_are_two() {
    let server = Server::start_with_simulator(TALKS).await;
    let mut stream = server.events_after(0).await;
    let id = server.start_call("+919876543210").await.session_id;
    stream.events_until("connected").await;
    server.clock.stop();
    for digit in ["5", "5"] {
        server.control_call(&id, "dtmf", json!({"digit": digit})).await.ok::<CallObject>();
    }
    for muted in [true, false, true, false] {
        let call: CallObject = server.control_call(&id, "mute", json!({"muted": muted})).await.ok();
        assert_eq!(call.muted, Some(muted));
    }
    server.control_call(&id, "hangup", json!({})).await.ok::<CallObject>();
    let names = stream.names_until("callEnded").await;
    assert_eq!(names[..2], ["dtmf", "dtmf"]);
    assert_eq!(names.len(), 7);
}

#[tokio::test]
async fn the_other_side_hears_of_the_answer() {
    // If it sleeps until the ring time-out, its side of the call must wake to hang up.
    let server = Server::start_with_simulator(SimulatorSettings { talk_for: 1, ..SLOW }).await;
    let mut stream = server.events_after(0).await;
    let ring = server.post_json("/api/ribbon/simulator/incoming", json!({"from": "12345"})).await;
    stream.events_until("incoming").await;
    let id = ring.read::<CallStarted>().session_id;
    server.control_call(&id, "answer", json!({})).await.ok::<CallObject>();
    let ended = stream.events_until("callEnded").await.pop().unwrap();
    assert_eq!(ended.reason.as_deref(), Some("the other side hung up"));
}

#[tokio::test]
async fn each_number_plays_its_part() {
    for (number, names, status) in [
        (
            "+910000000000",
            vec!["initiated", "ringing", "connected", "callEnded"],
            Status::Completed,
        ),
        ("+910000000001", vec!["initiated", "failed"], Status::Busy),
        ("+910000000002", vec!["initiated", "ringing", "callEnded"], Status::NoAnswer),
        ("+910000000003", vec!["initiated", "failed"], Status::Failed),
        ("+910000000004", vec!["initiated", "ringing", "connected", "failed"], Status::Failed),
    ] {
        let server = Server::start_with_simulator(QUICK).await;
        let mut stream = server.events_after(0).await;
        let id = server.start_call(number).await.session_id;
        let seen = stream.names_until(names.last().unwrap()).await;
        assert_eq!(seen, names, "{number}");
        let call = server.show_call(&id).await;
        assert_eq!(call.status, status, "{number}");
        assert!(call.reason.is_some() && call.end_time.is_some());
    }
}

#[tokio::test]
async fn a_call_that_is_hung_up_before_the_answer_is_cancelled() {
    let server = Server::start().await;
    let id = server.start_call("+919876543210").await.session_id;
    server.control_call(&id, "mute", json!({"muted": true})).await.problem(409, "conflict");
    let call: CallObject = server.control_call(&id, "hangup", json!({})).await.ok();
    assert_eq!((call.status, call.reason.as_deref()), (Status::NoAnswer, Some("cancelled")));
    let id = server.start_call("+919876543210").await.session_id;
    let call: CallObject =
        server.control_call(&id, "hangup", json!({"reason": "wrong number"})).await.ok();
    assert_eq!(call.reason.as_deref(), Some("wrong number"));
}

#[tokio::test]
async fn an_incoming_call_is_answered_declined_or_missed() {
    let server = Server::start_with_simulator(TALKS).await;
    let customer = json!({"customerData": {"customerId": "C1", "name": "Asha", "phoneNumber": "+91 98765 43210"}});
    server.log_event("callEnded", "earlier", "2025-10-12T10:30:00Z", customer).await;
    let mut stream = server.events_after(1).await;
    let ring = async || -> CallStarted {
        let body = json!({"from": "+919876543210"});
        let answer = server.post_json("/api/ribbon/simulator/incoming", body).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        answer.read()
    };
    let first = ring().await;
    let incoming = stream.next_event().await.unwrap();
    assert_eq!(incoming.event, "incoming");
    assert!(incoming.customer_data.get().contains("\"name\":\"Asha\""));
    let by_agent = json!({"agentId": "agent2"});
    let call: CallObject = server.control_call(&first.session_id, "answer", by_agent).await.ok();
    assert_eq!(call.agent_name.as_deref(), Some("Agent Two"));
    assert_eq!(stream.next_event().await.unwrap().event, "connected");
    server.control_call(&first.session_id, "answer", json!({})).await.problem(409, "conflict");
    let call: CallObject = server.control_call(&first.session_id, "hangup", json!({})).await.ok();
    assert_eq!(call.status, Status::Completed);

    let second = ring().await;
    let call: CallObject = server.control_call(&second.session_id, "hangup", json!({})).await.ok();
    assert_eq!((call.status, call.reason.as_deref()), (Status::Missed, Some("declined")));

    let server = Server::start_with_simulator(QUICK).await;
    let mut stream = server.events_after(0).await;
    let body = json!({"from": "12345"});
    server.post_json("/api/ribbon/simulator/incoming", body).await;
    let missed = stream.events_until("missed").await.pop().unwrap();
    assert_eq!((missed.status, missed.duration), (Status::Missed, Some(0)));
    assert_eq!(missed.customer_data.get(), r#"{"phoneNumber":"12345"}"#);
}

#[tokio::test]
async fn the_same_key_starts_one_call() {
    let server = Server::start().await;
    let start = |to: &'static str| {
        Answer::from_request(
            server
                .request(Method::POST, "/api/ribbon/calls")
                .header("Idempotency-Key", "key-1")
                .json(&json!({"apiKey": KEY, "to": to, "agentId": "agent1"})),
        )
    };
    let answers = futures_util::future::join_all((0..50).map(|_| start("+91 98765 43210"))).await;
    assert!(answers.iter().all(|answer| answer.status == 202 && answer.text == answers[0].text));
    start("+911111111111").await.problem(409, "conflict");
    // The ribbon may log the start that it requested: that is the same event.
    let started: CallStarted = answers[0].read();
    let logged = server
        .post_json(
            "/api/ribbon/log-call",
            json!({"event": "initiated", "eventId": "key-1", "data": {"callSid": started.call_sid}}),
        )
        .await;
    assert_eq!(logged.status, 200, "{}", logged.text);
    let config: ConfigAnswer = server.get("/api/ribbon/config").await.ok();
    assert_eq!(config.usage.calls_this_month, 1);
    let mut stream = server.events_after(0).await;
    assert_eq!(stream.next_event().await.unwrap().event_id.as_deref(), Some("key-1"));
}

#[tokio::test]
async fn numbers_and_agents_are_looked_at_before_a_call() {
    let server = Server::start().await;
    for to in ["", "abc", "12", "+1234567890123456"] {
        let problem = server
            .post_json("/api/ribbon/calls", json!({"to": to}))
            .await
            .problem(422, "invalid_phone_number");
        assert_eq!(problem.field.as_deref(), Some("to"));
    }
    server.start_call("+919876543210").await;
    let second = json!({"to": "+919876543211", "agentId": "agent1"});
    server.post_json("/api/ribbon/calls", second).await.problem(409, "conflict");
    let other = json!({"to": "+919876543211", "agentId": "agent2"});
    assert_eq!(server.post_json("/api/ribbon/calls", other).await.status, 202);
    server.run_sql("UPDATE clients SET features = '[\"call\"]'").await;
    let id = server.post_json("/api/ribbon/calls", json!({"to": "112"})).await;
    let id = id.read::<CallStarted>().session_id;
    let mute = server.control_call(&id, "mute", json!({"muted": true})).await;
    mute.problem(403, "feature_not_in_plan");
    server.run_sql("UPDATE clients SET features = '[]'").await;
    let start = server.post_json("/api/ribbon/calls", json!({"to": "112"})).await;
    start.problem(403, "feature_not_in_plan");
}

#[tokio::test]
async fn a_call_that_only_a_page_told_of_cannot_be_controlled() {
    let server = Server::start().await;
    server.log_event("connected", "c1", "2025-10-12T10:30:00Z", json!({})).await;
    let event = server.events_after(0).await.next_event().await.unwrap();
    assert!(event.features.is_empty() && event.provider.is_none());
    server.control_call(&event.session_id, "hangup", json!({})).await.problem(409, "conflict");
}

#[tokio::test]
async fn two_hundred_starts_at_once_make_a_hundred_calls() {
    let server = Server::start().await;
    let start = || server.post_json("/api/ribbon/calls", json!({"to": "+919876543210"}));
    let answers = futures_util::future::join_all((0..200).map(|_| start())).await;
    let started = answers.iter().filter(|answer| answer.status == 202).count();
    assert_eq!(started, 100);
    for refused in answers.iter().filter(|answer| answer.status != 202) {
        let problem = refused.problem(429, "monthly_limit_exceeded");
        assert!(problem.resets_at.unwrap().ends_with("-01T00:00:00Z"));
    }
    let config: ConfigAnswer = server.get("/api/ribbon/config").await.ok();
    assert_eq!((config.usage.calls_this_month, config.usage.remaining), (100, 0));
}
