//! Tests that guessing keys and tokens is slow, and that it keeps nobody else of the network out.

use crate::support::{
    ADMIN_TOKEN, Answer, DIALER_KEY, KEY, OTHER_KEY, PASSWORD, Server, add_person,
};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::time::Duration;

/// How many wrong secrets may come at once.
const BURST: usize = 10;

/// Starts a server behind a proxy, which tells it where requests come from. Its clock stands.
async fn start_behind_proxy() -> Server {
    let server = Server::start_with_limits(|limits| {
        limits.trusted_proxy = vec!["127.0.0.1".parse().unwrap()];
        limits.wrong_secret_rate = 1;
        limits.init_rate = 0;
    })
    .await;
    server.add_other_client().await;
    server.clock.stop();
    server
}

/// A way to send a secret.
struct Way {
    name: &'static str,
    /// Two valid secrets.
    valid: [String; 2],
    /// What a wrong one begins with.
    prefix: &'static str,
    send: fn(&Server, &str) -> RequestBuilder,
}

fn ask(server: &Server, path: &str, header: &str, secret: &str) -> RequestBuilder {
    server.request(Method::GET, path).header(header, secret)
}

fn begin_session(server: &Server, body: &Value) -> RequestBuilder {
    let request = server.request(Method::POST, "/api/admin/session").json(body);
    request.header("X-Call-Ribbon", "1").header("Sec-Fetch-Site", "same-origin")
}

fn ask_as_staff(server: &Server, token: &str) -> RequestBuilder {
    server.request(Method::GET, "/api/admin/me").bearer_auth(token)
}

async fn create(server: &Server, kind: &str, body: Value, field: &str) -> String {
    let path = format!("/api/admin/clients/client-demo/{kind}");
    let made = server.request_as_staff(Method::POST, &path, ADMIN_TOKEN, body).await;
    made.read::<Value>()[field].as_str().unwrap_or_else(|| panic!("{}", made.text)).to_owned()
}

async fn sign_in(server: &Server, network: &str) -> String {
    let body = json!({"email": "asha@example.com", "password": PASSWORD});
    let request = server.request(Method::POST, "/api/admin/sign-in").json(&body);
    let signed_in = Answer::from_request(request.header("X-Forwarded-For", network)).await;
    signed_in.ok::<Value>()["token"].as_str().unwrap().to_owned()
}

async fn ways(server: &Server) -> Vec<Way> {
    let role = |name: &str| json!({"name": name, "role": "viewer"});
    let tokens = [
        create(server, "tokens", role("a"), "token").await,
        create(server, "tokens", role("b"), "token").await,
    ];
    let dialer = create(server, "dialer-keys", json!({}), "dialerKey").await;
    let dialers = [DIALER_KEY.to_owned(), dialer];
    add_person(server, "asha@example.com", "admin").await;
    let sessions = [sign_in(server, "198.51.100.1").await, sign_in(server, "198.51.100.2").await];
    let keys = [KEY.to_owned(), OTHER_KEY.to_owned()];
    let way =
        |name, valid: &[String; 2], prefix, send| Way { name, valid: valid.clone(), prefix, send };
    vec![
        way("key", &keys, "crk_", |server, key| {
            ask(server, "/api/ribbon/config", "X-API-Key", key)
        }),
        way("key in a body", &keys, "crk_", |server, key| {
            let body = json!({"apiKey": key, "agentId": "agent1"});
            server.request(Method::POST, "/api/ribbon/init").json(&body)
        }),
        way("key at sign-in", &keys, "", |server, key| {
            begin_session(server, &json!({"apiKey": key}))
        }),
        way("dialer key", &dialers, "crd_", |server, key| {
            let request = server.request(Method::POST, "/api/leads/from-dialer");
            request.header("X-Dialer-Api-Key", key).json(&json!({"lead_id": "1", "user": "agent1"}))
        }),
        way("dialer key in a path", &dialers, "crd_", |server, key| {
            server.request(
                Method::GET,
                &format!("/api/leads/from-dialer/{key}?lead_id=1&user=agent1"),
            )
        }),
        way("staff token", &tokens, "crt_", ask_as_staff),
        way("operator's token", &[ADMIN_TOKEN.to_owned(), tokens[0].clone()], "", ask_as_staff),
        way("session", &sessions, "crs_", ask_as_staff),
        way("token at sign-in", &tokens, "crt_", |server, token| {
            begin_session(server, &json!({"token": token}))
        }),
    ]
}

#[tokio::test]
async fn guessing_is_slow_and_keeps_nobody_out() {
    let server = start_behind_proxy().await;
    for (n, Way { name, valid: [known, new], prefix, send }) in
        ways(&server).await.into_iter().enumerate()
    {
        let home = format!("203.0.113.{n}");
        let from = async |network: &str, secret: &str| {
            Answer::from_request(send(&server, secret).header("X-Forwarded-For", network)).await
        };
        let passes = async |network: &str, secret: &str| {
            let answer = from(network, secret).await;
            assert!(matches!(answer.status, 200 | 201), "{name}: {}", answer.text);
        };
        passes(&home, &known).await;
        for guess in 0..BURST {
            let answer = from(&home, &format!("{prefix}wrong-{guess}")).await;
            assert_eq!(answer.status, 401, "{name}: {}", answer.text);
        }
        // Whether the next one is right does not show.
        for guess in [&format!("{prefix}wrong"), &new] {
            let refused = from(&home, guess).await;
            let problem = refused.problem(429, "rate_limited");
            assert!(problem.error.contains("keys or tokens"), "{name}: {}", problem.error);
            assert_eq!(refused.header("retry-after"), "1", "{name}");
        }
        // A colleague's page goes on, and so do other networks.
        for _ in 0..BURST * 2 {
            passes(&home, &known).await;
        }
        passes(&format!("192.0.2.{n}"), &new).await;
        server.clock.advance(Duration::from_secs(1));
        passes(&home, &new).await;
    }
}

#[tokio::test]
async fn a_person_may_sign_in_where_others_guess() {
    let server = start_behind_proxy().await;
    add_person(&server, "asha@example.com", "admin").await;
    let home = "203.0.113.1";
    for guess in 0..BURST {
        let request = ask_as_staff(&server, &format!("wrong-{guess}"));
        Answer::from_request(request.header("X-Forwarded-For", home)).await;
    }
    let token = sign_in(&server, home).await;
    let request = ask_as_staff(&server, &token).header("X-Forwarded-For", home);
    Answer::from_request(request).await.ok::<Value>();
    // Neither a missing nor a revoked credential is a guess.
    let other = "203.0.113.2";
    let body = json!({"name": "a", "role": "viewer"});
    let path = "/api/admin/clients/client-demo/tokens";
    let made: Value = server.request_as_staff(Method::POST, path, ADMIN_TOKEN, body).await.read();
    let path = format!("{path}/{}", made["tokenId"].as_str().unwrap());
    server.request_as_staff(Method::DELETE, &path, ADMIN_TOKEN, Value::Null).await.ok::<Value>();
    for _ in 0..BURST * 2 {
        let revoked = ask_as_staff(&server, made["token"].as_str().unwrap());
        let revoked = Answer::from_request(revoked.header("X-Forwarded-For", other)).await;
        revoked.problem(401, "revoked_api_key");
        let missing = server.request(Method::GET, "/api/admin/me");
        let missing = Answer::from_request(missing.header("X-Forwarded-For", other)).await;
        missing.problem(401, "missing_api_key");
    }
}

/// Every operation that takes a credential looks no wrong one up beyond the limit.
#[tokio::test]
async fn every_operation_is_slowed() {
    let server = start_behind_proxy().await;
    let home = "203.0.113.1";
    let document: Value =
        Answer::from_request(server.request(Method::GET, "/api/openapi.json")).await.ok();
    for guess in 0..BURST {
        let request = ask_as_staff(&server, &format!("wrong-{guess}"));
        Answer::from_request(request.header("X-Forwarded-For", home)).await;
    }
    let mut asked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let security = operation["security"].as_array().into_iter().flatten();
            let schemes: Vec<_> =
                security.filter_map(|one| one.as_object()?.keys().next()).collect();
            // Neither is a credential that a user could guess: one is sealed, the other is sent by
            // providers, whose networks belong to many.
            let others = ["ticket", "webhookSecret"];
            for scheme in schemes.into_iter().filter(|scheme| !others.contains(&scheme.as_str())) {
                let filled = path.split('/').map(|part| match part {
                    "{clientId}" => "client-demo",
                    part if part.starts_with('{') => "wrong",
                    part => part,
                });
                let filled = filled.collect::<Vec<_>>().join("/");
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
                let (filled, name, value) = match scheme.as_str() {
                    "apiKey" => (filled, "X-API-Key", "wrong"),
                    "apiKeyInLink" => (format!("{filled}?apiKey=wrong"), "Accept", "*/*"),
                    "adminToken" => (filled, "Authorization", "Bearer wrong"),
                    "dialerKey" => (filled, "X-Dialer-Api-Key", "wrong"),
                    other => panic!("{method} {path}: no row for the scheme {other}"),
                };
                let about = format!("{method} {path} with {scheme}");
                assert!(operation["responses"]["429"].is_object(), "{about} lacks 429");
                let request = server.request(method.clone(), &filled).header(name, value);
                let request = request.header("X-Forwarded-For", home);
                let request =
                    if method == Method::GET { request } else { request.json(&json!({})) };
                let answer = Answer::from_request(request).await;
                assert_eq!(answer.status, 429, "{about}: {}", answer.text);
                asked += 1;
            }
        }
    }
    assert!(asked > 60, "{asked}");
}
