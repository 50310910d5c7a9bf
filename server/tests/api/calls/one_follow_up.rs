//! Tests that an agent has one open follow-up for a customer whichever way it comes, and who is told of
//! it.

use super::follow_ups::{CLIENT, DUE, FOLLOW_UPS, change, follow_up_on_call, list, order, plan};
use crate::support::{ADMIN_TOKEN, Server};
use call_ribbon_shared::wire::CallObject;
use reqwest::Method;
use serde_json::{Value, json};

/// Neither undoing nor reassigning gives an agent two open follow-ups for a customer.
#[tokio::test]
async fn an_agent_gets_no_second_one_by_undo_or_by_another_hand() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T15:00:00Z");
    let asha = json!({"customerId": "C-1", "name": "Asha"});
    let own = plan(&server, "+919876500001", "agent1", &asha).await.session_id;
    let others = plan(&server, "+919876500001", "agent2", &asha).await.session_id;
    let assign = async |id: &str, agent: &str| {
        let path = format!("{CLIENT}/follow-ups/{id}");
        let body = json!({"agentId": agent});
        server.request_as_staff(Method::PATCH, &path, ADMIN_TOKEN, body).await
    };
    assign(&others, "agent1").await.problem(409, "conflict");
    assert_eq!(list(&server, "agent2").await, std::slice::from_ref(&others));
    // To its own agent, and to one without.
    assert_eq!(assign(&others, "agent2").await.status, 200);
    assert_eq!(assign(&others, "agent3").await.status, 200);
    // Done, then the other one comes, then the mark is undone.
    change(&server, &own, Value::Null).await.ok::<CallObject>();
    assert_eq!(assign(&others, "agent1").await.status, 200);
    change(&server, &own, json!({"at": DUE})).await.problem(409, "conflict");
    assert_eq!(list(&server, "agent1").await, std::slice::from_ref(&others));
    // The open one can be changed, and after it the other one opened.
    change(&server, &others, json!({"at": "2025-10-14T02:30:00Z"})).await.ok::<CallObject>();
    change(&server, &others, Value::Null).await.ok::<CallObject>();
    change(&server, &own, json!({"at": DUE})).await.ok::<CallObject>();
    assert_eq!(list(&server, "agent1").await, std::slice::from_ref(&own));
    // One of a call counts, too; of another customer it does not.
    change(&server, &own, Value::Null).await.ok::<CallObject>();
    let called = follow_up_on_call(&server, "c1", &asha, "2025-10-12T10:00:00Z").await;
    change(&server, &own, json!({"at": DUE})).await.problem(409, "conflict");
    let ravi = json!({"customerId": "C-2", "name": "Ravi"});
    plan(&server, "+919876500002", "agent1", &ravi).await;
    assert!(list(&server, "agent1").await.contains(&called));
}

#[tokio::test]
async fn a_follow_up_long_past_is_refused() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T15:00:00Z");
    for (at, status) in [("2025-07-14T15:00:00Z", 400), ("2025-07-14T15:00:01Z", 201)] {
        let mut body = order("+919876500001", "agent1", &json!({}));
        body["followUp"]["at"] = json!(at);
        let answer = server.post_json(FOLLOW_UPS, body).await;
        assert_eq!(answer.status, status, "{at}: {}", answer.text);
        if status == 400 {
            assert_eq!(answer.wrong_field(), "followUp.at");
        }
    }
}

/// A refused call names the agent's follow-up, as the check before it does.
#[tokio::test]
async fn a_refused_call_names_the_agents_follow_up() {
    let server = Server::start().await;
    let number = "+919876500001";
    let entry = json!({"phoneNumber": number});
    server.request_as_operator(Method::POST, "/suppressions", entry).await;
    let call = json!({"to": number, "agentId": "agent1", "customerData": {"customerId": "C-1"}});
    let refuse = async || -> Value {
        let answer = server.post_json("/api/ribbon/calls", call.clone()).await;
        assert_eq!(answer.status, 403, "{}", answer.text);
        answer.read::<Value>()["decision"].take()
    };
    assert_eq!(refuse().await.get("followUp"), None);
    let mut body = order(number, "agent1", &json!({"customerId": "C-1"}));
    body["followUp"] = json!({"at": "2099-12-02T02:30:00Z"});
    assert_eq!(server.post_json(FOLLOW_UPS, body).await.status, 201);
    let due = json!({"at": "2099-12-02T02:30:00Z", "note": null, "agentId": "agent1"});
    assert_eq!(refuse().await["followUp"], due);
    // What is stored and sealed is the decision alone.
    let stored = server.database.read_texts("SELECT decision FROM decisions").await;
    assert!(stored.iter().all(|one| !one.contains("followUp")), "{stored:?}");
}

/// The page of a customer names the next follow-up of any agent, with or without a call.
#[tokio::test]
async fn a_customer_has_a_next_follow_up() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T15:00:00Z");
    let asha = json!({"customerId": "C-1", "name": "Asha"});
    let next = async || -> Value {
        let seen: Value = server.get("/api/ribbon/customer/C-1").await.ok();
        seen["nextFollowUp"]["agentId"].clone()
    };
    follow_up_on_call(&server, "c1", &asha, "2025-10-12T10:00:00Z").await;
    assert_eq!(next().await, json!("agent1"));
    let mut body = order("+919876500001", "agent2", &asha);
    body["followUp"]["at"] = json!("2025-10-12T20:00:00Z");
    let planned: CallObject = server.post_json(FOLLOW_UPS, body).await.read();
    assert_eq!(next().await, json!("agent2"));
    change(&server, &planned.session_id, Value::Null).await.ok::<CallObject>();
    assert_eq!(next().await, json!("agent1"));
}
