//! Tests consents: entering, listing and withdrawing them.

use crate::support::{ADMIN_TOKEN, Answer, Server, create_token};
use reqwest::Method;
use serde_json::{Value, json};

const LIST: &str = "/api/admin/clients/client-demo/consents";

async fn add(server: &Server, body: Value) -> Answer {
    server.request_as_staff(Method::POST, LIST, ADMIN_TOKEN, body).await
}

async fn ids(server: &Server, query: &str) -> Vec<String> {
    let path = format!("{LIST}?{query}");
    let page = server.request_as_staff(Method::GET, &path, ADMIN_TOKEN, Value::Null).await;
    let page: Value = page.ok();
    let consents = page["consents"].as_array().unwrap().iter();
    consents.map(|consent| consent["consentId"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_consent_is_kept_with_its_proof_also_after_it_was_withdrawn() {
    let server = Server::start().await;
    let proof = json!({"channel": "web form", "textVersion": "3", "ip": "192.0.2.1"});
    let body = json!({"phoneNumber": "+91 98765 43210", "customerId": "cust-1", "kind": "explicit",
        "purpose": "sales", "givenAt": "2025-10-12", "expiresAt": "2099-10-12", "proof": proof});
    let made = add(&server, body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made: Value = made.read();
    assert_eq!((&made["phoneNumber"], &made["proof"]), (&json!("+919876543210"), &proof));
    let whole = add(&server, json!({"customerId": "cust-2", "kind": "inferred"})).await;
    let whole: Value = whole.read();
    let id = |consent: &Value| consent["consentId"].as_str().unwrap().to_owned();
    assert_eq!(ids(&server, "").await.len(), 2);
    assert_eq!(ids(&server, "number=%2B919876543210").await, [id(&made)]);
    assert_eq!(ids(&server, "customerId=cust-2").await, [id(&whole)]);
    assert_eq!(ids(&server, "limit=1").await.len(), 1);
    let path = format!("{LIST}/{}/withdraw", id(&made));
    let withdraw = async |token: &str, body: Value| {
        server.request_as_staff(Method::POST, &path, token, body).await
    };
    assert_eq!(withdraw(ADMIN_TOKEN, json!({})).await.wrong_field(), "reason");
    let (_, viewer) = create_token(&server, "viewer").await;
    withdraw(&viewer, json!({"reason": "x"})).await.problem(403, "scope_missing");
    let gone: Value = withdraw(ADMIN_TOKEN, json!({"reason": "By e-mail"})).await.ok();
    assert_eq!(gone["withdrawn"]["reason"], "By e-mail");
    assert_eq!(gone["proof"], proof);
    assert_eq!(ids(&server, "number=%2B919876543210").await, [id(&made)]);
}

#[tokio::test]
async fn wrong_consents_are_refused_by_the_field_that_is_wrong() {
    let server = Server::start().await;
    let number = "+919876543210";
    for (field, body) in [
        ("phoneNumber", json!({"kind": "explicit"})),
        ("phoneNumber", json!({"kind": "explicit", "phoneNumber": "12"})),
        ("customerId", json!({"kind": "explicit", "customerId": "  "})),
        ("kind", json!({"phoneNumber": number})),
        ("kind", json!({"phoneNumber": number, "kind": "perhaps"})),
        ("givenAt", json!({"phoneNumber": number, "kind": "explicit", "givenAt": "x"})),
        (
            "expiresAt",
            json!({"phoneNumber": number, "kind": "explicit", "expiresAt": "2020-01-01"}),
        ),
        ("proof", json!({"phoneNumber": number, "kind": "explicit", "proof": "paper"})),
        (
            "proof",
            json!({"phoneNumber": number, "kind": "explicit", "proof": {"x": "y".repeat(5000)}}),
        ),
    ] {
        assert_eq!(add(&server, body.clone()).await.wrong_field(), field, "{body}");
    }
    let both = format!("{LIST}?number=1&customerId=2");
    let refused = server.request_as_staff(Method::GET, &both, ADMIN_TOKEN, Value::Null).await;
    assert_eq!(refused.wrong_field(), "customerId");
}
