//! Tests that guessing passwords is slow, that a stranger who tries keeps nobody out, and that an
//! e-mail address reveals nothing of other clients.

use crate::support::{ADMIN_TOKEN, Answer, PASSWORD, Server, add_person};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const EMAIL: &str = "asha@example.com";
const OTHER_PEOPLE: &str = "/api/admin/clients/client-other/people";

/// Starts a server behind a proxy, which tells it where requests come from.
async fn start_behind_proxy() -> Server {
    Server::start_with_limits(|limits| {
        limits.trusted_proxy = vec!["127.0.0.1".parse().unwrap()];
    })
    .await
}

async fn sign_in_from(server: &Server, network: &str, body: Value) -> Answer {
    let request = server.request(Method::POST, "/api/admin/sign-in").json(&body);
    Answer::from_request(request.header("X-Forwarded-For", network)).await
}

async fn change_password_from(server: &Server, network: &str, token: &str, old: &str) -> Answer {
    let body = json!({"current": old, "new": PASSWORD});
    let request = server.request(Method::POST, "/api/admin/password").json(&body);
    Answer::from_request(request.bearer_auth(token).header("X-Forwarded-For", network)).await
}

#[tokio::test]
async fn a_stranger_who_tries_does_not_keep_the_owner_out() {
    let server = start_behind_proxy().await;
    add_person(&server, EMAIL, "admin").await;
    server.clock.stop();
    let (right, wrong) =
        (json!({"email": EMAIL, "password": PASSWORD}), json!({"email": EMAIL, "password": "no"}));
    let first: Value = sign_in_from(&server, "198.51.100.1", right.clone()).await.ok();
    let token = first["token"].as_str().unwrap();
    for minute in 0..5 {
        for stranger in ["203.0.113.5", "2001:db8:7::1"] {
            for _ in 0..12 {
                let answer = sign_in_from(&server, stranger, wrong.clone()).await;
                assert!(matches!(answer.status, 401 | 429), "{}", answer.text);
            }
            // The right password, too: otherwise guessing would only have to continue.
            let answer = sign_in_from(&server, stranger, right.clone()).await;
            answer.problem(429, "rate_limited");
            let answer = change_password_from(&server, stranger, token, PASSWORD).await;
            answer.problem(429, "rate_limited");
        }
        // One IPv6 network counts as one sender.
        let neighbour = sign_in_from(&server, "2001:db8:7::2", right.clone()).await;
        neighbour.problem(429, "rate_limited");
        let known = "198.51.100.1";
        sign_in_from(&server, known, right.clone()).await.ok::<Value>();
        change_password_from(&server, known, token, PASSWORD).await.ok::<Value>();
        let new = format!("198.51.100.{}", 10 + minute);
        sign_in_from(&server, &new, right.clone()).await.ok::<Value>();
        server.clock.advance(Duration::from_mins(1));
    }
}

async fn add_other_person(server: &Server, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "name": "A. Rao", "role": "viewer", "password": password});
    server.request_as_staff(Method::POST, OTHER_PEOPLE, ADMIN_TOKEN, body).await
}

#[tokio::test]
async fn an_address_of_another_client_is_answered_like_a_new_one() {
    let server = Server::start().await;
    server.add_other_client().await;
    add_person(&server, EMAIL, "admin").await;
    let other = "another horse entirely";
    let (taken, new) = (
        add_other_person(&server, EMAIL, other).await,
        add_other_person(&server, "new@example.com", other).await,
    );
    let shape = |answer: &Answer| {
        assert_eq!(answer.status, 201, "{}", answer.text);
        let mut value: Value = answer.read();
        for field in ["personId", "email", "createdAt"] {
            assert!(value[field].is_string());
            value[field] = Value::Null;
        }
        value
    };
    assert_eq!(shape(&taken), shape(&new));
    // Within the client it is said.
    add_other_person(&server, &EMAIL.to_uppercase(), other).await.problem(409, "conflict");

    // Each signs in at the client whose password it is.
    let sign_in = async |body: Value| {
        let request = server.request(Method::POST, "/api/admin/sign-in").json(&body);
        Answer::from_request(request).await
    };
    let client = |answer: Answer| answer.ok::<Value>()["clientId"].as_str().unwrap().to_owned();
    let with = |password: &str| json!({"email": EMAIL, "password": password});
    assert_eq!(client(sign_in(with(PASSWORD)).await), "client-demo");
    assert_eq!(client(sign_in(with(other)).await), "client-other");
    let named = |password: &str, client: &str| json!({"email": EMAIL, "password": password, "clientId": client});
    sign_in(named(PASSWORD, "client-other")).await.problem(401, "wrong_password");
    sign_in(named(PASSWORD, "nobody")).await.problem(401, "wrong_password");

    // With one password at both, the last one used; another one by its name.
    let id = taken.read::<Value>()["personId"].as_str().unwrap().to_owned();
    let change = async |body: Value| {
        let path = format!("{OTHER_PEOPLE}/{id}");
        server.request_as_staff(Method::PATCH, &path, ADMIN_TOKEN, body).await.ok::<Value>();
    };
    change(json!({"password": PASSWORD})).await;
    server.clock.advance(Duration::from_mins(1));
    assert_eq!(client(sign_in(named(PASSWORD, "client-demo")).await), "client-demo");
    assert_eq!(client(sign_in(with(PASSWORD)).await), "client-demo");
    server.clock.advance(Duration::from_mins(1));
    assert_eq!(client(sign_in(named(PASSWORD, "client-other")).await), "client-other");
    assert_eq!(client(sign_in(with(PASSWORD)).await), "client-other");
    // Who is disabled at one client signs in at the other, and a new password ends only sessions of
    // the one.
    change(json!({"disabled": true})).await;
    assert_eq!(client(sign_in(with(PASSWORD)).await), "client-demo");
    server.run_sql("UPDATE clients SET suspended_at = 1 WHERE client_id = 'client-demo'").await;
    server.clock.advance(Duration::from_mins(1));
    sign_in(with(PASSWORD)).await.problem(403, "client_suspended");
    change(json!({"disabled": false})).await;
    assert_eq!(client(sign_in(with(PASSWORD)).await), "client-other");
}
