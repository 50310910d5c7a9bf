//! Tests that everything that is stored has a maximum: the one in the OpenAPI document.

use crate::support::bodies::over_long_bodies;
use crate::support::{
    ADMIN_TOKEN, Answer, DIALER_KEY, KEY, PASSWORD, Server, add_person, create_token, sign_in,
};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashMap;

/// The rows of every table that a request may add to.
const ROWS: &str = "SELECT 'calls ' || COUNT(*) FROM calls
    UNION ALL SELECT 'events ' || COUNT(*) FROM events
    UNION ALL SELECT 'customers ' || COUNT(*) FROM customers
    UNION ALL SELECT 'leads ' || COUNT(*) FROM leads
    UNION ALL SELECT 'clients ' || COUNT(*) FROM clients
    UNION ALL SELECT 'agents ' || COUNT(*) FROM agents
    UNION ALL SELECT 'suppressions ' || COUNT(*) FROM suppressions
    UNION ALL SELECT 'follow_ups ' || COUNT(*) FROM follow_ups
    UNION ALL SELECT 'consents ' || COUNT(*) FROM consents
    UNION ALL SELECT 'quiet times ' || COUNT(*) FROM quiet_times
    UNION ALL SELECT 'holidays ' || COUNT(*) FROM holidays
    UNION ALL SELECT 'own packs ' || COUNT(*) FROM own_packs
    UNION ALL SELECT 'audit ' || COUNT(*) FROM audit_log";

/// Creates what the paths name, and returns the path of each by its template's parameter.
async fn create_all(server: &Server) -> HashMap<&'static str, String> {
    let admin = async |path: &str, body: Value| -> Value {
        let path = format!("/api/admin/clients/client-demo{path}");
        server.request_as_staff(Method::POST, &path, ADMIN_TOKEN, body).await.read()
    };
    let id = |made: &Value, name: &str| made[name].as_str().unwrap().to_owned();
    let account = json!({"provider": "simulator", "default": true});
    let account = id(&admin("/providers", account).await, "accountId");
    let person = add_person(server, "other@example.com", "viewer").await;
    let (token, _) = create_token(server, "viewer").await;
    let entry = json!({"phoneNumber": "+919876500000"});
    let entry = id(&admin("/suppressions", entry).await, "entryId");
    let consent = json!({"phoneNumber": "+919876500000", "kind": "explicit"});
    let consent = id(&admin("/consents", consent).await, "consentId");
    let receiver = json!({"url": "http://127.0.0.1:9/"});
    let receiver = id(&admin("/receivers", receiver).await, "receiverId");
    let quiet = json!({"customerId": "CUST-1", "from": "22:00", "to": "06:00"});
    let quiet = id(&admin("/quiet-times", quiet).await, "entryId");
    let team = id(&admin("/teams", json!({"name": "Early reminders"})).await, "teamId");
    let session = server.start_call("+919876543210").await.session_id;
    let due = json!({"to": "+919876500000", "agentId": "agent1",
        "followUp": {"at": "2030-10-12T10:30:00Z"}});
    let due: Value = server.post_json("/api/ribbon/follow-ups", due).await.read();
    HashMap::from([
        ("clientId", "client-demo".to_owned()),
        ("accountId", account),
        ("personId", person),
        ("tokenId", token),
        ("teamId", team),
        ("agentId", "agent1".to_owned()),
        ("entryId", entry),
        ("consentId", consent),
        ("receiverId", receiver),
        ("quietTimeId", quiet),
        ("packName", "own-lunch".to_owned()),
        ("sessionId", session),
        ("followUpId", id(&due, "sessionId")),
        ("customerId", "CUST-1".to_owned()),
        ("dialerKey", DIALER_KEY.to_owned()),
    ])
}

/// Returns whether an error names a field, or the part of the body that holds it.
fn is_named(named: &str, field: &str) -> bool {
    let rest = field.strip_prefix(named);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

#[tokio::test]
async fn nothing_longer_than_documented_is_stored() {
    let server = Server::start().await;
    let document: Value =
        Answer::from_request(server.request(Method::GET, "/api/openapi.json")).await.ok();
    add_person(&server, "asha@example.com", "admin").await;
    let person = sign_in(&server, "asha@example.com").await;
    let ids = create_all(&server).await;
    let before = server.database.read_texts(ROWS).await;
    let (mut checked, mut wrong) = (0, Vec::new());
    for (template, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let content = &operation["requestBody"]["content"]["application/json"];
            if content.is_null() || template.starts_with("/api/webhooks/") {
                continue;
            }
            let path: Vec<_> = template
                .split('/')
                .map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                    Some(name) => ids.get(name).unwrap_or_else(|| panic!("{template}")).as_str(),
                    None => part,
                })
                .collect();
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let token = if template.ends_with("/password") { &person } else { ADMIN_TOKEN };
            for over in over_long_bodies(&document, &content["schema"]) {
                // An event of a batch has no key, and unknown fields are ignored.
                if over.field == "events[0].apiKey" {
                    continue;
                }
                let what = format!("{method} {template}: {}", over.field);
                let mut body = over.body;
                let by_key = template.starts_with("/api/ribbon");
                if by_key && over.field != "apiKey" {
                    body["apiKey"] = json!(KEY);
                }
                if template.ends_with("/password") && over.field != "current" {
                    body["current"] = json!(PASSWORD);
                }
                let request = server.request(method.clone(), &path.join("/")).bearer_auth(token);
                let request = request.header("x-dialer-api-key", DIALER_KEY);
                let request = request.header("x-call-ribbon", "1").json(&body);
                let answer = Answer::from_request(request).await;
                checked += 1;
                // A secret that is too long is a wrong one, and no answer says more.
                let secret = ["apiKey", "token", "agentToken", "email", "password", "current"];
                if secret.contains(&over.field.as_str()) && answer.status == 401 {
                    continue;
                }
                let mut problem: Value = answer.read();
                let mut refused = [400, 422].contains(&answer.status);
                let mut field = over.field.as_str();
                // An entry that is refused does not keep the others from their answers.
                let entry = ["events[0].", "calls[0]."]
                    .into_iter()
                    .find_map(|entries| field.strip_prefix(entries));
                if let (Some(of_entry), 200) = (entry, answer.status) {
                    problem = problem["results"][0].take();
                    refused = problem["error"].is_string();
                    field = of_entry;
                }
                let named = problem["field"].as_str().unwrap_or_default();
                if !refused || !is_named(named, field) || answer.text.len() > 2000 {
                    wrong.push(format!("{what}: {}", answer.text));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 100, "{checked}");
    assert_eq!(server.database.read_texts(ROWS).await, before);
}

/// Returns the body of an event whose `customerData` has this many bytes as JSON.
fn event_with_customer(bytes: usize) -> Value {
    json!({"event": "connected", "data": {"callSid": format!("c{bytes}"),
        "customerData": customer(bytes)}})
}

fn customer(bytes: usize) -> Value {
    let least = json!({"context": {"x": ""}}).to_string().len();
    json!({"context": {"x": "y".repeat(bytes - least)}})
}

#[tokio::test]
async fn a_customer_has_64_kib_on_every_route() {
    let server = Server::start().await;
    let most = 64 * 1024;
    let before = server.database.read_texts(ROWS).await;
    for (path, field, of) in [
        ("/api/ribbon/log-call", "data.customerData", event_with_customer as fn(usize) -> Value),
        (
            "/api/ribbon/calls",
            "customerData",
            |bytes| json!({"to": "+919876543210", "customerData": customer(bytes)}),
        ),
        ("/api/ribbon/follow-ups", "customerData", |bytes| {
            json!({"to": "+919876543210", "agentId": "agent1",
                "customerData": customer(bytes), "followUp": {"at": "2030-10-12T10:30:00Z"}})
        }),
        ("/api/ribbon/customer", "customerData", |bytes| {
            let mut customer = json!({"customerId": "c", "name": "n", "customFields": {"x": ""}});
            let rest = bytes - customer.to_string().len();
            customer["customFields"]["x"] = json!("y".repeat(rest));
            json!({"customerData": customer})
        }),
    ] {
        let refused = server.post_json(path, of(most + 1)).await;
        assert_eq!(refused.wrong_field(), field, "{path}");
        assert!(refused.text.contains("64 KiB"), "{}", refused.text);
        if path.ends_with("log-call") {
            // Each event of a batch is judged alone.
            let batch = json!({"events": [of(20_000), of(most + 1), of(most)]});
            let answer: Value = server.post_json("/api/ribbon/log-calls", batch).await.ok();
            let results = answer["results"].as_array().unwrap();
            let successes: Vec<_> = results.iter().map(|one| &one["success"]).collect();
            assert_eq!(successes, [&json!(true), &json!(false), &json!(true)]);
            assert_eq!(results[1]["field"], field);
            assert_eq!(results[1]["code"], "invalid_request");
        }
        let accepted = server.post_json(path, of(most)).await;
        assert!([200, 201, 202].contains(&accepted.status), "{path}: {}", accepted.text);
    }
    // Two events, the same one again, a call started, a follow-up, and a customer saved.
    assert_ne!(server.database.read_texts(ROWS).await, before);
    let logs: Value = server.get("/api/ribbon/active-calls").await.ok();
    assert_eq!(logs["count"], 3);
}
