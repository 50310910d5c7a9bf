//! Tests a client's API keys: created, listed and revoked by an operator.

use crate::support::{ADMIN_TOKEN, Answer, KEY, SLOW, Server};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const PATH: &str = "/api/admin/clients/client-demo/keys";

async fn send(server: &Server, method: Method, path: &str, body: Value) -> Answer {
    Answer::from_request(server.request(method, path).bearer_auth(ADMIN_TOKEN).json(&body)).await
}

async fn get_with(server: &Server, path: &str, key: &str) -> Answer {
    Answer::from_request(server.request(Method::GET, path).header("X-API-Key", key)).await
}

async fn listed(server: &Server, key_id: &str) -> Value {
    let list: Value = send(server, Method::GET, PATH, json!({})).await.ok();
    let mut keys = list["keys"].as_array().unwrap().iter();
    keys.find(|key| key["keyId"] == key_id).unwrap().clone()
}

#[tokio::test]
async fn a_key_is_shown_in_full_once_and_opens_its_scopes_until_revoked() {
    let server = Server::start().await;
    let made = send(&server, Method::POST, PATH, json!({"scopes": ["export", "read"]})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made: Value = made.read();
    let (id, key) = (made["keyId"].as_str().unwrap(), made["apiKey"].as_str().unwrap());
    assert_eq!(made["scopes"], json!(["read", "export"]));
    let log = json!({"apiKey": key, "event": "ringing", "timestamp": server.time_now(),
        "data": {"callSid": "c", "phoneNumber": "+919876543210", "callDirection": "inbound"}});
    assert_eq!(get_with(&server, "/api/ribbon/call-logs", key).await.status, 200);
    server.post_json("/api/ribbon/log-call", log.clone()).await.problem(403, "scope_missing");

    let list = send(&server, Method::GET, PATH, json!({})).await;
    assert!(!list.text.contains(key) && !list.text.contains(KEY), "{}", list.text);
    let shown = listed(&server, id).await;
    assert_eq!(shown["apiKey"], format!("{}...", &key[..10]));
    assert_eq!(shown["scopes"], json!(["read", "export"]));
    assert_eq!((&shown["createdAt"], &shown["revokedAt"]), (&made["createdAt"], &Value::Null));

    let path = format!("{PATH}/{id}");
    let gone: Value = send(&server, Method::DELETE, &path, json!({})).await.ok();
    assert!(gone["revokedAt"].is_string());
    let answer = get_with(&server, "/api/ribbon/call-logs", key).await;
    answer.problem(401, "revoked_api_key");
    // Repeating it changes nothing, and does not affect the client's other key.
    server.clock.advance(Duration::from_secs(5));
    let again: Value = send(&server, Method::DELETE, &path, json!({})).await.ok();
    assert_eq!(again["revokedAt"], gone["revokedAt"]);
    assert_eq!(server.get("/api/ribbon/config").await.status, 200);

    let audit = "/api/admin/clients/client-demo/audit";
    let audit: Value = send(&server, Method::GET, audit, json!({})).await.ok();
    let acts: Vec<_> = audit["audit"].as_array().unwrap().iter().collect();
    assert_eq!(acts.len(), 2);
    for (line, act) in acts.iter().zip(["key.revoked", "key.created"]) {
        assert_eq!((&line["act"], &line["subject"]), (&json!(act), &json!(id)));
    }
}

#[tokio::test]
async fn a_key_without_scopes_named_may_do_everything() {
    let server = Server::start().await;
    let made: Value = send(&server, Method::POST, PATH, json!({})).await.read();
    assert_eq!(made["scopes"], json!(["ribbon", "read", "export", "write"]));
    let customer = json!({"apiKey": made["apiKey"],
        "customerData": {"customerId": "c-1", "name": "Asha"}});
    assert_eq!(server.post_json("/api/ribbon/customer", customer).await.status, 200);
}

#[tokio::test]
async fn the_last_use_is_kept_to_the_minute() {
    let mut server = Server::start().await;
    let mut seen = Vec::new();
    for later in [0, 30, 45] {
        server.clock.advance(Duration::from_secs(later));
        assert_eq!(server.get("/api/ribbon/config").await.status, 200);
        assert_eq!(server.get("/api/ribbon/config").await.status, 200);
        // A server that has stopped has written everything.
        server = server.stop().await.start(SLOW).await;
        seen.push(listed(&server, "key-demo").await["lastUsedAt"].clone());
    }
    assert!(seen[0].is_string());
    assert_eq!(seen[0], seen[1], "within a minute one use stands for all");
    assert_ne!(seen[1], seen[2]);
}

#[tokio::test]
async fn wrong_keys_and_strangers_are_refused() {
    let server = Server::start().await;
    for scopes in [json!(["admin"]), json!([]), json!(["read", "Read"]), json!("read")] {
        let answer = send(&server, Method::POST, PATH, json!({"scopes": scopes})).await;
        assert_eq!(answer.wrong_field(), "scopes", "{scopes}");
    }
    server.add_other_client().await;
    for (method, path) in [
        (Method::POST, "/api/admin/clients/nobody/keys"),
        (Method::GET, "/api/admin/clients/nobody/keys"),
        (Method::DELETE, "/api/admin/clients/client-demo/keys/nothing"),
        (Method::DELETE, "/api/admin/clients/client-other/keys/key-demo"),
    ] {
        let request = || server.request(method.clone(), path).json(&json!({}));
        Answer::from_request(request().header("X-API-Key", KEY))
            .await
            .problem(401, "missing_api_key");
        Answer::from_request(request().bearer_auth("nope")).await.problem(401, "invalid_api_key");
        send(&server, method.clone(), path, json!({})).await.problem(404, "not_found");
    }
    assert_eq!(server.get("/api/ribbon/config").await.status, 200);
}
