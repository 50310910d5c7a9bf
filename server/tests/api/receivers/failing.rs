//! Tests receivers that fail, hang, or are gone.

use super::{ask, by_call, count_states, create, expect, log_call};
use crate::support::Server;
use crate::support::receiver::{CrmServer, Manner};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const WHOLE: [&str; 4] = ["call.initiated", "call.ringing", "call.connected", "call.callEnded"];

async fn resend(server: &Server, id: &str, what: Value) -> u64 {
    let done: Value = ask(server, Method::POST, &format!("{id}/resend"), what).await.ok();
    done["messages"].as_u64().unwrap()
}

async fn show(server: &Server, id: &str) -> Value {
    let list: Value = server.request_as_operator(Method::GET, "/receivers", Value::Null).await.ok();
    let list = list["receivers"].as_array().unwrap().clone();
    list.into_iter().find(|one| one["receiverId"] == id).unwrap()
}

#[tokio::test]
async fn a_receiver_that_works_again_gets_everything_in_order() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T12:00:00Z");
    let crm = CrmServer::default();
    let id = create(&server, json!({"url": format!("{}/crm", crm.start().await)})).await;
    crm.behave("crm", Manner::Answers(503));
    for sid in ["one", "two"] {
        log_call(&server, sid).await;
    }
    // Of each call only the first message is tried.
    let tried = expect(&server, &crm, "crm", 2).await;
    assert!(tried.iter().all(|one| one.kind() == WHOLE[0]));
    let shown = show(&server, &id).await;
    assert_eq!(
        (&shown["failingSince"], &shown["waiting"]),
        (&json!("2025-10-12T12:00:00Z"), &json!(8))
    );
    server.app.send_to_receivers().await;
    assert!(crm.take("crm").is_empty(), "not before the pause is over");
    // Meanwhile one message is enough to find out.
    server.clock.advance(Duration::from_secs(6));
    expect(&server, &crm, "crm", 1).await;
    crm.behave("crm", Manner::Answers(204));
    server.clock.advance(Duration::from_mins(1));
    let received = expect(&server, &crm, "crm", 8).await;
    assert!(by_call(&received).values().all(|kinds| *kinds == WHOLE));
    let shown = show(&server, &id).await;
    assert_eq!((&shown["failingSince"], &shown["waiting"]), (&Value::Null, &json!(0)));
}

/// However many messages wait, none waits for longer than three days.
#[tokio::test]
async fn a_backlog_is_given_up_after_three_days() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T12:00:00Z");
    let crm = CrmServer::default();
    let id = create(&server, json!({"url": format!("{}/crm", crm.start().await)})).await;
    crm.behave("crm", Manner::Answers(500));
    for number in 0..10 {
        log_call(&server, &format!("call-{number}")).await;
    }
    expect(&server, &crm, "crm", 10).await;
    server.clock.advance(Duration::from_hours(71));
    server.app.enforce_retention().await;
    assert_eq!(count_states(&server, &id).await, BTreeMap::from([("waiting".to_owned(), 40)]));
    server.clock.advance(Duration::from_hours(2));
    server.app.enforce_retention().await;
    let states = count_states(&server, &id).await;
    // One may just be tried by the server's own tasks.
    assert!(states["givenUp"] >= 39, "{states:?}");
}

#[tokio::test]
async fn a_message_is_given_up_after_three_days_and_sent_again_on_request() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T12:00:00Z");
    let crm = CrmServer::default();
    let id = create(&server, json!({"url": format!("{}/crm", crm.start().await)})).await;
    crm.behave("crm", Manner::Answers(500));
    log_call(&server, "one").await;
    let mut tried = expect(&server, &crm, "crm", 1).await;
    let mut hours = 0;
    while count_states(&server, &id).await.get("givenUp") != Some(&4) {
        assert!(hours < 100, "never given up");
        server.clock.advance(Duration::from_hours(1));
        hours += 1;
        server.app.send_to_receivers().await;
        tried.extend(crm.take("crm"));
    }
    assert!((72..=76).contains(&hours), "{hours} hours");
    // After 5 s, 30 s, 2, 10 and 30 minutes there is one an hour here, then after 2, 4, 8, 16 hours, and so on.
    assert_eq!(tried.iter().filter(|one| one.kind() == WHOLE[0]).count(), 12);
    // Those after it waited for it, and are tried once when it was given up.
    assert_eq!(tried.len(), 12 + 3);
    crm.behave("crm", Manner::Answers(200));
    server.clock.advance(Duration::from_hours(1));
    assert_eq!(resend(&server, &id, json!({"givenUp": true})).await, 4);
    let again = expect(&server, &crm, "crm", 4).await;
    assert_eq!(by_call(&again).into_values().next().unwrap(), WHOLE);
    // One message, with the id that it had.
    assert_eq!(resend(&server, &id, json!({"messageId": again[0].id()})).await, 1);
    assert_eq!(expect(&server, &crm, "crm", 1).await[0].id(), again[0].id());
    // A time, also what happened while the receiver was off.
    let off = ask(&server, Method::PATCH, &id, json!({"active": false})).await;
    off.ok::<Value>();
    let from = server.time_now();
    log_call(&server, "two").await;
    server.clock.advance(Duration::from_mins(1));
    let until = server.time_now();
    ask(&server, Method::PATCH, &id, json!({"active": true})).await.ok::<Value>();
    log_call(&server, "three").await;
    assert_eq!(expect(&server, &crm, "crm", 4).await.len(), 4);
    assert_eq!(resend(&server, &id, json!({"from": from, "until": until})).await, 4);
    let received = expect(&server, &crm, "crm", 4).await;
    assert_eq!(by_call(&received).into_values().next().unwrap(), WHOLE);
    assert_eq!(count_states(&server, &id).await, BTreeMap::from([("arrived".to_owned(), 12)]));
}

#[tokio::test]
async fn a_message_that_is_refused_delays_no_other_call() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T12:00:00Z");
    let crm = CrmServer::default();
    let id = create(&server, json!({"url": format!("{}/crm", crm.start().await)})).await;
    crm.behave("crm", Manner::Refuses("\"bad"));
    for number in 0..20 {
        log_call(&server, &format!("bad-{number}")).await;
    }
    for number in 0..3 {
        log_call(&server, &format!("good-{number}")).await;
    }
    // The first message of each bad call, and all of the good ones, without a pause.
    let received = expect(&server, &crm, "crm", 20 + 12).await;
    assert_eq!(by_call(&received).values().filter(|kinds| **kinds == WHOLE).count(), 3);
    // The clock stands, so nothing else is due.
    assert_eq!(count_states(&server, &id).await["arrived"], 12);
}

#[tokio::test]
async fn a_receiver_that_hangs_delays_no_other() {
    let server = Server::start().await;
    let crm = CrmServer::default();
    let url = crm.start().await;
    for at in ["slow", "quick"] {
        create(&server, json!({"url": format!("{url}/{at}")})).await;
    }
    crm.behave("slow", Manner::Hangs(200));
    log_call(&server, "one").await;
    // What the server does automatically every second is enough.
    let mut received = Vec::new();
    for _ in 0..1_500 {
        received.extend(crm.take("quick"));
        if received.len() == 4 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(by_call(&received).into_values().next().unwrap(), WHOLE);
    assert_eq!(crm.take("slow").len(), 1, "it has not answered, so nothing else is sent");
    crm.behave("slow", Manner::Answers(200));
    crm.let_go();
    assert_eq!(expect(&server, &crm, "slow", 3).await.len(), 3);
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_switched_off_and_what_was_removed_is_not_sent() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T12:00:00Z");
    let crm = CrmServer::default();
    let url = crm.start().await;
    let gone = create(&server, json!({"url": format!("{url}/gone")})).await;
    crm.behave("gone", Manner::Answers(410));
    log_call(&server, "one").await;
    expect(&server, &crm, "gone", 1).await;
    assert_eq!(show(&server, &gone).await["active"], false);
    let late = create(&server, json!({"url": format!("{url}/late")})).await;
    crm.behave("late", Manner::Answers(500));
    log_call(&server, "two").await;
    expect(&server, &crm, "late", 1).await;
    // The call is removed before its messages arrive.
    server.run_sql("DELETE FROM events WHERE client_id = 'client-demo'").await;
    crm.behave("late", Manner::Answers(200));
    server.clock.advance(Duration::from_hours(1));
    // What was removed is no failure of the receiver: the next call's messages come at once.
    log_call(&server, "three").await;
    let received = expect(&server, &crm, "late", 4).await;
    assert_eq!(by_call(&received).into_values().next().unwrap(), WHOLE);
    let shown: Value =
        ask(&server, Method::GET, &format!("{late}/deliveries?state=givenUp"), Value::Null)
            .await
            .ok();
    let trouble = &shown["deliveries"][0]["trouble"];
    assert_eq!(trouble, "What it is about has been removed.");
}
