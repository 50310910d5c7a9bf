//! Tests calls through Tata Smartflo, with an emulator that follows Smartflo's documentation.

use crate::support::emulators::tata::{Answers, NUMBER, PASSWORD, Smartflo, TOKEN};
use crate::support::emulators::{Encoding, Fault};
use crate::support::provided::{
    AGENT_PHONE, Account, CUSTOMER, event_names, start_reachable, start_reachable_with,
};
use crate::support::{Answer, Server};
use call_ribbon_shared::call::Status;
use call_ribbon_shared::wire::CallObject;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

const CALL: &str = "POST click_to_call";
const HANG_UP: &str = "POST call/hangup";

async fn connected() -> (Server, Smartflo, Account) {
    let (server, smartflo) = (start_reachable().await, Smartflo::start().await);
    let account = server.add_account("tata", &smartflo.settings()).await;
    smartflo.set_webhook(&account.webhook, None);
    (server, smartflo, account)
}

/// What an answer must never contain.
fn tells_no_secret(answer: &Answer) {
    for secret in [TOKEN, PASSWORD, "9876543210", "9812345678"] {
        assert!(!answer.text.contains(secret), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_whole_call_from_the_click_to_the_record() {
    let (server, smartflo, _) = connected().await;
    let mut events = server.events_after(0).await;
    for (nth, encoding) in
        [Encoding::Json, Encoding::Form, Encoding::Parts, Encoding::Query].into_iter().enumerate()
    {
        let started = server.start_agent_call().await;
        let asked = smartflo.request_bodies(CALL).remove(nth);
        assert_eq!(
            asked,
            json!({"agent_number": AGENT_PHONE, "destination_number": CUSTOMER,
                "caller_id": NUMBER, "async": 1, "custom_identifier": started.session_id,
                "ref_id": started.session_id})
        );
        let call_id = smartflo.call_ids().remove(nth);
        let agent = smartflo.agent_answers(&call_id, &server.in_india(2));
        assert_eq!(agent.send(encoding).await, 200);
        let told = events.events_until("agent_answered").await;
        assert_eq!(event_names(&told), ["initiated", "agent_answered"], "{encoding:?}");
        assert_eq!(told[1].features, ["call", "hangup"]);
        assert_eq!(
            smartflo.customer_answers(&call_id, &server.in_india(6)).send(encoding).await,
            200
        );
        assert_eq!(events.names_until("connected").await, ["connected"], "{encoding:?}");
        assert_eq!(smartflo.end_call(&call_id, &server.in_india(48), 42).send(encoding).await, 200);
        assert_eq!(events.names_until("callEnded").await, ["callEnded"], "{encoding:?}");
        let call = server.show_call(&started.session_id).await;
        assert_eq!((call.status, call.duration), (Status::Completed, Some(42)));
        assert_eq!(
            (call.provider.as_deref(), call.reason.as_deref()),
            (Some("tata"), Some("hangup"))
        );
        assert_eq!(call.provider_call_id, Some(call_id));
        let timeline = call.timeline.unwrap();
        let told: Vec<_> = timeline.iter().map(|entry| entry.event.as_str()).collect();
        assert_eq!(told, ["initiated", "agent_answered", "connected", "callEnded"]);
        assert!(timeline[3].summary.contains("Smartflo"), "{}", timeline[3].summary);
    }
}

#[tokio::test]
async fn the_older_shape_and_the_agents_own_number_are_used_where_set() {
    let (server, smartflo) = (start_reachable().await, Smartflo::start().await);
    smartflo.take_from_to();
    let mut settings = smartflo.settings();
    settings["requestShape"] = json!("from_to");
    let account = server.add_account("tata", &settings).await;
    smartflo.set_webhook(&account.webhook, None);
    let agent = json!({"providerUserId": "0501"});
    server.request_as_operator(Method::PATCH, "/agents/agent1", agent).await.ok::<Value>();
    let started = server.start_agent_call().await;
    assert_eq!(
        smartflo.request_bodies(CALL),
        [json!({"from": "0501", "to": CUSTOMER, "account_id": "a-17",
            "custom_identifier": started.session_id, "ref_id": started.session_id})]
    );
    let mut events = server.events_after(0).await;
    let call_id = smartflo.call_ids().remove(0);
    smartflo.miss_call(&call_id, &server.in_india(20), "USER_BUSY").send_json().await;
    events.events_until("failed").await;
    assert_eq!(server.show_call(&started.session_id).await.status, Status::Busy);
}

#[tokio::test]
async fn a_call_is_hung_up_by_whichever_name_is_known() {
    for answers in [Answers::CallId, Answers::RefId, Answers::Nothing] {
        let (server, smartflo, _) = connected().await;
        smartflo.answer_with(answers);
        let started = server.start_agent_call().await;
        let call_id = smartflo.call_ids().remove(0);
        let call: CallObject =
            server.control_call(&started.session_id, "hangup", json!({})).await.ok();
        assert_eq!(call.status, Status::NoAnswer, "{answers:?}");
        assert!(smartflo.live_call_ids().is_empty(), "{answers:?}");
        let last = smartflo.request_bodies(HANG_UP).pop().unwrap();
        assert_eq!(last, json!({"call_id": call_id}), "{answers:?}");
        // Later webhooks from Smartflo do not change how the call ended.
        let mut events = server.events_after(0).await;
        smartflo.miss_call(&call_id, &server.in_india(3), "ORIGINATOR_CANCEL").send_json().await;
        events.events_until("callEnded").await;
        server
            .control_call(&started.session_id, "hangup", json!({}))
            .await
            .problem(409, "conflict");
        let call = server.show_call(&started.session_id).await;
        assert_eq!(call.status, Status::NoAnswer);
    }
}

#[tokio::test]
async fn a_hang_up_that_does_nothing_says_so() {
    let (server, smartflo, _) = connected().await;
    let started = server.start_agent_call().await;
    let call_id = smartflo.call_ids().remove(0);
    drop(smartflo.end_call(&call_id, &server.in_india(1), 5));
    let refused = server.control_call(&started.session_id, "hangup", json!({})).await;
    let detail = refused.problem(502, "provider_error").detail.unwrap();
    assert!(detail.contains("does not list this call"), "{detail}");
    assert_eq!(server.show_call(&started.session_id).await.status, Status::Active);
    server
        .control_call(&started.session_id, "hold", json!({"onHold": true}))
        .await
        .problem(409, "conflict");
}

#[tokio::test]
async fn a_token_is_got_by_signing_in_and_got_anew_when_it_is_refused() {
    let (server, smartflo) = (start_reachable().await, Smartflo::start().await);
    let account = server.add_account("tata", &smartflo.settings_by_login()).await;
    smartflo.set_webhook(&account.webhook, None);
    assert_eq!(server.validate_account(&account).await, (true, "Connection successful".to_owned()));
    let first = server.start_agent_call().await;
    // One token for both.
    assert_eq!(smartflo.login_count(), 1);
    smartflo.expire_tokens();
    server.control_call(&first.session_id, "hangup", json!({})).await.ok::<CallObject>();
    assert_eq!(smartflo.login_count(), 2);
    smartflo.expire_tokens();
    server.start_agent_call().await;
    // The refused request did not dial, so it was sent again.
    assert_eq!((smartflo.login_count(), smartflo.call_ids().len()), (3, 2));
    // A token is no longer used shortly before its hour is over.
    server.clock.advance(Duration::from_secs(3_500));
    assert!(server.validate_account(&account).await.0);
    assert_eq!(smartflo.login_count(), 4);
}

#[tokio::test]
async fn a_refusal_ends_the_call_and_is_told_without_secrets() {
    let (server, smartflo, _) = connected().await;
    for fault in [Fault::Refused(400), Fault::Refused(422), Fault::TooMany(3)] {
        smartflo.fail_next(fault);
        let refused = server.try_call().await;
        tells_no_secret(&refused);
        refused.problem(502, "provider_error");
    }
    smartflo.expire_tokens();
    let refused = server.try_call().await;
    let detail = refused.problem(502, "provider_error").detail.unwrap();
    assert!(detail.contains("status 401"), "{detail}");
    assert_eq!((smartflo.call_ids().len(), smartflo.request_bodies(CALL).len()), (0, 4));
    let calls: Value = server.get("/api/ribbon/calls?agentId=agent1").await.ok();
    let calls = calls["calls"].as_array().unwrap().clone();
    assert!(calls.len() == 4 && calls.iter().all(|call| call["status"] == "failed"), "{calls:?}");
}

#[tokio::test]
async fn what_was_perhaps_dialed_is_not_dialed_again_and_can_still_be_heard_of() {
    for (fault, patience, status, code) in [
        (Fault::Slow(Arc::new(Semaphore::new(0))), 100, 504, "provider_timeout"),
        (Fault::ReplyLost, 15_000, 504, "provider_timeout"),
        (Fault::Malformed, 15_000, 502, "provider_error"),
        (Fault::Broken, 15_000, 502, "provider_error"),
    ] {
        let smartflo = Smartflo::start().await;
        let server = start_reachable_with(|config| config.provider_timeout = patience).await;
        let account = server.add_account("tata", &smartflo.settings()).await;
        smartflo.set_webhook(&account.webhook, None);
        smartflo.fail_next(fault);
        let refused = server.try_call().await;
        tells_no_secret(&refused);
        refused.problem(status, code);
        assert_eq!(smartflo.request_bodies(CALL).len(), 1, "it was sent again");
        let session = smartflo.request_bodies(CALL)[0]["ref_id"].as_str().unwrap().to_owned();
        assert_eq!(server.show_call(&session).await.status, Status::Abandoned);

        // It rings nevertheless.
        let call_id = smartflo.call_ids().remove(0);
        let mut events = server.events_after(0).await;
        smartflo.customer_answers(&call_id, &server.in_india(3)).send_json().await;
        events.events_until("connected").await;
        smartflo.end_call(&call_id, &server.in_india(13), 10).send_json().await;
        events.events_until("callEnded").await;
        let call = server.show_call(&session).await;
        assert_eq!((call.status, call.duration), (Status::Completed, Some(10)), "{status} {code}");
    }
}

#[tokio::test]
async fn webhooks_may_come_twice_in_any_order_and_before_the_answer() {
    let (server, smartflo, _) = connected().await;
    let server = Arc::new(server);
    let mut events = server.events_after(0).await;
    let gate = Arc::new(Semaphore::new(0));
    smartflo.fail_next(Fault::Slow(Arc::clone(&gate)));
    let starting = tokio::spawn({
        let server = Arc::clone(&server);
        async move { server.start_agent_call().await }
    });
    smartflo.wait_for_dial().await;
    let call_id = smartflo.call_ids().remove(0);
    let agent = smartflo.agent_answers(&call_id, &server.in_india(1));
    let answered = smartflo.customer_answers(&call_id, &server.in_india(4));
    let ended = smartflo.end_call(&call_id, &server.in_india(20), 16);
    for word in [&ended, &answered, &agent, &ended, &answered] {
        word.send_json().await;
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
    assert_eq!((call.provider_call_id, smartflo.call_ids().len()), (Some(call_id), 1));
}

#[tokio::test]
async fn a_number_without_its_country_is_of_the_accounts_country() {
    for (country, account_country) in [(None, json!(null)), (Some("US"), json!("IN"))] {
        let (server, smartflo) = (start_reachable().await, Smartflo::start().await);
        server
            .request_as_operator(Method::PATCH, "", json!({"defaultCountry": country}))
            .await
            .ok::<Value>();
        let mut settings = smartflo.settings();
        settings["defaultCountry"] = account_country;
        let account = server.add_account("tata", &settings).await;
        let asha = json!({"customerId": "C1", "name": "Asha", "phone": "+91 98765 43210 ext. 12"});
        server.post_json("/api/ribbon/customer", json!({"customerData": asha})).await.ok::<Value>();
        let hook = json!({"event": "received", "call_id": "in1", "direction": "inbound",
            "customer_number": "9876543210", "start_stamp": server.in_india(0)});
        let mut events = server.events_after(0).await;
        let answer = server.http.post(&account.webhook).json(&hook).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let event = events.next_event().await.unwrap();
        assert_eq!(event.phone_number.as_deref(), Some(CUSTOMER), "{country:?}");
        assert!(event.customer_data.get().contains("Asha"), "{country:?}");
    }
}

#[tokio::test]
async fn a_webhook_without_our_name_finds_its_call_by_theirs() {
    let (server, smartflo, account) = connected().await;
    smartflo.answer_with(Answers::RefId);
    let started = server.start_agent_call().await;
    let call_id = smartflo.call_ids().remove(0);
    // As an operator may set it up without our id.
    let hook = json!({"call_id": call_id, "ref_id": format!("ref-{call_id}"),
        "call_status": "answered", "billsec": "12", "end_stamp": server.in_india(20),
        "direction": "outbound"});
    let mut events = server.events_after(0).await;
    let answer = server.http.post(&account.webhook).json(&hook).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    events.events_until("callEnded").await;
    let call = server.show_call(&started.session_id).await;
    assert_eq!((call.status, call.duration), (Status::Completed, Some(12)));
}

#[tokio::test]
async fn a_webhook_must_bear_the_header_that_the_account_wants() {
    let (server, smartflo) = (start_reachable().await, Smartflo::start().await);
    let mut settings = smartflo.settings();
    settings["webhookHeader"] = json!("X-Smartflo-Token: known to both");
    let account = server.add_account("tata", &settings).await;
    let started = server.start_agent_call().await;
    let call_id = smartflo.call_ids().remove(0);
    for header in [None, Some(("x-smartflo-token", "known to one"))] {
        smartflo.set_webhook(&account.webhook, header);
        let word = smartflo.customer_answers(&call_id, &server.in_india(1));
        assert_eq!(word.send(Encoding::Json).await, 401);
    }
    smartflo.set_webhook(&account.webhook, Some(("x-smartflo-token", "known to both")));
    let mut events = server.events_after(0).await;
    smartflo.customer_answers(&call_id, &server.in_india(1)).send_json().await;
    let told = events.events_until("connected").await;
    assert_eq!(event_names(&told), ["initiated", "connected"]);
    assert_eq!(told[1].session_id, started.session_id);
}

#[tokio::test]
async fn a_try_of_the_access_says_in_plain_words_what_is_wrong() {
    let (server, smartflo) = (start_reachable().await, Smartflo::start().await);
    let account = server.add_account("tata", &smartflo.settings()).await;
    assert_eq!(server.validate_account(&account).await, (true, "Connection successful".to_owned()));
    for (change, words) in [
        (json!({"apiToken": "not-the-token"}), "did not accept the API token"),
        (
            json!({"apiToken": null, "email": "calls@example.com", "password": "not-it"}),
            "did not accept the email and password",
        ),
        (
            json!({"apiEndpoint": "http://127.0.0.1:9", "password": PASSWORD}),
            "could not be reached",
        ),
    ] {
        let path = format!("/providers/{}", account.id);
        let change = json!({"settings": change});
        server.request_as_operator(Method::PATCH, &path, change).await.ok::<Value>();
        let (ok, message) = server.validate_account(&account).await;
        assert!(!ok && message.contains(words) && message.ends_with(['.', ')']), "{message}");
        assert!(!message.contains("not-"), "{message}");
    }
    assert!(smartflo.call_ids().is_empty());
}
