//! Tests what changes while messages wait or are sent: URLs, clients, and messages that are asked for
//! again.

use super::{ask, count_states, create, expect, log_call};
use crate::support::Server;
use crate::support::receiver::{CrmServer, Manner, Received};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::timeout;

/// Sends until an address has got a message that it does not answer yet. The sending goes on.
async fn begin_to_send(server: &Server, crm: &CrmServer, at: &str) -> Received {
    let app = server.app.clone();
    tokio::spawn(async move { app.send_to_receivers().await });
    let arrived = async {
        loop {
            if let Some(one) = crm.take(at).pop() {
                return one;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_mins(1), arrived).await.expect("nothing is sent")
}

async fn list(server: &Server) -> Vec<Value> {
    let list: Value = server.request_as_operator(Method::GET, "/receivers", Value::Null).await.ok();
    list["receivers"].as_array().unwrap().clone()
}

/// The messages of one receiver, of which there are very many, hide none of another's.
#[tokio::test]
async fn each_receiver_has_its_own_counts() {
    let server = Server::start().await;
    let url = "http://127.0.0.1:9/crm";
    let many = create(&server, json!({"url": url, "active": false})).await;
    let few = create(&server, json!({"url": url, "active": false})).await;
    let digits = "(SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4
        UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)";
    // One more than are counted of a receiver.
    let sql = format!(
        "INSERT INTO deliveries (client_id, receiver_id, place, message_id, subject, type, queued_at, tries)
         SELECT 'client-demo', '{many}', 1, 'log_' || a.n || b.n || c.n || d.n || e.n, 's', 'call.incoming', 0, 1
         FROM {digits} a, {digits} b, {digits} c, {digits} d, (SELECT 0 AS n UNION SELECT 1) e
         WHERE e.n = 0 OR (a.n = 0 AND b.n = 0 AND c.n = 0 AND d.n = 0)"
    );
    server.run_sql(sql.leak()).await;
    server
        .run_sql(
            format!(
                "INSERT INTO deliveries (client_id, receiver_id, place, message_id, subject, type, queued_at, tries)
                 VALUES ('client-demo', '{few}', 1, 'log_few', 's', 'call.incoming', 0, 1)"
            )
            .leak(),
        )
        .await;
    let given_up: BTreeMap<String, Value> = list(&server)
        .await
        .into_iter()
        .map(|one| (one["receiverId"].as_str().unwrap().to_owned(), one["givenUp"].clone()))
        .collect();
    assert_eq!((&given_up[&many], &given_up[&few]), (&json!(10_000), &json!(1)));
}

/// An old address that is gone says nothing of the new one.
#[tokio::test]
async fn a_410_of_an_old_url_does_not_switch_off_the_new_one() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T12:00:00Z");
    let crm = CrmServer::default();
    let url = crm.start().await;
    let id = create(&server, json!({"url": format!("{url}/old")})).await;
    crm.behave("old", Manner::Hangs(410));
    log_call(&server, "one").await;
    begin_to_send(&server, &crm, "old").await;
    let moved = json!({"url": format!("{url}/new")});
    ask(&server, Method::PATCH, &id, moved).await.ok::<Value>();
    crm.let_go();
    // The message is tried again at the new address, some time after the answer of the old one.
    let mut received = Vec::new();
    for _ in 0..200 {
        server.clock.advance(Duration::from_mins(1));
        server.app.send_to_receivers().await;
        received.extend(crm.take("new"));
        if received.len() == 4 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(received.len(), 4);
    assert_eq!(list(&server).await[0]["active"], json!(true));
}

/// A message that is asked for again while it is sent is sent once more, though it arrives.
#[tokio::test]
async fn what_is_asked_for_again_while_it_is_sent_is_sent_again() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T12:00:00Z");
    let crm = CrmServer::default();
    let id = create(&server, json!({"url": format!("{}/crm", crm.start().await)})).await;
    crm.behave("crm", Manner::Hangs(200));
    log_call(&server, "one").await;
    let first = begin_to_send(&server, &crm, "crm").await;
    let what = json!({"messageId": first.id()});
    ask(&server, Method::POST, &format!("{id}/resend"), what).await.ok::<Value>();
    crm.behave("crm", Manner::Answers(200));
    crm.let_go();
    let received = expect(&server, &crm, "crm", 4).await;
    assert_eq!(received.iter().filter(|one| one.id() == first.id()).count(), 1);
    assert_eq!(count_states(&server, &id).await, BTreeMap::from([("arrived".to_owned(), 4)]));
}

#[tokio::test]
async fn a_suspended_client_is_sent_nothing_until_it_is_back() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T12:00:00Z");
    let crm = CrmServer::default();
    let id = create(&server, json!({"url": format!("{}/crm", crm.start().await)})).await;
    crm.behave("crm", Manner::Answers(503));
    log_call(&server, "one").await;
    expect(&server, &crm, "crm", 1).await;
    crm.behave("crm", Manner::Answers(200));
    let suspend = async |is_on: bool| {
        let body = json!({"suspended": is_on});
        server.request_as_operator(Method::PATCH, "", body).await.ok::<Value>();
    };
    suspend(true).await;
    server.clock.advance(Duration::from_hours(1));
    for _ in 0..3 {
        server.app.send_to_receivers().await;
    }
    assert!(crm.take("crm").is_empty());
    assert_eq!(count_states(&server, &id).await, BTreeMap::from([("waiting".to_owned(), 4)]));
    suspend(false).await;
    expect(&server, &crm, "crm", 4).await;
}

#[tokio::test]
async fn a_message_id_with_a_nul_character_is_refused() {
    let server = Server::start().await;
    let id = create(&server, json!({"url": "http://127.0.0.1:9/crm"})).await;
    let what = json!({"messageId": "log_\u{0}"});
    let answer = ask(&server, Method::POST, &format!("{id}/resend"), what).await;
    assert_eq!((answer.status, answer.wrong_field().as_str()), (400, "messageId"));
}
