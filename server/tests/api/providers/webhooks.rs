//! Tests providers' webhooks: only the provider can send them, in any order and number, and none is
//! lost with a server.

use crate::support::emulators::exotel::Exotel;
use crate::support::emulators::{Encoding, Webhook};
use crate::support::provided::{Account, CUSTOMER, start_reachable};
use crate::support::{SLOW, Server};
use call_ribbon_shared::call::Status;
use call_ribbon_shared::wire::{ActiveCalls, CallStarted, InitAnswer};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

async fn connected() -> (Server, Exotel, Account) {
    let (server, exotel) = (start_reachable().await, Exotel::start().await);
    let account = server.add_account("exotel", &exotel.settings()).await;
    (server, exotel, account)
}

/// Returns the same webhook, to be sent to another server.
fn to(server: &Server, word: Webhook) -> Webhook {
    let (_, path) = word.to.split_once("/api/").unwrap();
    Webhook { to: format!("{}/api/{path}", server.url), ..word }
}

#[tokio::test]
async fn a_forged_word_is_refused_and_changes_nothing() {
    let (server, exotel, _) = connected().await;
    let started = server.start_agent_call().await;
    let sid = exotel.call_ids().remove(0);
    let word = exotel.end_call(&sid, &server.in_india(9), 5);
    let (base, secret) = word.to.rsplit_once('/').unwrap();
    let half = &secret[..secret.len() / 2];
    for forged in [
        format!("{base}/{half}"),
        format!("{base}/{}", secret.to_uppercase()),
        format!("{base}/{secret}x"),
        format!("{base}/none"),
        format!("{base}/%FF"),
        word.to.replace("/exotel/", "/tata/"),
        word.to.replace("/exotel/", "/simulator/"),
    ] {
        for encoding in [Encoding::Json, Encoding::Form, Encoding::Query] {
            let forged = Webhook { to: forged.clone(), ..word.clone() };
            assert_eq!(forged.send(encoding).await, 401, "{}", forged.to.replace(secret, "…"));
        }
    }
    let call = server.show_call(&started.session_id).await;
    assert_eq!((call.status, call.timeline.unwrap().len()), (Status::Active, 1));
}

#[tokio::test]
async fn the_secret_may_come_beside_the_address_and_be_changed_under_way() {
    let (server, exotel, account) = connected().await;
    let mut events = server.events_after(0).await;
    server.start_agent_call().await;
    let sid = exotel.call_ids().remove(0);
    let before = exotel.customer_answers(&sid, &server.in_india(2));
    let secret = before.to.rsplit('/').next().unwrap().to_owned();
    let path = format!("/providers/{}/webhook-secret", account.id);
    server.request_as_operator(Method::POST, &path, json!({})).await.ok::<Value>();
    // The call was made with the previous address.
    before.send_json().await;
    events.events_until("connected").await;
    let named = format!("{}/api/webhooks/exotel/{}", server.url, account.id);
    let ended = Webhook { to: named, ..exotel.end_call(&sid, &server.in_india(9), 5) };
    assert_eq!(ended.send(Encoding::Json).await, 401);
    let header = Some(("X-Webhook-Secret".to_owned(), secret));
    Webhook { header, ..ended }.send_json().await;
    events.events_until("callEnded").await;
    // After a week the old secret is invalid.
    server.clock.advance(Duration::from_hours(8 * 24));
    assert_eq!(before.send(Encoding::Json).await, 401);
}

#[tokio::test]
async fn every_order_and_repetition_ends_in_the_same_record() {
    let orders: [&[usize]; 9] = [
        &[0, 1, 2],
        &[0, 2, 1],
        &[1, 0, 2],
        &[1, 2, 0],
        &[2, 0, 1],
        &[2, 1, 0],
        &[0, 0, 1, 1, 2, 2],
        &[2, 1, 2, 0, 1, 2],
        &[2, 2, 1, 0, 0],
    ];
    let (server, exotel, _) = connected().await;
    let mut records = Vec::new();
    for (nth, order) in orders.into_iter().enumerate() {
        let mut events = server.events_after(0).await;
        let started = server.start_agent_call().await;
        let sid = exotel.call_ids().remove(nth);
        let words = [
            exotel.agent_answers(&sid, &server.in_india(1)),
            exotel.customer_answers(&sid, &server.in_india(4)),
            exotel.end_call(&sid, &server.in_india(20), 16),
        ];
        for one in order {
            words[*one].send_json().await;
        }
        // All three have been processed once these events arrive.
        let mut awaited = vec!["agent_answered", "connected", "callEnded"];
        while !awaited.is_empty() {
            let event = events.next_event().await.unwrap();
            if event.session_id == started.session_id {
                awaited.retain(|name| *name != event.event);
            }
        }
        let call = server.show_call(&started.session_id).await;
        let mut told: Vec<_> =
            call.timeline.unwrap().into_iter().map(|entry| entry.event).collect();
        told.sort();
        records.push((call.status, call.duration, call.reason, told));
    }
    assert_eq!((records[0].0, records[0].1, records[0].3.len()), (Status::Completed, Some(16), 4));
    assert!(records.iter().all(|record| *record == records[0]), "{records:?}");
}

#[tokio::test]
async fn a_server_that_restarts_in_a_call_has_its_record_right() {
    let (server, exotel, _) = connected().await;
    let started = server.start_agent_call().await;
    let sid = exotel.call_ids().remove(0);
    let answered_at = server.in_india(3);
    let answered = exotel.customer_answers(&sid, &answered_at);
    let server = server.stop().await.start(SLOW).await;
    let active: ActiveCalls = server.get("/api/ribbon/active-calls").await.ok();
    assert_eq!(active.active_calls[0].session_id, started.session_id);
    let mut events = server.events_after(0).await;
    to(&server, answered).send_json().await;
    events.events_until("connected").await;
    let ended = exotel.end_call(&sid, &server.in_india(60), 57);
    let server = server.stop().await.start(SLOW).await;
    let mut events = server.events_after(0).await;
    to(&server, ended).send_json().await;
    events.events_until("callEnded").await;
    let call = server.show_call(&started.session_id).await;
    assert_eq!((call.status, call.duration), (Status::Completed, Some(57)));
}

#[tokio::test]
async fn what_a_server_took_in_and_could_not_work_on_is_worked_on_by_the_next() {
    let (server, exotel, _) = connected().await;
    let started = server.start_agent_call().await;
    let sid = exotel.call_ids().remove(0);
    // The webhook can be stored, but not processed.
    server.run_sql("ALTER TABLE provider_calls RENAME TO provider_calls_away").await;
    exotel.end_call(&sid, &server.in_india(9), 5).send_json().await;
    let database = server.database.clone();
    server.clock.advance(Duration::from_mins(1));
    let stopped = server.stop().await;
    database.run_sql("ALTER TABLE provider_calls_away RENAME TO provider_calls").await;
    let server = stopped.start(SLOW).await;
    let mut events = server.events_after(0).await;
    events.events_until("callEnded").await;
    let call = server.show_call(&started.session_id).await;
    assert_eq!((call.status, call.duration), (Status::Completed, Some(5)));
}

#[tokio::test]
async fn a_call_of_which_the_provider_never_spoke_is_given_up() {
    let (server, exotel, _) = connected().await;
    let started = server.start_agent_call().await;
    // As after a kill between the dial and its answer: the provider's id is unknown.
    server.run_sql("UPDATE provider_calls SET provider_call_id = NULL").await;
    server.clock.advance(Duration::from_secs(61));
    server.app.catch_up_with_providers().await;
    assert_eq!(server.show_call(&started.session_id).await.status, Status::Abandoned);
    // The agent is free again.
    server.start_agent_call().await;
    assert_eq!(exotel.call_ids().len(), 2);
}

#[tokio::test]
async fn of_several_accounts_the_default_is_taken_or_the_agent_is_asked() {
    let (server, exotel) = (start_reachable().await, Exotel::start().await);
    let mut ids = Vec::new();
    for name in ["Mumbai", "Delhi"] {
        let body = json!({"provider": "exotel", "name": name, "enabled": true, "default": false,
            "settings": exotel.settings()});
        let made: Value = server.request_as_operator(Method::POST, "/providers", body).await.read();
        ids.push(made["accountId"].as_str().unwrap().to_owned());
    }
    let init: InitAnswer =
        server.post_json("/api/ribbon/init", json!({"agentId": "agent1"})).await.ok();
    let offered: Vec<_> =
        init.providers.iter().map(|one| (one.name.as_deref(), one.default)).collect();
    assert_eq!(offered, [(Some("Mumbai"), false), (Some("Delhi"), false)]);
    let refused = server.try_call().await;
    assert_eq!(refused.wrong_field(), "provider");
    assert!(ids.iter().all(|id| refused.text.contains(id)), "{}", refused.text);
    // No call was started, and none counted.
    assert_eq!(exotel.call_ids().len(), 0);
    let start = async |provider: &str| {
        let body = json!({"to": CUSTOMER, "agentId": "agent1", "provider": provider});
        server.post_json("/api/ribbon/calls", body).await
    };
    assert_eq!(start("exotel").await.wrong_field(), "provider");
    assert_eq!(start("tata").await.wrong_field(), "provider");
    let started: CallStarted = start(&ids[1]).await.read();
    let call = server.show_call(&started.session_id).await;
    assert_eq!(call.account_id.as_ref(), Some(&ids[1]));
    server.run_sql("UPDATE calls SET agent_id = NULL").await;

    let path = format!("/providers/{}", ids[0]);
    server.request_as_operator(Method::PATCH, &path, json!({"default": true})).await.ok::<Value>();
    let by_default = server.start_agent_call().await;
    let call = server.show_call(&by_default.session_id).await;
    assert_eq!(call.account_id.as_ref(), Some(&ids[0]));

    for id in &ids {
        let path = format!("/providers/{id}");
        server
            .request_as_operator(Method::PATCH, &path, json!({"enabled": false}))
            .await
            .ok::<Value>();
    }
    server.try_call().await.problem(409, "conflict");
}
