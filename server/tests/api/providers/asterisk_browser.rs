//! Tests the line that an agent's browser gets at an Asterisk.

use crate::support::asterisk::{Asterisk, wait_for_events};
use crate::support::provided::start_reachable;
use crate::support::{Answer, KEY, Server};
use call_ribbon_shared::wire::{InitAnswer, VoiceLine};
use reqwest::Method;
use serde_json::{Value, json};

const SECRET: &str = "a-secret-of-the-turn-server";

/// Signs an agent in.
async fn sign_in(server: &Server, agent: &str) -> InitAnswer {
    let body = json!({"agentId": agent});
    server.post_json("/api/ribbon/init", body).await.ok()
}

/// Asks for a line with this session.
async fn ask(server: &Server, session: &str) -> Answer {
    let request = server.request(Method::POST, "/api/ribbon/voice-line");
    let request = request.header("X-Session-Token", session);
    Answer::from_request(request.json(&json!({"apiKey": KEY}))).await
}

async fn open_line(server: &Server, session: &str) -> VoiceLine {
    ask(server, session).await.ok()
}

#[tokio::test]
async fn an_agent_gets_a_line_of_their_own_and_nobody_else_does() {
    let Some(asterisk) = Asterisk::start().await else { return };
    let server = start_reachable().await;
    for (agent, phone) in [("agent1", "2001"), ("agent2", "2002")] {
        let body = json!({"agentId": agent, "providerUserId": phone});
        server.request_as_operator(Method::POST, "/agents", body).await;
        let body = json!({"providerUserId": phone});
        let path = format!("/agents/{agent}");
        server.request_as_operator(Method::PATCH, &path, body).await.ok::<Value>();
    }
    let mut settings = asterisk.settings("lines");
    let ws = format!("ws://127.0.0.1:{}/ws", asterisk.port());
    settings["browserCalling"] = json!({"webSocketUrl": ws, "turnSecret": SECRET,
        "iceServers": "stun:stun.example.com:3478, turn:turn.example.com:3478?transport=tcp"});
    let account = server.add_account("asterisk", &settings).await;
    wait_for_events(&server, &account).await;
    let (ok, says) = server.validate_account(&account).await;
    assert!(ok, "{says}");

    let init = sign_in(&server, "agent1").await;
    assert_eq!((init.voice.as_str(), init.user_id.as_str()), ("asterisk-browser", "agent1"));
    assert!(init.features.iter().any(|feature| feature == "answer"), "{:?}", init.features);
    let first = open_line(&server, &init.session_token).await;
    let second = open_line(&server, &init.session_token).await;
    assert_eq!((first.user.as_str(), first.domain.as_str()), ("2001", "127.0.0.1"));
    assert_eq!(first.web_socket_url, ws);
    assert_ne!(first.password, second.password);
    assert_eq!(first.ice_servers.len(), 2);
    assert!(first.ice_servers[0].credential.is_none());
    let turn = &first.ice_servers[1];
    assert!(turn.username.as_ref().unwrap().ends_with(":2001") && turn.credential.is_some());

    // The session decides, whatever the body says.
    let other = sign_in(&server, "agent2").await;
    assert_eq!(open_line(&server, &other.session_token).await.user, "2002");
    ask(&server, "").await.problem(401, "missing_session");
    let nobody = sign_in(&server, "agent3").await;
    let refused = ask(&server, &nobody.session_token).await;
    assert!(refused.status == 409 && refused.text.contains("providerUserId"), "{}", refused.text);

    // What was sent to the PBX is on record without the passwords.
    let server = server.stop().await.start(crate::support::SLOW).await;
    let texts = "SELECT url || request || answer FROM provider_requests";
    let held = server.database.read_texts(texts).await.join("\n");
    assert!(held.contains("auth/call-ribbon-2001"), "{held}");
    for secret in [first.password.as_str(), second.password.as_str(), SECRET] {
        assert!(!held.contains(secret), "a secret is in the log of requests");
    }
    let shown = server.request_as_operator(Method::GET, "/providers", Value::Null).await.text;
    assert!(shown.contains("turn.example.com") && !shown.contains(SECRET), "{shown}");
}

#[tokio::test]
async fn a_client_whose_calls_are_heard_elsewhere_has_no_line() {
    let server = Server::start().await;
    let init = sign_in(&server, "agent1").await;
    let refused = ask(&server, &init.session_token).await;
    refused.problem(409, "conflict");
}
