//! Tests a client's accounts at telephony providers, as an operator sets them up.
//!
//! The simulator accepts any settings, so these tests are about what all accounts have in common.

use crate::support::{ADMIN_TOKEN, Answer, KEY, SLOW, Server};
use call_ribbon_server::config::{Secret, SecretKeys};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

const CLIENT: &str = "/api/admin/clients/client-demo";
const PATH: &str = "/api/admin/clients/client-demo/providers";
const SECRET: &str = "t0ken-of-the-account";

async fn send(server: &Server, method: Method, path: &str, body: Value) -> Answer {
    server.request_as_staff(method, path, ADMIN_TOKEN, body).await
}

/// Creates an account; returns its path and the path of its webhook.
async fn add(server: &Server, more: Value) -> (String, String) {
    let mut body = json!({"provider": "simulator"});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let made = send(server, Method::POST, PATH, body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made: Value = made.read();
    let path = format!("{PATH}/{}", made["accountId"].as_str().unwrap());
    (path, made["webhookUrl"].as_str().unwrap().to_owned())
}

async fn call_webhook(server: &Server, path: &str) -> u16 {
    Answer::from_request(server.request(Method::POST, path).body("x=1")).await.status
}

#[tokio::test]
async fn an_account_is_made_changed_and_removed_and_its_secrets_are_never_shown() {
    let server = Server::start().await;
    let settings = json!({"accountSid": "example1", "apiToken": SECRET, "rate": 1.10,
        "more": {"appSecret": SECRET, "on": true}});
    let body = json!({"provider": "simulator", "name": "Mumbai", "settings": settings});
    let made = send(&server, Method::POST, PATH, body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let mut seen: Value = made.read();
    let url = seen.as_object_mut().unwrap().remove("webhookUrl").unwrap();
    assert!(url.as_str().unwrap().starts_with("/api/webhooks/simulator/"), "{url}");
    let path = format!("{PATH}/{}", seen["accountId"].as_str().unwrap());
    let shown = json!({"accountSid": "example1", "apiToken": "…", "rate": 1.10,
        "more": {"appSecret": "…", "on": true}});
    assert_eq!((&seen["settings"], &seen["name"]), (&shown, &json!("Mumbai")));
    assert_eq!((&seen["enabled"], &seen["default"]), (&json!(true), &json!(false)));
    assert_eq!(send(&server, Method::GET, &path, Value::Null).await.ok::<Value>(), seen);
    let list: Value = send(&server, Method::GET, PATH, Value::Null).await.ok();
    assert_eq!(list, json!({"providers": [seen]}));

    // Masked secrets that are sent back change nothing; missing fields stay.
    let change = json!({"settings": shown, "enabled": false, "name": null});
    let seen: Value = send(&server, Method::PATCH, &path, change).await.ok();
    assert_eq!((&seen["enabled"], &seen["name"]), (&json!(false), &Value::Null));
    let change = json!({"settings": {"apiToken": null, "more": {"on": false}}});
    let seen: Value = send(&server, Method::PATCH, &path, change).await.ok();
    let shown = json!({"accountSid": "example1", "rate": 1.10,
        "more": {"appSecret": "…", "on": false}});
    assert_eq!(seen["settings"], shown);

    assert_eq!(send(&server, Method::DELETE, &path, Value::Null).await.ok::<Value>(), seen);
    send(&server, Method::GET, &path, Value::Null).await.problem(404, "not_found");
    let audit = send(&server, Method::GET, &format!("{CLIENT}/audit"), Value::Null).await;
    assert!(!audit.text.contains(SECRET));
    let audit: Value = audit.read();
    let lines = audit["audit"].as_array().unwrap();
    let acts: Vec<_> = lines.iter().map(|line| line["act"].as_str().unwrap()).collect();
    let expected = ["provider.removed", "provider.changed", "provider.changed", "provider.created"];
    assert_eq!(acts, expected);
    assert!(lines.iter().all(|line| line["subject"] == seen["accountId"]));
}

#[tokio::test]
async fn the_database_holds_no_secret_that_can_be_read() {
    let server = Server::start().await;
    let (_, webhook) = add(&server, json!({"settings": {"apiToken": SECRET}})).await;
    let webhook = webhook.rsplit('/').next().unwrap();
    let held = server
        .database
        .read_texts(
            "SELECT settings || webhook_secret || webhook_secret_hash FROM provider_accounts",
        )
        .await;
    assert_eq!(held.len(), 1);
    assert!(!held[0].contains(SECRET) && !held[0].contains(webhook), "{held:?}");
    // Not even under the key that signs tickets, which may be stored in the database.
    let settings = server.database.read_texts("SELECT settings FROM provider_accounts").await;
    assert!(settings[0].starts_with("v1."), "{settings:?}");
    // A row that is moved to another client cannot be decrypted there.
    server.add_other_client().await;
    server
        .run_sql("UPDATE provider_accounts SET client_id = 'client-other' WHERE client_id <> ''")
        .await;
    let path = "/api/admin/clients/client-other/providers";
    let list: Value = send(&server, Method::GET, path, Value::Null).await.ok();
    let seen = &list["providers"][0];
    assert_eq!(seen["settings"], Value::Null);
    assert!(seen["trouble"].as_str().unwrap().contains("changed since"), "{seen}");
}

#[tokio::test]
async fn one_account_at_the_most_is_the_default() {
    let server = Server::start().await;
    let (first, _) = add(&server, json!({"default": true})).await;
    let (second, _) = add(&server, json!({"default": true})).await;
    let defaults = async || {
        let list: Value = send(&server, Method::GET, PATH, Value::Null).await.ok();
        let all = list["providers"].as_array().unwrap().clone();
        all.iter().map(|one| one["default"].as_bool().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(defaults().await, [false, true]);
    send(&server, Method::PATCH, &first, json!({"default": true})).await.ok::<Value>();
    assert_eq!(defaults().await, [true, false]);
    send(&server, Method::PATCH, &first, json!({"default": false})).await.ok::<Value>();
    assert_eq!(defaults().await, [false, false]);
    send(&server, Method::PATCH, &second, json!({"enabled": true})).await.ok::<Value>();
    assert_eq!(defaults().await, [false, false]);
}

#[tokio::test]
async fn an_account_is_tried_without_a_call() {
    let server = Server::start().await;
    let (path, _) = add(&server, json!({"enabled": false})).await;
    let tried = send(&server, Method::POST, &format!("{path}/validate"), Value::Null).await;
    let expected = json!({"ok": true, "message": "Connection successful"});
    assert_eq!(tried.ok::<Value>(), expected);
    let nothing = format!("{PATH}/none/validate");
    send(&server, Method::POST, &nothing, Value::Null).await.problem(404, "not_found");
}

#[tokio::test]
async fn a_webhooks_address_can_be_changed_without_losing_calls() {
    let server = Server::start().await;
    let (path, first) = add(&server, json!({"enabled": false})).await;
    assert_eq!(call_webhook(&server, &first).await, 200);
    assert_eq!(call_webhook(&server, &first.replace("/simulator/", "/exotel/")).await, 401);
    assert_eq!(call_webhook(&server, &format!("{first}0")).await, 401);

    let rotate = format!("{path}/webhook-secret");
    let seen: Value = send(&server, Method::POST, &rotate, Value::Null).await.ok();
    let second = seen["webhookUrl"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    let webhooks = format!("{CLIENT}/webhooks");
    let list: Value = send(&server, Method::GET, &webhooks, Value::Null).await.ok();
    assert_eq!(list, json!({"webhooks": [seen]}));
    let both = async || (call_webhook(&server, &first).await, call_webhook(&server, &second).await);
    assert_eq!(both().await, (200, 200));
    server.clock.advance(Duration::from_hours(7 * 24 - 1));
    assert_eq!(both().await, (200, 200));
    server.clock.advance(Duration::from_hours(2));
    assert_eq!(both().await, (401, 200));
    let list: Value = send(&server, Method::GET, &webhooks, Value::Null).await.ok();
    assert_eq!(list["webhooks"][0]["previousUntil"], Value::Null);
    send(&server, Method::DELETE, &path, Value::Null).await.ok::<Value>();
    assert_eq!(both().await, (401, 401));
}

#[tokio::test]
async fn addresses_are_whole_where_the_server_knows_its_own() {
    let server = Server::start_with_settings(|config| {
        config.public_url = Some("https://calls.example.com/".parse().unwrap());
    })
    .await;
    let (_, webhook) = add(&server, json!({})).await;
    let path = webhook.strip_prefix("https://calls.example.com").unwrap();
    assert_eq!(call_webhook(&server, path).await, 200);
}

#[tokio::test]
async fn every_server_knows_of_a_change_at_once() {
    let server = Server::start().await;
    let other = server.start_another(SLOW).await;
    let (path, _) = add(&server, json!({})).await;
    let start = async |agent: &str| {
        let body = json!({"to": "+919876543210", "agentId": agent});
        other.post_json("/api/ribbon/calls", body).await.status
    };
    assert_eq!(start("agent1").await, 202);
    send(&server, Method::PATCH, &path, json!({"enabled": false})).await.ok::<Value>();
    assert_eq!(start("agent2").await, 409);
    send(&server, Method::PATCH, &path, json!({"enabled": true})).await.ok::<Value>();
    assert_eq!(start("agent2").await, 202);
}

#[tokio::test]
async fn an_account_stays_while_its_calls_are_in_progress() {
    let server = Server::start().await;
    let (path, _) = add(&server, json!({})).await;
    let call = server.start_call("+919876543210").await;
    let refused = send(&server, Method::DELETE, &path, Value::Null).await;
    assert!(refused.problem(409, "conflict").error.contains("Disable"), "{}", refused.text);
    assert_eq!(server.control_call(&call.session_id, "hangup", json!({})).await.status, 200);
    assert_eq!(send(&server, Method::DELETE, &path, Value::Null).await.status, 200);
    // Without accounts the client uses the simulator again.
    assert_eq!(server.show_call(&call.session_id).await.session_id, call.session_id);
    server.start_call("+919876543210").await;
}

#[tokio::test]
async fn without_a_key_no_secrets_are_taken() {
    let server = Server::start_with_settings(|config| config.keys = SecretKeys::default()).await;
    let body = json!({"provider": "simulator", "settings": {"apiToken": SECRET}});
    let refused = send(&server, Method::POST, PATH, body).await;
    let sentence = refused.problem(409, "conflict").error;
    assert!(sentence.contains("Set CALL_RIBBON_SECRET_KEY") && !sentence.contains(SECRET));
    let (path, webhook) = add(&server, json!({"settings": {"accountSid": "example1"}})).await;
    let change = json!({"settings": {"apiToken": SECRET}});
    send(&server, Method::PATCH, &path, change).await.problem(409, "conflict");
    assert_eq!(call_webhook(&server, &webhook).await, 200);
}

#[tokio::test]
async fn an_account_that_cannot_be_opened_stops_calls_and_can_be_removed() {
    let server = Server::start().await;
    let (path, _) = add(&server, json!({"settings": {"apiToken": SECRET}})).await;
    let stopped = server.stop().await;
    let server = stopped
        .start_with(|config| {
            config.keys.secret_key = Some(Secret::new("another secret of the tests"));
        })
        .await;
    let start = json!({"to": "+919876543210", "agentId": "agent1"});
    server.post_json("/api/ribbon/calls", start.clone()).await.problem(503, "unavailable");
    let seen: Value = send(&server, Method::GET, &path, Value::Null).await.ok();
    assert!(seen["trouble"].as_str().unwrap().contains("CALL_RIBBON_PREVIOUS_SECRET_KEYS"));
    let change = json!({"settings": {"apiToken": "fresh"}});
    send(&server, Method::PATCH, &path, change).await.problem(409, "conflict");
    let validate = format!("{path}/validate");
    let tried: Value = send(&server, Method::POST, &validate, Value::Null).await.ok();
    assert_eq!(tried["ok"], false);
    send(&server, Method::DELETE, &path, Value::Null).await.ok::<Value>();
    assert_eq!(server.post_json("/api/ribbon/calls", start).await.status, 202);
}

#[tokio::test]
async fn wrong_accounts_and_strangers_are_refused() {
    let server = Server::start().await;
    let (one, _) = add(&server, json!({"settings": {"apiToken": SECRET}})).await;
    for (field, body) in [
        ("provider", json!({})),
        ("provider", json!({"provider": "elsewhere"})),
        ("name", json!({"provider": "simulator", "name": ""})),
        ("enabled", json!({"provider": "simulator", "enabled": "yes"})),
        ("settings", json!({"provider": "simulator", "settings": []})),
        ("settings", json!({"provider": "simulator", "settings": {"apiToken": "…"}})),
        ("settings", json!({"provider": "simulator", "settings": {"x": "y".repeat(70_000)}})),
    ] {
        let answer = send(&server, Method::POST, PATH, body.clone()).await;
        assert_eq!(answer.wrong_field(), field, "{body}");
    }
    let moved = json!({"provider": "exotel"});
    assert_eq!(send(&server, Method::PATCH, &one, moved).await.wrong_field(), "provider");
    send(&server, Method::PATCH, &one, json!({"provider": "simulator"})).await.ok::<Value>();

    server.add_other_client().await;
    let other = one.replace("client-demo", "client-other");
    let mut refused = BTreeSet::new();
    for (method, path) in [
        (Method::POST, "/api/admin/clients/nobody/providers".to_owned()),
        (Method::GET, "/api/admin/clients/nobody/providers".to_owned()),
        (Method::GET, "/api/admin/clients/nobody/webhooks".to_owned()),
        (Method::GET, "/api/admin/clients/nobody/provider-requests".to_owned()),
        (Method::GET, other.clone()),
        (Method::PATCH, other.clone()),
        (Method::DELETE, other.clone()),
        (Method::POST, format!("{other}/validate")),
        (Method::POST, format!("{other}/webhook-secret")),
    ] {
        let body = json!({"provider": "simulator"});
        let request = || server.request(method.clone(), &path).json(&body);
        Answer::from_request(request().header("X-API-Key", KEY))
            .await
            .problem(401, "missing_api_key");
        Answer::from_request(request().bearer_auth("nope")).await.problem(401, "invalid_api_key");
        send(&server, method.clone(), &path, body.clone()).await.problem(404, "not_found");
        refused.insert(path);
    }
    assert_eq!(refused.len(), 6);
    assert_eq!(send(&server, Method::GET, &one, Value::Null).await.status, 200);
}
