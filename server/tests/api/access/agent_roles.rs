//! Tests the role in agent tokens: an agent who may not see phone numbers gets none.

use super::agent_tokens::{KEYS, claims, init_with, make_secret, sign};
use super::numbers::{addresses, assert_hidden, fill};
use crate::support::{Answer, KEY, Server, Stream};
use call_ribbon_shared::wire::{EventsUrl, InitAnswer};
use reqwest::Method;
use serde_json::{Value, json};

/// Opens a session by a token with this role.
async fn open_session(server: &Server, secret: &str, role: &Value) -> Answer {
    let mut claims = claims(server, "agent1");
    claims["jti"] = json!(role.to_string());
    claims["role"] = role.clone();
    init_with(server, &sign(&claims, secret)).await
}

async fn get(server: &Server, path: &str, session: &str) -> Answer {
    let request = server.request(Method::GET, path).header("X-API-Key", KEY);
    Answer::from_request(request.header("X-Session-Token", session)).await
}

#[tokio::test]
async fn a_masked_agent_gets_no_number_and_dials_by_its_handle() {
    let server = Server::start().await;
    let (secret, _) = make_secret(&server, KEYS).await;
    let session = fill(&server).await;
    let masked = open_session(&server, &secret, &json!("masked-agent")).await;
    assert_hidden(&masked.text, "init");
    let masked: InitAnswer = masked.ok();
    let plain: InitAnswer = open_session(&server, &secret, &json!("agent")).await.ok();
    let (mut read, mut full) = (0, String::new());
    for path in addresses(&server, &session).await {
        if !path.starts_with("/api/ribbon/") {
            continue;
        }
        let answer = get(&server, &path, &masked.session_token).await;
        assert_hidden(&answer.text, &path);
        read += usize::from(answer.status == 200);
        full.push_str(&get(&server, &path, &plain.session_token).await.text);
    }
    assert!(read > 5 && full.contains("9876500066"), "{read}");

    // Streams by the ticket of init, and by one that the session gets.
    let ticket = get(&server, "/api/ribbon/events/ticket", &masked.session_token).await;
    let again: EventsUrl = ticket.ok();
    let mut streams = Vec::new();
    for url in [&masked.events_url, &again.events_url] {
        streams.push(Stream::open(server.request(Method::GET, url)).await);
    }
    let data = json!({"agentId": "agent1", "phoneNumber": "+919876500066"});
    server.log_event("ringing", "c-66", &server.time_now(), data).await;
    for stream in &mut streams {
        let event = loop {
            let event = stream.next_event().await.unwrap();
            if event.call_sid == "c-66" {
                break event;
            }
        };
        assert_hidden(&format!("{event:?}"), "a stream");
    }

    let call: Value =
        get(&server, &format!("/api/ribbon/calls/{session}"), &masked.session_token).await.ok();
    let handle = call["phoneNumberHandle"].as_str().unwrap();
    let request = server.request(Method::POST, "/api/ribbon/calls").header("X-API-Key", KEY);
    let request = request.header("X-Session-Token", &masked.session_token);
    let dialed = Answer::from_request(request.json(&json!({"to": handle}))).await;
    assert!(matches!(dialed.status, 202 | 409), "{}", dialed.text);
    assert_hidden(&dialed.text, "dialing");
}

#[tokio::test]
async fn other_roles_and_lists_are_refused() {
    let server = Server::start().await;
    let (secret, _) = make_secret(&server, KEYS).await;
    for role in [json!("admin"), json!("masked"), json!(""), json!(["agent"])] {
        let refused = open_session(&server, &secret, &role).await;
        let sentence = refused.problem(401, "invalid_agent_token").error;
        assert!(sentence.contains("agent or masked-agent"), "{sentence}");
    }
    let mut claims = claims(&server, "agent1");
    claims["lists"] = json!(["collections"]);
    let refused = init_with(&server, &sign(&claims, &secret)).await;
    assert!(refused.problem(401, "invalid_agent_token").error.contains("not supported yet"));
}
