//! Tests alerts and digests: raised once by several servers, resolved, sent, signed and tried again.

mod mail;

use crate::support::{ADMIN_TOKEN, SLOW, Server, create_token};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use call_ribbon_shared::wire::Logged;
use hmac::{Hmac, Mac as _};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;

const ALERTS: &str = "/api/admin/clients/client-demo/alerts";
const MINUTE: Duration = Duration::from_mins(1);

/// A receiver of webhooks.
#[derive(Clone, Default)]
struct Receiver {
    received: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    fails: Arc<Mutex<bool>>,
}

impl Receiver {
    /// Starts it, and returns its URL.
    async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let take = async |State(receiver): State<Self>, headers: HeaderMap, body: String| {
            receiver.received.lock().unwrap().push((headers, body));
            if *receiver.fails.lock().unwrap() { StatusCode::BAD_GATEWAY } else { StatusCode::OK }
        };
        let routes = axum::Router::new().route("/hook", post(take)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        url
    }

    /// Waits for as many messages as expected, and compares their types and rules. The server's own
    /// tasks may be sending one at this moment.
    fn expect(&self, expected: &[(String, String)]) -> impl Future<Output = ()> {
        let (receiver, expected) = (self.clone(), expected.to_vec());
        async move {
            for _ in 0..1_500 {
                if receiver.received.lock().unwrap().len() >= expected.len() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            assert_eq!(receiver.take(), expected);
        }
    }

    /// Takes the messages that were received: their types and rules.
    fn take(&self) -> Vec<(String, String)> {
        let received = std::mem::take(&mut *self.received.lock().unwrap());
        let about = |(_, body): (HeaderMap, String)| {
            let message: Value = serde_json::from_str(&body).unwrap();
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            (text(&message["type"]), text(&message["data"]["rule"]))
        };
        let mut messages: Vec<_> = received.into_iter().map(about).collect();
        // Messages of one moment come in any order.
        messages.sort();
        messages
    }
}

async fn set(server: &Server, body: Value) -> Value {
    server.request_as_staff(Method::PUT, ALERTS, ADMIN_TOKEN, body).await.ok()
}

async fn show(server: &Server) -> Value {
    server.request_as_staff(Method::GET, ALERTS, ADMIN_TOKEN, Value::Null).await.ok()
}

/// Logs missed calls that begin now.
async fn miss(server: &Server, calls: usize) {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    for _ in 0..calls {
        let at = server.time_now();
        let sid = format!("missed-{}", CALLS.fetch_add(1, Ordering::Relaxed));
        let data = json!({"callDirection": "inbound"});
        server.log_event("incoming", &sid, &at, data.clone()).await.ok::<Logged>();
        server.log_event("missed", &sid, &at, data).await.ok::<Logged>();
    }
}

/// Has several servers judge and send at the same time.
async fn work(servers: &[&Server]) {
    let judge = servers.iter().map(|server| server.app.judge_alerts());
    futures_util::future::join_all(judge).await;
    let send = servers.iter().map(|server| server.app.send_messages());
    futures_util::future::join_all(send).await;
}

fn alert(kind: &str, rule: &str) -> (String, String) {
    (kind.to_owned(), rule.to_owned())
}

#[tokio::test]
async fn several_servers_tell_once_that_a_rule_is_broken_and_once_that_it_is_resolved() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T12:00:00Z");
    let another = server.start_another(SLOW).await;
    let both = [&server, &another];
    let receiver = Receiver::default();
    let url = receiver.start().await;
    set(
        &server,
        json!({"missed": {"above": 2, "minutes": 15}, "plan": false, "quietMinutes": 60,
        "webhookUrl": url}),
    )
    .await;
    miss(&server, 2).await;
    work(&both).await;
    receiver.expect(&[]).await;
    miss(&server, 1).await;
    for expected in [vec![alert("alert.raised", "missed")], vec![]] {
        work(&both).await;
        receiver.expect(&expected).await;
    }
    assert_eq!(show(&server).await["raised"], json!(["missed"]));
    server.clock.advance(16 * MINUTE);
    work(&both).await;
    receiver.expect(&[alert("alert.resolved", "missed")]).await;
    // Within the quiet time it is not repeated.
    miss(&server, 3).await;
    work(&both).await;
    receiver.expect(&[]).await;
    server.clock.advance(61 * MINUTE);
    miss(&server, 3).await;
    work(&both).await;
    receiver.expect(&[alert("alert.raised", "missed")]).await;
    // A rule that is switched off is resolved.
    set(&server, json!({"plan": false, "webhookUrl": url})).await;
    work(&both).await;
    receiver.expect(&[alert("alert.resolved", "missed")]).await;
    let shown = show(&server).await;
    assert_eq!(shown["messages"].as_array().unwrap().len(), 4);
    assert!(shown["messages"].as_array().unwrap().iter().all(|one| one["sentAt"].is_string()));
}

#[tokio::test]
async fn each_rule_is_judged() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T12:00:00Z");
    let receiver = Receiver::default();
    let url = receiver.start().await;
    set(
        &server,
        json!({"connectRate": {"below": 0.5, "calls": 4, "minutes": 60},
        "provider": {"above": 0, "minutes": 15}, "plan": true, "webhookUrl": url}),
    )
    .await;
    server.run_sql("UPDATE clients SET call_limit = 5 WHERE client_id = 'client-demo'").await;
    miss(&server, 3).await;
    work(&[&server]).await;
    receiver.expect(&[]).await;
    miss(&server, 1).await;
    work(&[&server]).await;
    assert_eq!(
        receiver.take(),
        [alert("alert.raised", "connectRate"), alert("alert.raised", "plan80")]
    );
    miss(&server, 1).await;
    server.run_sql(
        "INSERT INTO provider_requests (client_id, request_id, account_id, at, direction, purpose,
            method, url, request, answer) VALUES ('client-demo', 'r', 'a', 1760270300000, 'out',
            'call', 'POST', 'https://api.example.com', '', '')",
    ).await;
    work(&[&server]).await;
    assert_eq!(
        receiver.take(),
        [alert("alert.raised", "plan100"), alert("alert.raised", "provider")]
    );
}

#[tokio::test]
async fn webhooks_are_signed_and_tried_again() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T12:00:00Z");
    let receiver = Receiver::default();
    let url = receiver.start().await;
    set(&server, json!({"missed": {"above": 0, "minutes": 15}, "plan": false, "webhookUrl": url}))
        .await;
    *receiver.fails.lock().unwrap() = true;
    miss(&server, 1).await;
    work(&[&server]).await;
    assert_eq!(receiver.take().len(), 1);
    let message = show(&server).await["messages"][0].clone();
    assert_eq!(
        (&message["sentAt"], &message["tryAt"]),
        (&Value::Null, &json!("2025-10-12T12:01:00Z"))
    );
    assert!(message["trouble"].as_str().unwrap().contains("502"), "{message}");
    server.app.send_messages().await;
    receiver.expect(&[]).await;
    *receiver.fails.lock().unwrap() = false;
    server.clock.advance(MINUTE);
    server.app.send_messages().await;
    let (headers, body) = receiver.received.lock().unwrap()[0].clone();
    let secret: Value = server
        .request_as_staff(Method::GET, &format!("{ALERTS}/secret"), ADMIN_TOKEN, Value::Null)
        .await
        .ok();
    let key = STANDARD.decode(secret["secret"].as_str().unwrap().strip_prefix("whsec_").unwrap());
    let mut keyed = Hmac::<Sha256>::new_from_slice(&key.unwrap()).unwrap();
    let header = |name: &str| headers[name].to_str().unwrap();
    let signed = format!("{}.{}.{body}", header("webhook-id"), header("webhook-timestamp"));
    keyed.update(signed.as_bytes());
    let signature = STANDARD.encode(keyed.finalize().into_bytes());
    assert_eq!(header("webhook-signature"), format!("v1,{signature}"));
    assert_eq!(header("webhook-timestamp"), "1760270460");
    assert!(!body.contains("9876543210"), "{body}");
    // A message that never arrives is given up.
    *receiver.fails.lock().unwrap() = true;
    server.clock.advance(16 * MINUTE);
    work(&[&server]).await;
    for _ in 0..8 {
        server.clock.advance(Duration::from_hours(7));
        server.app.send_messages().await;
    }
    assert_eq!(receiver.take().len(), 7);
    let message = show(&server).await["messages"][0].clone();
    assert_eq!((&message["sentAt"], &message["tryAt"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_digest_comes_once_a_day_at_the_clients_hour() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T12:00:00Z");
    let another = server.start_another(SLOW).await;
    let both = [&server, &another];
    let receiver = Receiver::default();
    let url = receiver.start().await;
    server
        .run_sql("UPDATE clients SET time_zone = 'Asia/Kolkata' WHERE client_id = 'client-demo'")
        .await;
    set(&server, json!({"digestHour": 8, "plan": false, "webhookUrl": url})).await;
    miss(&server, 2).await;
    // It is half past five in the afternoon: the digest of this morning is not sent any more.
    work(&both).await;
    receiver.expect(&[]).await;
    server.clock.stop_at("2025-10-13T02:29:00Z");
    work(&both).await;
    receiver.expect(&[]).await;
    server.clock.stop_at("2025-10-13T02:31:00Z");
    work(&both).await;
    let (_, body) = receiver.received.lock().unwrap()[0].clone();
    let digest: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(digest["data"]["values"]["date"], "2025-10-12");
    assert_eq!(digest["data"]["values"]["missed"], 2);
    receiver.expect(&[alert("digest", "")]).await;
    work(&both).await;
    receiver.expect(&[]).await;
    server.clock.stop_at("2025-10-14T05:00:00Z");
    work(&both).await;
    receiver.expect(&[alert("digest", "")]).await;
}

#[tokio::test]
async fn wrong_settings_are_refused_and_a_test_says_what_became_of_it() {
    let server = Server::start().await;
    for (field, body) in [
        ("connectRate.below", json!({"connectRate": {"below": 40, "calls": 5, "minutes": 60}})),
        ("connectRate.calls", json!({"connectRate": {"below": 0.4, "calls": 0, "minutes": 60}})),
        ("connectRate.minutes", json!({"connectRate": {"below": 0.4, "calls": 5, "minutes": 5}})),
        ("missed.above", json!({"missed": {"above": -1, "minutes": 15}})),
        ("missed.minutes", json!({"missed": {"above": 1, "minutes": "soon"}})),
        ("provider.minutes", json!({"provider": {"above": 1, "minutes": 1441}})),
        ("quietMinutes", json!({"quietMinutes": 0})),
        ("digestHour", json!({"digestHour": 24})),
        ("emails", json!({"emails": ["asha"]})),
        ("emails", json!({"emails": ["asha@example.com>\r\nRCPT TO:<x@example.com"]})),
        ("emails", json!({"emails": ["<asha@example.com>"]})),
        ("emails", json!({"emails": vec!["a@example.com"; 21]})),
        ("webhookUrl", json!({"webhookUrl": "hooks.example.com"})),
        ("webhookUrl", json!({"webhookUrl": "http://10.0.0.1/"})),
        ("webhookUrl", json!({"webhookUrl": "https://example.com/\0"})),
        ("webhookUrl", json!({"webhookUrl": format!("https://example.com/{}", "x".repeat(2000))})),
    ] {
        let answer = server.request_as_staff(Method::PUT, ALERTS, ADMIN_TOKEN, body.clone()).await;
        assert_eq!(answer.wrong_field(), field, "{body}");
    }
    let test = format!("{ALERTS}/test");
    let none = server.request_as_staff(Method::POST, &test, ADMIN_TOKEN, Value::Null).await;
    assert_eq!(none.wrong_field(), "emails");
    let receiver = Receiver::default();
    let url = receiver.start().await;
    let saved = set(&server, json!({"emails": ["Asha@Example.com"], "webhookUrl": url})).await;
    assert_eq!(
        (&saved["settings"]["emails"], &saved["sendsEmail"]),
        (&json!(["asha@example.com"]), &json!(false))
    );
    let results: Value =
        server.request_as_staff(Method::POST, &test, ADMIN_TOKEN, Value::Null).await.ok();
    let ok = |place: usize| results["results"][place]["ok"].clone();
    assert_eq!((ok(0), ok(1)), (json!(false), json!(true)), "{results}");
    receiver.expect(&[alert("test", "")]).await;
    let (_, viewer) = create_token(&server, "viewer").await;
    // The path of a webhook may be a secret.
    let seen = server.request_as_staff(Method::GET, ALERTS, &viewer, Value::Null).await;
    assert!(seen.status == 200 && !seen.text.contains("/hook"), "{}", seen.text);
    assert!(seen.text.contains("http://127.0.0.1:"), "{}", seen.text);
    server
        .request_as_staff(Method::PUT, ALERTS, &viewer, json!({}))
        .await
        .problem(403, "scope_missing");
}
