//! Tests who may have incoming calls simulated, how many and how often.

use crate::support::emulators::exotel::Exotel;
use crate::support::provided::start_reachable;
use crate::support::{Answer, KEY, OTHER_KEY, Server};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

async fn simulate(server: &Server, key: &str) -> Answer {
    let body = json!({"apiKey": key, "from": "+919876543211", "agentId": "agent1"});
    server.post_json("/api/ribbon/simulator/incoming", body).await
}

async fn count_calls(server: &Server) -> Value {
    server.get("/api/ribbon/call-logs").await.ok::<Value>()["pagination"]["total"].clone()
}

#[tokio::test]
async fn only_a_client_that_calls_through_the_simulator_has_simulated_calls() {
    let server = start_reachable().await;
    assert_eq!(simulate(&server, KEY).await.status, 202);
    let exotel = Exotel::start().await;
    let account = server.add_account("exotel", &exotel.settings()).await;
    let refused = simulate(&server, KEY).await;
    let problem = refused.problem(409, "conflict");
    assert!(problem.error.contains("simulator"), "{}", problem.error);
    assert_eq!(count_calls(&server).await, 1);
    // Beside another provider it is enough that the simulator is offered.
    let simulator = json!({"provider": "simulator", "settings": {}});
    let simulator = server.request_as_operator(Method::POST, "/providers", simulator).await;
    let path = format!("/providers/{}", simulator.read::<Value>()["accountId"].as_str().unwrap());
    assert_eq!(simulate(&server, KEY).await.status, 202);
    let off = json!({"enabled": false});
    server.request_as_operator(Method::PATCH, &path, off.clone()).await.ok::<Value>();
    simulate(&server, KEY).await.problem(409, "conflict");
    // An account that is disabled carries no calls, and leaves none to the simulator.
    let path = format!("/providers/{}", account.id);
    server.request_as_operator(Method::PATCH, &path, off).await.ok::<Value>();
    simulate(&server, KEY).await.problem(409, "conflict");
    assert_eq!(count_calls(&server).await, 2);
}

#[tokio::test]
async fn simulated_calls_count_against_the_plan() {
    let server = Server::start().await;
    server.request_as_operator(Method::PATCH, "", json!({"limit": 3})).await.ok::<Value>();
    server.start_call("+919876543210").await;
    // The agent is in a call, and may be rung all the same.
    for _ in 0..2 {
        assert_eq!(simulate(&server, KEY).await.status, 202);
    }
    let before = server.database.read_texts("SELECT event FROM events").await.len();
    let refused = simulate(&server, KEY).await;
    refused.problem(429, "monthly_limit_exceeded");
    assert!(refused.read::<Value>()["resetsAt"].is_string(), "{}", refused.text);
    assert_eq!(server.database.read_texts("SELECT event FROM events").await.len(), before);
    let config: Value = server.get("/api/ribbon/config").await.ok();
    assert_eq!(config["usage"], json!({"callsThisMonth": 3, "limit": 3, "remaining": 0}));
}

#[tokio::test]
async fn a_key_simulates_so_many_calls_and_no_more() {
    let server = Server::start().await;
    server.add_other_client().await;
    server.clock.stop();
    for _ in 0..60 {
        assert_eq!(simulate(&server, KEY).await.status, 202);
    }
    let refused = simulate(&server, KEY).await;
    refused.problem(429, "rate_limited");
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(simulate(&server, OTHER_KEY).await.status, 202);
    server.clock.advance(Duration::from_secs(1));
    assert_eq!(simulate(&server, KEY).await.status, 202);
    simulate(&server, KEY).await.problem(429, "rate_limited");
}
