//! Tests that a PBX of a client's own, which may send anything, harms nobody.

use crate::support::emulators::pbx::{Events, Pbx};
use crate::support::process::Process;
use crate::support::provided::start_reachable_with;
use crate::support::{ADMIN_TOKEN, Answer, KEY, http_client};
use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::Method;
use rustix::process::Signal;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::{Bytes, Message};

const NUMBER: &str = "9876500300";
const PROVIDERS: &str = "/api/admin/clients/client-demo/providers";
const PATIENCE: Duration = Duration::from_secs(40);

fn account(pbx: &Pbx) -> Value {
    json!({"provider": "asterisk", "enabled": true, "default": true, "settings": {
        "ariUrl": pbx.url, "user": "ribbon", "password": "a-password",
        "trunk": "PJSIP/{number}@trunk", "callerId": "+912233445566"}})
}

/// Returns the event of a caller whom the PBX hands over, with other fields besides.
fn caller(id: &str, number: &str, more: &Value) -> Value {
    let channel = json!({"id": id, "state": "Ring", "caller": {"number": number}});
    json!({"type": "StasisStart", "channel": channel, "args": ["1001"], "more": more})
}

/// Sends the requests of one server.
struct Requests {
    url: String,
}

impl Requests {
    async fn post_account(&self, body: &Value) -> Answer {
        let request = http_client().post(format!("{}{PROVIDERS}", self.url)).json(body);
        Answer::from_request(request.bearer_auth(ADMIN_TOKEN)).await
    }

    /// Returns the numbers of the calls in progress.
    async fn active_numbers(&self) -> Vec<String> {
        let request = http_client().get(format!("{}/api/ribbon/active-calls", self.url));
        let active: Value = Answer::from_request(request.header("X-API-Key", KEY)).await.ok();
        let calls = active["activeCalls"].as_array().unwrap().iter();
        calls.map(|call| call["phoneNumber"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Waits until so many calls are in progress, and returns how many there are then.
    async fn wait_for_calls(&self, count: usize) -> usize {
        let begun = Instant::now();
        loop {
            let active = self.active_numbers().await.len();
            if active >= count {
                return active;
            }
            assert!(begun.elapsed() < PATIENCE, "{active} calls, and {count} are waited for");
            sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn send(events: &mut Events, text: String) {
    events.send(Message::Text(text.into())).await.unwrap();
}

/// Texts that a PBX never sends.
fn odd_texts() -> Vec<String> {
    let many = 20_000;
    let long = "x".repeat(3 * many);
    let ids = [
        ";2".repeat(many),
        format!("ses_1-a{}", ";2".repeat(many)),
        "-r-".repeat(many),
        long.clone(),
        "../../bridges/x?y=z#\r\n".to_owned(),
        String::new(),
    ];
    let kinds = ["StasisStart", "StasisEnd", "Dial", "ChannelDestroyed", "ChannelHold"];
    let mut texts = Vec::new();
    for (id, kind) in ids.iter().flat_map(|id| kinds.map(|kind| (id, kind))) {
        let mut event = caller(id, "", &Value::Null);
        event["type"] = json!(kind);
        texts.push(event.to_string());
    }
    let number = format!("+91{NUMBER}");
    texts.push(caller("odd-1", &long, &Value::Null).to_string());
    let mut event = caller("odd-2", "", &Value::Null);
    event["args"] = json!(vec!["1"; 10_000]);
    texts.push(event.to_string());
    texts.extend([
        "[".repeat(60_000),
        "{\"a\":".repeat(10_000),
        "\u{0}".to_owned(),
        json!({"type": "ChannelDestroyed", "cause": number}).to_string(),
        json!({"type": "StasisStart", "channel": number}).to_string(),
        json!({"type": "StasisStart", "args": {"number": number}}).to_string(),
        format!("{{\"type\": \"Dial\", \"{number}"),
    ]);
    texts
}

#[tokio::test]
async fn whatever_a_pbx_sends_the_server_goes_on_and_logs_no_number() {
    let mut pbx = Pbx::start().await;
    let key = "a secret key for a hostile PBX";
    let args = ["--secret-key", key, "--allow-private-addresses", "127.0.0.0/8"];
    let server = Process::serve(&args).await;
    let requests = Requests { url: server.url.clone() };
    let made = requests.post_account(&account(&pbx)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let mut events = pbx.next_listener().await;
    for _ in 0..100 {
        for text in odd_texts().into_iter().rev().take(5) {
            send(&mut events, text).await;
        }
    }
    for text in odd_texts() {
        send(&mut events, text).await;
        events.send(Message::Binary(Bytes::from_static(&[0xff; 100]))).await.unwrap();
    }
    let honest = |id: &str| caller(id, &format!("+91{NUMBER}"), &Value::Null).to_string();
    send(&mut events, honest("honest-1")).await;
    requests.wait_for_calls(1).await;
    // Longer than any event: the server leaves, and comes back.
    let _ = events.send(Message::Text("x".repeat(2_000_000).into())).await;
    let mut events = pbx.next_listener().await;
    send(&mut events, honest("honest-2")).await;
    let begun = Instant::now();
    let whole = format!("+91{NUMBER}");
    // The first one ended when the server came back, as this PBX has no channels.
    while !requests.active_numbers().await.contains(&whole) {
        assert!(begun.elapsed() < PATIENCE, "{:?}", requests.active_numbers().await);
        sleep(Duration::from_millis(50)).await;
    }
    server.signal(Signal::TERM);
    let (code, log) = server.wait_for_end().await;
    assert_eq!(code, Some(0), "{log}");
    assert!(!log.contains(NUMBER), "a number is in the log:\n{log}");
    assert!(!log.contains("panicked"), "{log}");
    let lines = log.lines().filter(|line| line.contains("had no effect")).count();
    assert!((1..=3).contains(&lines), "{lines} lines:\n{log}");
}

#[tokio::test]
async fn the_events_of_a_pbx_count_like_webhooks_and_wait() {
    let server = start_reachable_with(|config| config.limits.write_rate = 1).await;
    server.clock.stop_at("2025-10-12T12:00:00Z");
    let mut pbx = Pbx::start().await;
    let requests = Requests { url: server.url.clone() };
    assert_eq!(requests.post_account(&account(&pbx)).await.status, 201);
    let mut events = pbx.next_listener().await;
    let padding = json!("x".repeat(50_000));
    for count in 0..25 {
        send(&mut events, caller(&format!("c-{count}"), "", &padding).to_string()).await;
    }
    events.send(Message::Ping(Bytes::from_static(b"read"))).await.unwrap();
    let read = requests.wait_for_calls(20).await;
    assert_eq!(read, 20, "a mebibyte has 20 of these events");
    let answered = async {
        while let Some(Ok(message)) = events.next().await {
            if message == Message::Pong(Bytes::from_static(b"read")) {
                return;
            }
        }
    };
    assert!(timeout(Duration::from_secs(2), answered).await.is_err(), "all events were read");
    server.clock.advance(Duration::from_mins(1));
    assert_eq!(requests.wait_for_calls(25).await, 25);
}

#[tokio::test]
async fn a_client_has_a_bounded_number_of_accounts() {
    let server = start_reachable_with(|_| ()).await;
    let requests = Requests { url: server.url.clone() };
    for count in 1..=50 {
        let body = json!({"provider": "simulator", "name": format!("account {count}")});
        assert_eq!(requests.post_account(&body).await.status, 201, "account {count}");
    }
    let body = json!({"provider": "simulator"});
    let problem = requests.post_account(&body).await.problem(409, "conflict");
    assert!(problem.error.contains("already 50 accounts"));
    let list = server.request_as_operator(Method::GET, "/providers", Value::Null).await;
    let listed: Value = list.ok();
    let id = listed["providers"][0]["accountId"].as_str().unwrap().to_owned();
    let path = format!("/providers/{id}");
    let gone = server.request_as_operator(Method::DELETE, &path, json!({})).await;
    assert!(gone.status < 300);
    assert_eq!(requests.post_account(&body).await.status, 201);
}
