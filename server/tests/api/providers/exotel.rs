//! Tests calls through Exotel, with an emulator that follows Exotel's documentation.

use crate::support::emulators::exotel::{CALLER_ID, Exotel, KEY, SID, TOKEN};
use crate::support::emulators::{Encoding, Fault, Webhook};
use crate::support::provided::{
    AGENT_PHONE, CUSTOMER, event_names, start_reachable, start_reachable_with,
};
use crate::support::{Answer, Server};
use call_ribbon_shared::call::Status;
use call_ribbon_shared::wire::CallObject;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

const CONNECT: &str = "POST Calls/connect.json";

async fn connected() -> (Server, Exotel) {
    let (server, exotel) = (start_reachable().await, Exotel::start().await);
    server.add_account("exotel", &exotel.settings()).await;
    (server, exotel)
}

/// What an answer must never contain.
fn tells_no_secret(answer: &Answer) {
    for secret in [KEY, TOKEN, "9876543210", "9812345678"] {
        assert!(!answer.text.contains(secret), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_whole_call_from_the_click_to_the_record() {
    let (server, exotel) = connected().await;
    let mut events = server.events_after(0).await;
    let started = server.start_agent_call().await;
    let sid = exotel.call_ids().remove(0);

    let asked = exotel.request_bodies(CONNECT).remove(0);
    let callback = asked["StatusCallback"].as_str().unwrap();
    assert!(callback.starts_with(&format!("{}/api/webhooks/exotel/", server.url)), "{callback}");
    let mut expected = json!({"From": AGENT_PHONE, "To": CUSTOMER, "CallerId": CALLER_ID,
        "CustomField": started.session_id, "StatusCallbackEvents[0]": "terminal",
        "StatusCallbackEvents[1]": "answered", "StatusCallbackContentType": "application/json"});
    expected["StatusCallback"] = json!(callback);
    assert_eq!(asked, expected);

    exotel.agent_answers(&sid, &server.in_india(5)).send_json().await;
    let told = events.events_until("agent_answered").await;
    assert_eq!(event_names(&told), ["initiated", "agent_answered"]);
    assert_eq!((told[1].status, told[1].source.as_str()), (Status::Active, "provider"));
    assert_eq!(
        (told[1].voice.as_deref(), told[1].features.as_slice()),
        (Some("exotel"), &["call".to_owned()][..])
    );
    let answered_at = server.in_india(9);
    exotel.customer_answers(&sid, &answered_at).send_json().await;
    assert_eq!(events.names_until("connected").await, ["connected"]);
    exotel.end_call(&sid, &server.in_india(51), 42).send_json().await;
    assert_eq!(events.names_until("callEnded").await, ["callEnded"]);

    let call = server.show_call(&started.session_id).await;
    assert_eq!((call.status, call.duration), (Status::Completed, Some(42)));
    assert_eq!(call.phone_number.as_deref(), Some(CUSTOMER));
    assert_eq!(
        (call.provider.as_deref(), call.agent_id.as_deref()),
        (Some("exotel"), Some("agent1"))
    );
    assert_eq!(call.provider_call_id.as_ref(), Some(&sid));
    assert_eq!(call.provider_status.as_deref(), Some("completed"));
    let connected = chrono::DateTime::parse_from_rfc3339(call.connected_time.as_ref().unwrap());
    let connected = connected.unwrap().with_timezone(&chrono_tz::Asia::Kolkata);
    assert_eq!(connected.format("%Y-%m-%d %H:%M:%S").to_string(), answered_at);
    let timeline = call.timeline.unwrap();
    let told: Vec<_> = timeline.iter().map(|entry| entry.event.as_str()).collect();
    assert_eq!(told, ["initiated", "agent_answered", "connected", "callEnded"]);
    assert!(timeline[2].summary.contains("Exotel"), "{}", timeline[2].summary);
    assert!(timeline[3].data.get().contains("\"Leg2Status\":\"completed\""));

    // This kind of account lacks the control, and says so.
    let next = server.start_agent_call().await.session_id;
    server.control_call(&next, "hangup", json!({})).await.problem(409, "conflict");
}

#[tokio::test]
async fn callbacks_are_read_in_every_encoding_and_recording_is_as_set() {
    let (server, exotel) = (start_reachable().await, Exotel::start().await);
    let mut settings = exotel.settings();
    settings["record"] = json!(true);
    server.add_account("exotel", &settings).await;
    let mut events = server.events_after(0).await;
    for (nth, encoding) in
        [Encoding::Json, Encoding::Form, Encoding::Parts, Encoding::Query].into_iter().enumerate()
    {
        let started = server.start_agent_call().await;
        assert_eq!(exotel.request_bodies(CONNECT)[nth]["Record"], "true");
        let sid = &exotel.call_ids()[nth];
        assert_eq!(exotel.customer_answers(sid, &server.in_india(2)).send(encoding).await, 200);
        let told = events.events_until("connected").await;
        assert_eq!(
            event_names(&told),
            ["initiated", "agent_answered", "connected"],
            "{encoding:?}"
        );
        assert_eq!(exotel.end_call(sid, &server.in_india(9), 7).send(encoding).await, 200);
        events.events_until("callEnded").await;
        let call = server.show_call(&started.session_id).await;
        assert_eq!((call.status, call.duration), (Status::Completed, Some(7)), "{encoding:?}");
    }
}

#[tokio::test]
async fn each_way_in_which_nobody_talks_is_told_apart() {
    let (server, exotel) = connected().await;
    let mut events = server.events_after(0).await;
    for (nth, (status, legs, expected)) in [
        ("busy", ["completed", "busy"], Status::Busy),
        ("no-answer", ["completed", "no-answer"], Status::NoAnswer),
        ("failed", ["completed", "failed"], Status::Failed),
        ("canceled", ["completed", "canceled"], Status::NoAnswer),
        // The agent did not answer.
        ("no-answer", ["no-answer", ""], Status::Failed),
    ]
    .into_iter()
    .enumerate()
    {
        let started = server.start_agent_call().await;
        let sid = &exotel.call_ids()[nth];
        exotel.fail_with(sid, &server.in_india(30), status, legs).send_json().await;
        let told = loop {
            let event = events.next_event().await.unwrap();
            if event.status != Status::Active {
                break event;
            }
        };
        assert_eq!((told.session_id, told.status), (started.session_id, expected), "{legs:?}");
    }
}

#[tokio::test]
async fn callbacks_may_come_twice_in_any_order_and_before_the_answer() {
    let (server, exotel) = connected().await;
    let server = Arc::new(server);
    let mut events = server.events_after(0).await;
    let gate = Arc::new(Semaphore::new(0));
    exotel.fail_next(Fault::Slow(Arc::clone(&gate)));
    let starting = tokio::spawn({
        let server = Arc::clone(&server);
        async move { server.start_agent_call().await }
    });
    exotel.wait_for_dial().await;
    let sid = exotel.call_ids().remove(0);
    // The last webhook arrives first, and all of them before the answer to the request.
    let agent = exotel.agent_answers(&sid, &server.in_india(1));
    let answered = exotel.customer_answers(&sid, &server.in_india(4));
    let ended = exotel.end_call(&sid, &server.in_india(20), 16);
    for word in [&ended, &answered, &agent, &ended, &answered] {
        word.send_json().await;
        // The same content in other bytes.
        assert_eq!(word.send(Encoding::Form).await, 200);
    }
    gate.add_permits(1);
    let started = starting.await.unwrap();
    let mut told = Vec::new();
    while told.len() < 4 {
        told.push(events.next_event().await.unwrap().event);
    }
    told.sort();
    assert_eq!(told, ["agent_answered", "callEnded", "connected", "initiated"]);
    let call = server.show_call(&started.session_id).await;
    assert_eq!((call.status, call.duration), (Status::Completed, Some(16)));
    assert_eq!(call.provider_call_id, Some(sid));
    assert_eq!(exotel.call_ids().len(), 1);
    // A webhook that arrives too late changes nothing.
    let next = server.start_agent_call().await;
    let event = events.next_event().await.unwrap();
    assert_eq!((event.event.as_str(), event.session_id), ("initiated", next.session_id));
}

#[tokio::test]
async fn a_lost_callback_is_made_up_for_by_asking() {
    let (server, exotel) = connected().await;
    let mut events = server.events_after(0).await;
    let started = server.start_agent_call().await;
    let sid = exotel.call_ids().remove(0);
    exotel.ring_customer(&sid, &server.in_india(0));
    server.clock.advance(Duration::from_secs(61));
    server.app.catch_up_with_providers().await;
    let told = events.events_until("ringing").await;
    assert_eq!(event_names(&told), ["initiated", "agent_answered", "ringing"]);
    // Neither of these two arrives.
    drop(exotel.customer_answers(&sid, &server.in_india(1)));
    drop(exotel.end_call(&sid, &server.in_india(30), 25));
    server.clock.advance(Duration::from_secs(61));
    server.app.catch_up_with_providers().await;
    events.events_until("callEnded").await;
    let call = server.show_call(&started.session_id).await;
    assert_eq!((call.status, call.duration), (Status::Completed, Some(25)));
    let asked = exotel.request_bodies("GET Calls/{sid}.json");
    assert_eq!(asked, [json!({"details": "true"}), json!({"details": "true"})]);
    // The call has ended, and is not polled any more.
    server.clock.advance(Duration::from_hours(1));
    server.app.catch_up_with_providers().await;
    assert_eq!(exotel.request_bodies("GET Calls/{sid}.json").len(), 2);
}

#[tokio::test]
async fn a_refusal_ends_the_call_and_is_told_without_secrets() {
    let (server, exotel) = connected().await;
    for (fault, status) in [
        (Fault::Refused(400), "status 400"),
        (Fault::Refused(403), "status 403"),
        (Fault::TooMany(7), ""),
    ] {
        exotel.fail_next(fault);
        let refused = server.try_call().await;
        tells_no_secret(&refused);
        let problem = refused.problem(502, "provider_error");
        match status {
            "" => assert_eq!((refused.header("retry-after"), problem.detail), ("7", None)),
            status => assert!(problem.detail.unwrap().contains(status), "{}", refused.text),
        }
    }
    exotel.use_up_the_minute();
    let refused = server.try_call().await;
    refused.problem(502, "provider_error");
    assert_eq!(refused.header("retry-after"), "60");
    // Nothing rang, and no request was sent twice.
    assert_eq!((exotel.call_ids().len(), exotel.request_bodies(CONNECT).len()), (0, 4));
    let calls: Value = server.get("/api/ribbon/calls?agentId=agent1").await.ok();
    let calls = calls["calls"].as_array().unwrap().clone();
    assert_eq!(calls.len(), 4);
    assert!(calls.iter().all(|call| call["status"] == "failed"), "{calls:?}");
}

#[tokio::test]
async fn what_was_perhaps_dialed_is_not_dialed_again_and_can_still_be_heard_of() {
    for (fault, patience, status, code) in [
        (Fault::Slow(Arc::new(Semaphore::new(0))), 100, 504, "provider_timeout"),
        (Fault::ReplyLost, 15_000, 504, "provider_timeout"),
        (Fault::Malformed, 15_000, 502, "provider_error"),
        (Fault::Broken, 15_000, 502, "provider_error"),
    ] {
        let exotel = Exotel::start().await;
        let server = start_reachable_with(|config| config.provider_timeout = patience).await;
        server.add_account("exotel", &exotel.settings()).await;
        exotel.fail_next(fault);
        let refused = server.try_call().await;
        tells_no_secret(&refused);
        refused.problem(status, code);
        assert_eq!(exotel.request_bodies(CONNECT).len(), 1, "it was sent again");
        let session = exotel.request_bodies(CONNECT)[0]["CustomField"].as_str().unwrap().to_owned();
        assert_eq!(server.show_call(&session).await.status, Status::Abandoned);

        // It rings nevertheless.
        let sid = exotel.call_ids().remove(0);
        let mut events = server.events_after(0).await;
        exotel.customer_answers(&sid, &server.in_india(3)).send_json().await;
        events.events_until("connected").await;
        exotel.end_call(&sid, &server.in_india(13), 10).send_json().await;
        events.events_until("callEnded").await;
        let call = server.show_call(&session).await;
        assert_eq!((call.status, call.duration), (Status::Completed, Some(10)), "{status} {code}");
        assert_eq!(call.provider_call_id, Some(sid));
    }
}

#[tokio::test]
async fn an_agent_without_a_telephone_is_told_what_is_missing() {
    let (server, exotel) = connected().await;
    server
        .request_as_operator(Method::PATCH, "/agents/agent1", json!({"phone": null}))
        .await
        .ok::<Value>();
    let problem = server.try_call().await.problem(409, "conflict");
    assert!(problem.error.contains("phone number"), "{}", problem.error);
    assert!(exotel.requests().is_empty());
}

#[tokio::test]
async fn a_try_of_the_access_says_in_plain_words_what_is_wrong() {
    let (server, exotel) = (start_reachable().await, Exotel::start().await);
    let account = server.add_account("exotel", &exotel.settings()).await;
    assert_eq!(server.validate_account(&account).await, (true, "Connection successful".to_owned()));
    for (change, words) in [
        (json!({"apiToken": "not-the-token"}), "did not accept the API key and token"),
        (json!({"accountSid": "nobody1"}), "does not know this account"),
        // No server listens there.
        (json!({"accountSid": SID, "baseUrl": "http://127.0.0.1:9"}), "could not be reached"),
    ] {
        let path = format!("/providers/{}", account.id);
        let mut settings = exotel.settings();
        settings.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let change = json!({"settings": settings});
        server.request_as_operator(Method::PATCH, &path, change).await.ok::<Value>();
        let (ok, message) = server.validate_account(&account).await;
        assert!(!ok && message.contains(words) && message.ends_with(['.', ')']), "{message}");
        assert!(!message.contains("not-the-token"), "{message}");
    }
    assert!(exotel.call_ids().is_empty());
    let mut plain = exotel.settings();
    plain["baseUrl"] = json!("http://api.exotel.com");
    let body = json!({"provider": "exotel", "settings": plain});
    let refused = server.request_as_operator(Method::POST, "/providers", body).await;
    assert!(refused.problem(400, "invalid_request").error.contains("https"), "{}", refused.text);
    tells_no_secret(&refused);
}

#[tokio::test]
async fn a_call_that_rings_in_finds_its_customer_and_its_agent() {
    // The account's own country applies to its numbers, not the client's.
    for country in [json!("IN"), json!(null), json!("US")] {
        rings_in(country).await;
    }
}

async fn rings_in(country: Value) {
    let (server, exotel) = (start_reachable().await, Exotel::start().await);
    server
        .request_as_operator(Method::PATCH, "", json!({"defaultCountry": country}))
        .await
        .ok::<Value>();
    let account = server.add_account("exotel", &exotel.settings()).await;
    let customer = json!({"customerId": "C1", "name": "Asha", "phone": CUSTOMER});
    server.post_json("/api/ribbon/customer", json!({"customerData": customer})).await.ok::<Value>();
    let mut events = server.events_after(0).await;
    let tell = async |more: Value| {
        let mut body = json!({"CallSid": "in1", "CallFrom": "09876543210", "CallTo": CALLER_ID,
            "DialWhomNumber": "09812345678", "Direction": "incoming"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let word = Webhook { to: account.webhook.clone(), body, header: None };
        assert_eq!(word.send(Encoding::Query).await, 200);
    };
    tell(json!({"Status": "busy"})).await;
    let event = events.next_event().await.unwrap();
    assert_eq!(event.event, "incoming");
    assert_eq!(event.phone_number.as_deref(), Some(CUSTOMER));
    assert_eq!(event.agent_id.as_deref(), Some("agent1"));
    assert!(event.customer_data.get().contains("Asha"), "{}", event.customer_data);
    tell(json!({"DialCallStatus": "completed", "DialCallDuration": "33"})).await;
    events.events_until("callEnded").await;
    let call: CallObject = server.show_call(&event.session_id).await;
    assert_eq!((call.status, call.duration), (Status::Completed, Some(33)));
    assert_eq!((call.call_sid.as_str(), call.matched_by.as_deref()), ("in1", Some("phone")));
}
