//! Tests people who sign in with an e-mail address and a password: their rights, and the end of
//! their sessions.

use crate::support::process::Process;
use crate::support::{ADMIN_TOKEN, Answer, PASSWORD, SLOW, Server, Stream, add_person, sign_in};
use call_ribbon_shared::wire::EventsUrl;
use reqwest::Method;
use rustix::process::Signal;
use serde_json::{Value, json};
use std::time::Duration;

const CLIENT: &str = "/api/admin/clients/client-demo";
const PEOPLE: &str = "/api/admin/clients/client-demo/people";
const EMAIL: &str = "asha@example.com";

async fn try_to_sign_in(server: &Server, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    Answer::from_request(server.request(Method::POST, "/api/admin/sign-in").json(&body)).await
}

async fn me(server: &Server, token: &str) -> Answer {
    server.request_as_staff(Method::GET, "/api/admin/me", token, Value::Null).await
}

#[tokio::test]
async fn who_signs_in_is_let_in_for_twelve_hours() {
    let server = Server::start().await;
    let id = add_person(&server, " Asha@Example.com", "viewer").await;
    server.clock.stop();
    let answer: Value = try_to_sign_in(&server, "ASHA@example.com ", PASSWORD).await.ok();
    let token = answer["token"].as_str().unwrap();
    let about = json!({"role": "viewer", "clientId": "client-demo", "clientName": "Demo Client",
        "name": "Asha Rao", "expiresAt": answer["expiresAt"]});
    let mut signed_in = about.clone();
    signed_in["token"] = json!(token);
    assert_eq!(answer, signed_in);
    let mut expected = about;
    expected["email"] = json!(EMAIL);
    assert_eq!(me(&server, token).await.ok::<Value>(), expected);
    // The stored hashes do not work as credentials.
    let held = "SELECT token_hash || password_hash FROM person_sessions, people";
    let held = server.database.read_texts(held).await;
    assert!(!held[0].contains(token) && !held[0].contains(PASSWORD), "{held:?}");
    assert!(held[0].contains("$argon2id$"), "{held:?}");

    let list: Value = server.request_as_staff(Method::GET, PEOPLE, token, Value::Null).await.ok();
    let seen = &list["people"][0];
    assert_eq!((&seen["personId"], &seen["email"]), (&json!(id), &json!(EMAIL)));
    assert!(seen["lastSignInAt"].is_string() && seen["disabledAt"].is_null(), "{seen}");
    let refused = server.request_as_staff(Method::PATCH, CLIENT, token, json!({"name": "x"})).await;
    refused.problem(403, "scope_missing");

    server.clock.advance(Duration::from_secs(12 * 60 * 60 - 1));
    me(&server, token).await.ok::<Value>();
    server.clock.advance(Duration::from_secs(1));
    me(&server, token).await.problem(401, "session_ended");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_answered_alike() {
    let server = Server::start().await;
    let id = add_person(&server, EMAIL, "admin").await;
    let disabled = add_person(&server, "ravi@example.com", "admin").await;
    let path = format!("{PEOPLE}/{disabled}");
    server
        .request_as_staff(Method::PATCH, &path, ADMIN_TOKEN, json!({"disabled": true}))
        .await
        .ok::<Value>();
    let long = "x".repeat(5_000);
    let mut sentences = Vec::new();
    for (email, password) in [
        (EMAIL, "wrong horse battery"),
        (EMAIL, ""),
        (EMAIL, long.as_str()),
        ("nobody@example.com", PASSWORD),
        ("ravi@example.com", PASSWORD),
    ] {
        let answer = try_to_sign_in(&server, email, password).await;
        sentences.push(answer.problem(401, "wrong_password").error);
    }
    sentences.dedup();
    assert_eq!(sentences.len(), 1, "{sentences:?}");
    for (field, body) in [
        ("email", json!({"password": PASSWORD})),
        ("email", json!({"email": "asha", "password": PASSWORD})),
        ("password", json!({"email": EMAIL})),
    ] {
        let answer = server.request(Method::POST, "/api/admin/sign-in").json(&body);
        assert_eq!(Answer::from_request(answer).await.wrong_field(), field);
    }
    let token = sign_in(&server, EMAIL).await;
    server.run_sql("UPDATE clients SET suspended_at = 1").await;
    try_to_sign_in(&server, EMAIL, PASSWORD).await.problem(403, "client_suspended");
    try_to_sign_in(&server, EMAIL, "wrong horse battery").await.problem(401, "wrong_password");
    me(&server, &token).await.problem(403, "client_suspended");
    assert!(id.starts_with("person_"));
}

#[tokio::test]
async fn many_tries_are_slowed_down() {
    let server = Server::start().await;
    add_person(&server, EMAIL, "admin").await;
    server.clock.stop();
    for email in [EMAIL, "nobody@example.com"] {
        for _ in 0..10 {
            try_to_sign_in(&server, email, "a guess").await.problem(401, "wrong_password");
        }
        // The correct password is refused as well: otherwise guessing would only have to continue.
        let answer = try_to_sign_in(&server, email, PASSWORD).await;
        answer.problem(429, "rate_limited");
        assert_eq!(answer.header("retry-after"), "20");
    }
    server.clock.advance(Duration::from_secs(20));
    sign_in(&server, EMAIL).await;
    // One address, whatever e-mail addresses it tries.
    let tries = (0..80).map(|n| try_to_sign_in_as(&server, n));
    let answers = futures_util::future::join_all(tries).await;
    assert!(answers.contains(&429));
    assert!(answers.iter().all(|status| matches!(status, 400 | 429)));
}

/// An attempt that costs no hash, because it has no password.
async fn try_to_sign_in_as(server: &Server, n: usize) -> u16 {
    let body = json!({"email": format!("{n}@example.com")});
    Answer::from_request(server.request(Method::POST, "/api/admin/sign-in").json(&body))
        .await
        .status
}

#[tokio::test]
async fn who_is_signed_out_disabled_or_removed_is_out_at_once_on_every_server() {
    let server = Server::start().await;
    let there = server.start_another(SLOW).await;
    let id = add_person(&server, EMAIL, "admin").await;
    let path = format!("{PEOPLE}/{id}");
    let change = async |body: Value| {
        server.request_as_staff(Method::PATCH, &path, ADMIN_TOKEN, body).await.ok::<Value>()
    };

    let (first, second) = (sign_in(&server, EMAIL).await, sign_in(&server, EMAIL).await);
    let out =
        server.request_as_staff(Method::POST, "/api/admin/sign-out", &first, Value::Null).await;
    assert_eq!(out.ok::<Value>(), json!({"success": true}));
    me(&there, &first).await.problem(401, "session_ended");
    me(&there, &second).await.ok::<Value>();

    let shown = change(json!({"disabled": true})).await;
    assert!(shown["disabledAt"].is_string());
    me(&there, &second).await.problem(401, "session_ended");
    try_to_sign_in(&there, EMAIL, PASSWORD).await.problem(401, "wrong_password");
    change(json!({"disabled": false})).await;
    me(&there, &second).await.problem(401, "session_ended");

    // A role applies from the next request on.
    let third = sign_in(&server, EMAIL).await;
    change(json!({"role": "viewer", "name": "Asha R."})).await;
    let seen: Value = me(&there, &third).await.ok();
    assert_eq!((&seen["role"], &seen["name"]), (&json!("viewer"), &json!("Asha R.")));

    change(json!({"password": "another horse entirely"})).await;
    me(&there, &third).await.problem(401, "session_ended");
    try_to_sign_in(&there, EMAIL, PASSWORD).await.problem(401, "wrong_password");
    let fourth: Value = try_to_sign_in(&there, EMAIL, "another horse entirely").await.ok();
    let fourth = fourth["token"].as_str().unwrap();
    server.request_as_staff(Method::DELETE, &path, ADMIN_TOKEN, Value::Null).await.ok::<Value>();
    me(&there, fourth).await.problem(401, "session_ended");
    server
        .request_as_staff(Method::DELETE, &path, ADMIN_TOKEN, Value::Null)
        .await
        .problem(404, "not_found");

    let audit: Value = server
        .request_as_staff(Method::GET, &format!("{CLIENT}/audit"), ADMIN_TOKEN, Value::Null)
        .await
        .ok();
    let acts: Vec<_> = audit["audit"].as_array().unwrap().iter().map(|l| &l["act"]).collect();
    let expected = ["removed", "signed-in", "password", "changed", "signed-in", "enabled"];
    let expected: Vec<_> = expected
        .into_iter()
        .chain(["disabled", "signed-out", "signed-in", "signed-in", "created"])
        .map(|act| json!(format!("person.{act}")))
        .collect();
    assert_eq!(acts, expected.iter().collect::<Vec<_>>());
    let out = audit["audit"].as_array().unwrap().iter().find(|l| l["act"] == "person.signed-out");
    assert_eq!((&out.unwrap()["by"], &out.unwrap()["byId"]), (&json!("Asha Rao"), &json!(id)));
    assert!(!audit.to_string().contains(EMAIL));
}

#[tokio::test]
async fn ones_own_password_is_changed_by_the_one_until_now() {
    let server = Server::start().await;
    add_person(&server, EMAIL, "viewer").await;
    let (here, elsewhere) = (sign_in(&server, EMAIL).await, sign_in(&server, EMAIL).await);
    let change = async |token: &str, current: &str, new: &str| {
        let body = json!({"current": current, "new": new});
        server.request_as_staff(Method::POST, "/api/admin/password", token, body).await
    };
    let new = "another horse entirely";
    assert_eq!(change(&here, "wrong horse battery", new).await.wrong_field(), "current");
    assert_eq!(change(&here, PASSWORD, "short").await.wrong_field(), "new");
    change(&here, PASSWORD, new).await.ok::<Value>();
    me(&server, &here).await.ok::<Value>();
    me(&server, &elsewhere).await.problem(401, "session_ended");
    try_to_sign_in(&server, EMAIL, PASSWORD).await.problem(401, "wrong_password");
    try_to_sign_in(&server, EMAIL, new).await.ok::<Value>();
    // The operator and tokens have none.
    let (_, token) = crate::support::create_token(&server, "admin").await;
    for token in [ADMIN_TOKEN, &token] {
        change(token, PASSWORD, new).await.problem(409, "conflict");
        let out =
            server.request_as_staff(Method::POST, "/api/admin/sign-out", token, Value::Null).await;
        out.problem(409, "conflict");
    }
}

#[tokio::test]
async fn wrong_people_are_refused() {
    let server = Server::start().await;
    let id = add_person(&server, EMAIL, "admin").await;
    let whole = json!({"email": "a@b", "name": "A", "role": "admin", "password": PASSWORD});
    for (field, value) in [
        ("email", json!("nobody")),
        ("email", json!(format!(" a@{}", "b".repeat(252)))),
        ("email", Value::Null),
        ("name", json!("")),
        ("name", Value::Null),
        ("role", json!("operator")),
        ("role", Value::Null),
        ("password", json!("only eleven")),
        ("password", json!("x".repeat(201))),
        ("password", Value::Null),
    ] {
        let mut body = whole.clone();
        body[field] = value;
        let answer = server.request_as_staff(Method::POST, PEOPLE, ADMIN_TOKEN, body.clone()).await;
        assert_eq!(answer.wrong_field(), field, "{body}");
        if field == "email" || body[field].is_null() {
            continue;
        }
        let body = json!({field: body[field]});
        let path = format!("{PEOPLE}/{id}");
        let answer = server.request_as_staff(Method::PATCH, &path, ADMIN_TOKEN, body.clone()).await;
        assert_eq!(answer.wrong_field(), field, "{body}");
    }
    let mut again = whole;
    again["email"] = json!("ASHA@example.com");
    let answer = server.request_as_staff(Method::POST, PEOPLE, ADMIN_TOKEN, again.clone()).await;
    answer.problem(409, "conflict");
    let nobody = "/api/admin/clients/nobody/people";
    let answer = server.request_as_staff(Method::POST, nobody, ADMIN_TOKEN, again).await;
    answer.problem(404, "not_found");
}

#[tokio::test]
async fn a_stream_ends_with_the_session_by_which_it_was_opened() {
    let server = Server::start().await;
    add_person(&server, EMAIL, "viewer").await;
    let open = async |token: &str| {
        let path = format!("{CLIENT}/ribbon/events/ticket");
        let url: EventsUrl =
            server.request_as_staff(Method::GET, &path, token, Value::Null).await.ok();
        Stream::open(server.request(Method::GET, &url.events_url)).await
    };
    let (first, second) = (sign_in(&server, EMAIL).await, sign_in(&server, EMAIL).await);
    let (mut signed_out, mut expired) = (open(&first).await, open(&second).await);
    server
        .request_as_staff(Method::POST, "/api/admin/sign-out", &first, Value::Null)
        .await
        .ok::<Value>();
    assert!(signed_out.next_event().await.is_none());
    server.log_event("initiated", "c1", "2025-10-12T10:30:00Z", json!({})).await;
    assert_eq!(expired.next_event().await.unwrap().call_sid, "c1");
    server.clock.advance(Duration::from_hours(12));
    assert!(expired.next_event().await.is_none());
}

#[tokio::test]
async fn only_the_newest_sessions_of_a_person_are_kept() {
    let server = Server::start().await;
    add_person(&server, EMAIL, "viewer").await;
    let first = sign_in(&server, EMAIL).await;
    for _ in 0..20 {
        server.clock.advance(Duration::from_secs(20));
        sign_in(&server, EMAIL).await;
    }
    me(&server, &first).await.problem(401, "session_ended");
    let count = "SELECT CAST(COUNT(*) AS TEXT) FROM person_sessions";
    assert_eq!(server.database.read_texts(count).await, ["20"]);
}

#[tokio::test]
async fn passwords_and_tokens_are_in_no_log() {
    let process = Process::serve(&["--log", "debug"]).await;
    let http = crate::support::http_client();
    let send = async |method: Method, path: &str, token: &str, body: Value| {
        let request = http.request(method, format!("{}{path}", process.url)).json(&body);
        Answer::from_request(request.bearer_auth(token)).await
    };
    let body = json!({"email": EMAIL, "name": "Asha", "role": "admin", "password": PASSWORD});
    send(Method::POST, PEOPLE, ADMIN_TOKEN, body).await;
    let body = json!({"email": EMAIL, "password": "a wrong guess it is"});
    send(Method::POST, "/api/admin/sign-in", "none", body).await.problem(401, "wrong_password");
    let body = json!({"email": EMAIL, "password": PASSWORD});
    let answer: Value = send(Method::POST, "/api/admin/sign-in", "none", body).await.ok();
    let token = answer["token"].as_str().unwrap();
    let new = "another horse entirely";
    let body = json!({"current": PASSWORD, "new": new});
    send(Method::POST, "/api/admin/password", token, body).await.ok::<Value>();
    process.signal(Signal::TERM);
    let (_, log) = process.wait_for_end().await;
    assert!(log.contains("/api/admin/sign-in"), "{log}");
    for secret in [PASSWORD, "a wrong guess it is", new, token, EMAIL, "argon2id"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
