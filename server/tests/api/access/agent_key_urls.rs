//! Tests key sets for agent tokens at an address of the client's: read when they are needed, kept
//! for a while, and nothing that such an address answers does harm.

use super::agent_tokens::{KEYS, as_operator, claims, init_with, key_pair, sign_es256};
use crate::support::emulators::key_server::{KeyServer, Published};
use crate::support::{Answer, Server};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

async fn add(server: &Server, url: &str) -> Answer {
    as_operator(server, Method::POST, KEYS, json!({"jwksUrl": url})).await
}

async fn listed(server: &Server) -> Value {
    as_operator(server, Method::GET, KEYS, Value::Null).await.ok::<Value>()["keys"][0].clone()
}

#[tokio::test]
async fn addresses_that_hold_no_public_keys_are_refused() {
    let server = Server::start().await;
    let (_, public) = key_pair("k1");
    let keys = KeyServer::start(&json!({"keys": [public]})).await;
    let text = |status, text: &str| Published::Text(status, text.to_owned());
    let mut private = public.clone();
    private["d"] = json!("AA");
    for (published, why) in [
        (text(404, ""), "answered with status 404"),
        (text(500, &json!({"keys": [public]}).to_string()), "answered with status 500"),
        (text(204, ""), "answered with status 204"),
        (text(200, ""), "is not JSON"),
        (text(200, "<html>"), "is not JSON"),
        (text(200, "[]"), "a list \"keys\""),
        (text(200, r#"{"keys": []}"#), "holds no key"),
        (text(200, &json!({"keys": [private]}).to_string()), "private or secret key"),
        (text(200, &json!({"keys": vec![public.clone(); 11]}).to_string()), "at most 10 keys"),
        (text(200, &" ".repeat(33_000)), "more than 32 KiB"),
        (Published::Endless, "more than 32 KiB"),
        (Published::Redirect(keys.url.clone()), "answered with status 302"),
        (Published::Silence, "did not answer within 5 seconds"),
    ] {
        keys.publish(published.clone());
        let answer = add(&server, &keys.url).await;
        let problem = answer.problem(400, "invalid_request");
        assert_eq!(problem.field.as_deref(), Some("jwksUrl"));
        assert!(problem.error.contains(why), "{published:?}: {}", problem.error);
    }
    for (url, why) in [
        ("http://10.0.0.1/jwks", "must begin with https://"),
        ("https://10.0.0.1/jwks", "private or reserved network"),
        ("https://[::ffff:169.254.169.254]/jwks", "private or reserved network"),
        ("https://me:secret@example.com/jwks", "user name or password"),
        ("file:///etc/passwd", "must begin with https://"),
        ("jwks.json", "not a valid address"),
        ("", "not a valid address"),
        ("http://127.0.0.1:1/jwks", "did not answer"),
    ] {
        let answer = add(&server, url).await;
        let problem = answer.problem(400, "invalid_request");
        assert_eq!(problem.field.as_deref(), Some("jwksUrl"), "{url}");
        assert!(problem.error.contains(why), "{url}: {}", problem.error);
    }
    let both = json!({"jwksUrl": keys.url, "jwks": {"keys": [public]}});
    assert_eq!(as_operator(&server, Method::POST, KEYS, both).await.wrong_field(), "jwksUrl");
    assert_eq!(listed(&server).await, Value::Null);
}

#[tokio::test]
async fn a_set_is_read_again_for_a_new_key_and_kept_while_its_address_is_away() {
    let server = Server::start().await;
    let ((first, first_public), (second, second_public)) = (key_pair("k1"), key_pair("k2"));
    let keys = KeyServer::start(&json!({"keys": [first_public]})).await;
    let made: Value = add(&server, &keys.url).await.read();
    assert_eq!(
        (&made["kind"], &made["jwksUrl"], &made["secret"]),
        (&json!("jwksUrl"), &json!(keys.url), &Value::Null)
    );
    let try_key = async |pair, kid: &str| {
        let mut claims = claims(&server, "agent1");
        claims["jti"] = json!(format!("{kid} {}", keys.asked()));
        init_with(&server, &sign_es256(&claims, pair, kid)).await
    };
    assert_eq!(try_key(&first, "k1").await.status, 200);
    let asked = keys.asked();
    // The set is kept, and strangers' tokens do not make the server ask.
    for _ in 0..3 {
        assert_eq!(try_key(&first, "k1").await.status, 200);
        try_key(&second, "k2").await.problem(401, "invalid_agent_token");
    }
    assert_eq!(keys.asked(), asked);
    // A new key counts within a minute, and the one that was removed does not any more.
    keys.publish_keys(&json!({"keys": [second_public]}));
    server.clock.advance(Duration::from_mins(1));
    assert_eq!(try_key(&second, "k2").await.status, 200);
    try_key(&first, "k1").await.problem(401, "invalid_agent_token");
    assert_eq!(keys.asked(), asked + 1);
    assert_eq!(listed(&server).await["problem"], Value::Null);

    // Away: what was read does for six hours, and both people and programs are told.
    keys.publish(Published::Text(503, String::new()));
    server.clock.advance(Duration::from_mins(10));
    assert_eq!(try_key(&second, "k2").await.status, 200);
    let asked = keys.asked();
    let refused = try_key(&first, "k1").await.problem(401, "invalid_agent_token");
    assert!(refused.error.contains("answered with status 503"), "{}", refused.error);
    assert_eq!(keys.asked(), asked, "asked again too soon");
    let shown = listed(&server).await;
    let problem = shown["problem"].as_str().unwrap();
    assert!(problem.contains("status 503") && problem.contains("are used until"), "{problem}");
    assert!(shown["readAt"].is_string());
    server.clock.advance(Duration::from_hours(6));
    let refused = try_key(&second, "k2").await.problem(401, "invalid_agent_token");
    assert_eq!(
        refused.error,
        "The public keys could not be read: the address answered with status 503."
    );
    assert_eq!(listed(&server).await["readAt"], Value::Null);
    // Back.
    keys.publish_keys(&json!({"keys": [first_public, second_public]}));
    server.clock.advance(Duration::from_secs(15));
    for (pair, kid) in [(&first, "k1"), (&second, "k2")] {
        assert_eq!(try_key(pair, kid).await.status, 200);
    }
    // A removed key is not asked for.
    let asked = keys.asked();
    let path = format!("{KEYS}/{}", made["keyId"].as_str().unwrap());
    as_operator(&server, Method::DELETE, &path, Value::Null).await.ok::<Value>();
    server.clock.advance(Duration::from_hours(1));
    try_key(&first, "k1").await.problem(401, "invalid_agent_token");
    assert_eq!(keys.asked(), asked);
}
