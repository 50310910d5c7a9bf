//! Tokens of those who look after one client, and what each may do.

use crate::support::{ADMIN_TOKEN, Answer, Server};
use reqwest::Method;
use serde_json::{Value, json};

const CLIENT: &str = "/api/admin/clients/client-demo";
const TOKENS: &str = "/api/admin/clients/client-demo/tokens";

async fn token(server: &Server, role: &str) -> (String, String) {
    let body = json!({"name": format!("the {role}"), "role": role});
    let made = server.staff(Method::POST, TOKENS, ADMIN_TOKEN, body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made: Value = made.read();
    let text = |field: &str| made[field].as_str().unwrap().to_owned();
    (text("tokenId"), text("token"))
}

#[tokio::test]
async fn a_token_is_shown_in_full_once_and_good_until_revoked() {
    let server = Server::start().await;
    let (id, viewer) = token(&server, "viewer").await;
    let list = server.staff(Method::GET, TOKENS, ADMIN_TOKEN, Value::Null).await;
    assert!(!list.text.contains(&viewer), "{}", list.text);
    let seen = list.read::<Value>()["tokens"][0].clone();
    assert_eq!(seen["token"], format!("{}...", &viewer[..10]));
    assert_eq!((&seen["role"], &seen["name"]), (&json!("viewer"), &json!("the viewer")));
    assert_eq!((&seen["lastUsedAt"], &seen["revokedAt"]), (&Value::Null, &Value::Null));
    let held = server.database.texts("SELECT token_hash FROM admin_tokens").await;
    assert!(held.len() == 1 && !viewer.contains(&held[0]));

    let me: Value = server.staff(Method::GET, "/api/admin/me", &viewer, Value::Null).await.ok();
    assert_eq!(me, json!({"role": "viewer", "clientId": "client-demo"}));
    let me: Value = server.staff(Method::GET, "/api/admin/me", ADMIN_TOKEN, Value::Null).await.ok();
    assert_eq!(me, json!({"role": "operator", "clientId": null}));
    let list: Value = server.staff(Method::GET, TOKENS, &viewer, Value::Null).await.ok();
    assert!(list["tokens"][0]["lastUsedAt"].is_string());

    let path = format!("{TOKENS}/{id}");
    let gone: Value = server.staff(Method::DELETE, &path, ADMIN_TOKEN, Value::Null).await.ok();
    assert!(gone["revokedAt"].is_string());
    let refused = server.staff(Method::GET, CLIENT, &viewer, Value::Null).await;
    refused.problem(401, "revoked_api_key");
    let audit = format!("{CLIENT}/audit");
    let audit: Value = server.staff(Method::GET, &audit, ADMIN_TOKEN, Value::Null).await.ok();
    let acts = audit["audit"].as_array().unwrap().iter().map(|line| &line["act"]);
    assert_eq!(acts.collect::<Vec<_>>(), ["token.revoked", "token.created"]);
}

/// Every operation below one client, with a body that it takes.
fn of_one_client() -> Vec<(Method, String, Value)> {
    let one = |method: Method, below: &str, body: Value| (method, format!("{CLIENT}{below}"), body);
    let run = json!({"dryRun": true});
    vec![
        one(Method::GET, "", Value::Null),
        one(Method::PATCH, "", json!({"allowedDomains": ["crm.example.com"]})),
        one(Method::GET, "/audit", Value::Null),
        one(Method::GET, "/keys", Value::Null),
        one(Method::POST, "/keys", json!({})),
        one(Method::DELETE, "/keys/none", Value::Null),
        one(Method::GET, "/agents", Value::Null),
        one(Method::POST, "/agents", json!({"agentId": "fresh"})),
        one(Method::GET, "/agents/agent1", Value::Null),
        one(Method::PATCH, "/agents/agent1", json!({"name": "Ravi"})),
        one(Method::DELETE, "/agents/none", Value::Null),
        one(Method::GET, "/retention", Value::Null),
        one(Method::POST, "/retention/run", run),
        one(Method::GET, "/customers/none/data", Value::Null),
        one(Method::DELETE, "/customers/none", Value::Null),
        one(Method::GET, "/providers", Value::Null),
        one(Method::POST, "/providers", json!({"provider": "simulator"})),
        one(Method::GET, "/providers/none", Value::Null),
        one(Method::PATCH, "/providers/none", json!({})),
        one(Method::DELETE, "/providers/none", Value::Null),
        one(Method::POST, "/providers/none/validate", Value::Null),
        one(Method::POST, "/providers/none/webhook-secret", Value::Null),
        one(Method::GET, "/webhooks", Value::Null),
        one(Method::GET, "/provider-requests", Value::Null),
        one(Method::GET, "/tokens", Value::Null),
        one(Method::POST, "/tokens", json!({"name": "x", "role": "viewer"})),
        one(Method::DELETE, "/tokens/none", Value::Null),
    ]
}

/// What a request comes to where nothing forbids it.
fn is_let_in(answer: &Answer) -> bool {
    matches!(answer.status, 200 | 201 | 404)
}

#[tokio::test]
async fn each_role_may_do_its_own_for_its_client_alone() {
    let server = Server::start().await;
    server.add_other_client().await;
    let (_, admin) = token(&server, "admin").await;
    let (_, viewer) = token(&server, "viewer").await;
    for (method, path, body) in of_one_client() {
        let what = format!("{method} {path}");
        let answer = server.staff(method.clone(), &path, &viewer, body.clone()).await;
        // The one thing to be looked at that holds secrets.
        if method == Method::GET && !path.ends_with("/webhooks") {
            assert!(is_let_in(&answer), "{what}: {}", answer.text);
        } else {
            answer.problem(403, "scope_missing");
        }
        let answer = server.staff(method.clone(), &path, &admin, body.clone()).await;
        assert!(is_let_in(&answer), "{what}: {}", answer.text);
        for token in [&admin, &viewer] {
            let others = path.replace("client-demo", "client-other");
            let answer = server.staff(method.clone(), &others, token, body.clone()).await;
            assert_eq!(answer.problem(404, "not_found").error, "There is no such client.");
        }
    }
}

/// The list above is whole: what is added below one client has to say who may do it.
#[tokio::test]
async fn every_operation_below_one_client_is_tried() {
    let server = Server::start().await;
    let document = Answer::of(server.request(Method::GET, "/api/openapi.json")).await;
    let document: Value = document.ok();
    let below = "/api/admin/clients/{clientId}";
    let mut there = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let Some(rest) = path.strip_prefix(below) else { continue };
        for method in operations.as_object().unwrap().keys() {
            there.push(format!("{} {rest}", method.to_uppercase()));
        }
    }
    // Suspending is the operator's.
    there.retain(|operation| operation != "DELETE ");
    let mut tried: Vec<_> = of_one_client()
        .into_iter()
        .map(|(method, path, _)| {
            let mut rest = path[CLIENT.len()..].to_owned();
            for (kind, parameter) in [
                ("/keys/", "{keyId}"),
                ("/agents/", "{agentId}"),
                ("/customers/", "{customerId}"),
                ("/providers/", "{accountId}"),
                ("/tokens/", "{tokenId}"),
            ] {
                if let Some(id) = rest.strip_prefix(kind) {
                    let after =
                        id.split_once('/').map_or(String::new(), |(_, end)| format!("/{end}"));
                    rest = format!("{kind}{parameter}{after}");
                }
            }
            format!("{method} {rest}")
        })
        .collect();
    there.sort();
    tried.sort();
    assert_eq!(tried, there);
}

#[tokio::test]
async fn what_is_the_operators_stays_so() {
    let server = Server::start().await;
    let (_, admin) = token(&server, "admin").await;
    for (method, path) in [
        (Method::GET, "/api/admin/clients"),
        (Method::POST, "/api/admin/clients"),
        (Method::GET, "/api/admin/analytics/all"),
        (Method::DELETE, CLIENT),
    ] {
        let body = json!({"name": "x", "plan": "trial"});
        let answer = server.staff(method, path, &admin, body).await;
        answer.problem(403, "scope_missing");
    }
    for own in [json!({"name": "Rao"}), json!({"crmUrl": "/leads", "defaultCountry": "IN"})] {
        server.staff(Method::PATCH, CLIENT, &admin, own).await.ok::<Value>();
    }
    let before: Value = server.staff(Method::GET, CLIENT, ADMIN_TOKEN, Value::Null).await.ok();
    for operators in [
        json!({"plan": "enterprise"}),
        json!({"limit": 1_000_000}),
        json!({"limit": null}),
        json!({"features": ["custom"]}),
        json!({"suspended": false}),
        json!({"name": "Other", "limit": 7}),
    ] {
        let answer = server.staff(Method::PATCH, CLIENT, &admin, operators.clone()).await;
        answer.problem(403, "scope_missing");
    }
    let after: Value = server.staff(Method::GET, CLIENT, ADMIN_TOKEN, Value::Null).await.ok();
    assert_eq!(before, after);
    // With a client its staff is out, too.
    server.staff(Method::DELETE, CLIENT, ADMIN_TOKEN, Value::Null).await.ok::<Value>();
    server.staff(Method::GET, CLIENT, &admin, Value::Null).await.problem(403, "client_suspended");
}

#[tokio::test]
async fn wrong_tokens_are_refused() {
    let server = Server::start().await;
    for (field, body) in [
        ("name", json!({"role": "admin"})),
        ("name", json!({"name": "", "role": "admin"})),
        ("role", json!({"name": "x"})),
        ("role", json!({"name": "x", "role": "operator"})),
    ] {
        let answer = server.staff(Method::POST, TOKENS, ADMIN_TOKEN, body.clone()).await;
        assert_eq!(answer.wrong_field(), field, "{body}");
    }
    for path in ["/api/admin/clients/nobody/tokens", "/api/admin/clients/client-demo/tokens/none"] {
        let method = if path.ends_with("none") { Method::DELETE } else { Method::GET };
        server.staff(method, path, ADMIN_TOKEN, Value::Null).await.problem(404, "not_found");
    }
    // An API key is no such token, and the other way round.
    let (_, admin) = token(&server, "admin").await;
    let asked = server.request(Method::GET, "/api/ribbon/config").header("X-API-Key", &admin);
    Answer::of(asked).await.problem(401, "invalid_api_key");
    server
        .staff(Method::GET, CLIENT, crate::support::KEY, Value::Null)
        .await
        .problem(401, "invalid_api_key");
}
