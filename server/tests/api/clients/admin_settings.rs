//! Tests the settings that a client's admin can read: dialer keys, and the tag for its pages.

use crate::support::{ADMIN_TOKEN, Answer, Server, create_token};
use reqwest::Method;
use serde_json::{Value, json};

const CLIENT: &str = "/api/admin/clients/client-demo";
const KEYS: &str = "/api/admin/clients/client-demo/dialer-keys";

#[tokio::test]
async fn a_dialer_key_is_shown_in_full_once_and_good_until_revoked() {
    let server = Server::start().await;
    let (_, admin) = create_token(&server, "admin").await;
    let made = server.request_as_staff(Method::POST, KEYS, &admin, Value::Null).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made: Value = made.read();
    let key = made["dialerKey"].as_str().unwrap();
    let lead = async || {
        let lead = server.request(Method::POST, "/api/leads/from-dialer/");
        let lead = lead.header("X-Dialer-Api-Key", key).json(&json!({"user": "agent1"}));
        Answer::from_request(lead).await
    };
    assert_eq!(lead().await.status, 201);
    // A dialer that cannot set a header uses the address.
    let address = made["leadUrl"].as_str().unwrap();
    let by_address = server.request(Method::GET, &format!("{address}?user=agent1"));
    assert_eq!(Answer::from_request(by_address).await.status, 201, "{address}");
    let list = server.request_as_staff(Method::GET, KEYS, &admin, Value::Null).await;
    assert!(!list.text.contains(key), "{}", list.text);
    let list: Value = list.ok();
    // The first one is from the server's settings.
    let keys = list["dialerKeys"].as_array().unwrap();
    assert_eq!((keys.len(), &keys[0]["keyId"]), (2, &json!("key-settings")));
    assert_eq!(keys[1]["dialerKey"], format!("{}...", &key[..10]));
    assert!(keys[1]["revokedAt"].is_null());
    let one = format!("{KEYS}/{}", made["keyId"].as_str().unwrap());
    let gone: Value = server.request_as_staff(Method::DELETE, &one, &admin, Value::Null).await.ok();
    assert!(gone["revokedAt"].is_string());
    lead().await.problem(401, "revoked_api_key");
    assert_eq!(
        server.request_as_staff(Method::DELETE, &one, &admin, Value::Null).await.ok::<Value>(),
        gone
    );
    let none = format!("{KEYS}/none");
    server
        .request_as_staff(Method::DELETE, &none, &admin, Value::Null)
        .await
        .problem(404, "not_found");
    let nobody = "/api/admin/clients/nobody/dialer-keys";
    for method in [Method::GET, Method::POST] {
        let answer = server.request_as_staff(method, nobody, ADMIN_TOKEN, Value::Null).await;
        answer.problem(404, "not_found");
    }
    let audit: Value = server
        .request_as_staff(Method::GET, &format!("{CLIENT}/audit"), &admin, Value::Null)
        .await
        .ok();
    let acts: Vec<_> = audit["audit"].as_array().unwrap().iter().map(|line| &line["act"]).collect();
    assert_eq!(acts, ["dialer-key.revoked", "dialer-key.created", "token.created"]);
}

/// Returns the address in the tag for a request with these headers.
async fn embed(server: &Server, headers: &[(&str, &str)]) -> Value {
    let mut request = server.request(Method::GET, &format!("{CLIENT}/embed"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Answer::from_request(request.bearer_auth(ADMIN_TOKEN)).await.ok()
}

#[tokio::test]
async fn the_tag_for_a_page_names_this_server_and_the_scripts_digest() {
    let server = Server::start().await;
    let seen = embed(&server, &[]).await;
    let src = format!("{}/call-ribbon.js", server.url);
    assert_eq!(seen["src"], src);
    // If the ribbon was built, the digest is that of the script that the server sends.
    let told = Answer::from_request(server.request(Method::GET, "/integrity.json")).await;
    let pinned = if told.status == 200 {
        let digest = told.read::<Value>()["call-ribbon.js"].clone();
        assert_eq!(seen["integrity"], digest);
        format!(" integrity=\"{}\"", digest.as_str().unwrap())
    } else {
        assert!(seen["integrity"].is_null());
        String::new()
    };
    let tag = format!("<script src=\"{src}\"{pinned} crossorigin=\"anonymous\"></script>");
    assert_eq!(seen["snippet"], tag);
    // Headers that any sender may set are trusted only from a trusted proxy.
    let proxy = [("X-Forwarded-Host", "calls.example.com"), ("X-Forwarded-Proto", "https")];
    assert_eq!(embed(&server, &proxy).await["src"], src);
    let behind = Server::start_with_limits(|limits| {
        limits.trusted_proxy = vec!["127.0.0.1".parse().unwrap()];
    })
    .await;
    let seen = embed(&behind, &proxy).await;
    assert_eq!(seen["src"], "https://calls.example.com/call-ribbon.js");
    let public = Server::start_with_settings(|config| {
        config.public_url = Some("https://ribbon.example.com".parse().unwrap());
    });
    let seen = embed(&public.await, &proxy).await;
    assert_eq!(seen["src"], "https://ribbon.example.com/call-ribbon.js");
}
