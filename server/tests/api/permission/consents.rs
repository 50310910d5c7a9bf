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
        ("purpose", json!({"phoneNumber": number, "kind": "explicit", "purpose": "marketing"})),
        ("purpose", json!({"phoneNumber": number, "kind": "explicit", "purpose": "Sales"})),
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

/// What permits sales calls to a number of the national list, and for how long.
#[tokio::test]
async fn a_relationship_permits_calls_to_a_listed_number_for_a_while() {
    let server = Server::start().await;
    server.clock.stop_at("2026-11-30T12:00:00-05:00");
    let packs = json!({"packs": ["us-tcpa-sales"]});
    server.request_as_operator(Method::PUT, "/call-rules", packs).await.ok::<Value>();
    let number = "+12125550123";
    let path = "/api/admin/clients/client-demo/suppressions/import?source=registry:us-national-dnc";
    let file = server.request(Method::POST, path).bearer_auth(ADMIN_TOKEN);
    Answer::from_request(file.header("content-type", "text/csv").body(number)).await.ok::<Value>();
    let day = "2026-11-30T12:00:00-05:00".parse::<chrono::DateTime<chrono::FixedOffset>>().unwrap();
    let ago = |days: i64| (day - chrono::TimeDelta::days(days)).to_rfc3339();
    for (kind, purpose, given_at, more, allowed) in [
        ("purchase", None, ago(1), json!({}), true),
        ("purchase", None, ago(548), json!({}), true),
        ("purchase", None, ago(549), json!({}), false),
        ("enquiry", None, ago(91), json!({}), true),
        ("enquiry", None, ago(92), json!({}), false),
        ("explicit", None, ago(5_000), json!({}), true),
        ("explicit", Some("sales"), ago(1), json!({}), true),
        ("explicit", Some("service"), ago(1), json!({}), false),
        ("explicit", None, ago(1), json!({"expiresAt": ago(0)}), false),
        ("explicit", None, ago(-1), json!({}), false),
        ("inferred", None, ago(1), json!({}), false),
        ("direct_prior", None, ago(1), json!({}), false),
    ] {
        let mut body = more;
        for (name, value) in [
            ("phoneNumber", json!(number)),
            ("kind", json!(kind)),
            ("givenAt", json!(given_at)),
            ("purpose", json!(purpose)),
        ] {
            body[name] = value;
        }
        let made = add(&server, body.clone()).await;
        assert_eq!(made.status, 201, "{body}: {}", made.text);
        let made: Value = made.read();
        let call = json!({"calls": [{"to": number, "customerData": {"callType": "sales"}}]});
        let checked: Value = server.post_json("/api/ribbon/calls/check", call).await.ok();
        let decision = &checked["results"][0]["decision"];
        assert_eq!(decision["allowed"], json!(allowed), "{body}: {decision}");
        let path = format!("{LIST}/{}/withdraw", made["consentId"].as_str().unwrap());
        let reason = json!({"reason": "next"});
        server.request_as_staff(Method::POST, &path, ADMIN_TOKEN, reason).await.ok::<Value>();
    }
}
