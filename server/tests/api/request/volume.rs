//! Tests the limit on the bytes that a client's senders may send in a minute.

use crate::support::{
    ADMIN_TOKEN, Answer, DIALER_KEY, KEY, OTHER_KEY, Server, add_person, create_token, sign_in,
};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;

/// A text that makes a body of about a tenth of the limit.
fn padding() -> String {
    "y".repeat(100 * 1024)
}

/// The same for a webhook, which may have less.
fn webhook_padding() -> String {
    "y".repeat(50 * 1024)
}

#[tokio::test]
async fn all_routes_of_a_client_share_one_limit_on_bytes() {
    let server = Server::start_with_limits(|limits| limits.write_rate = 1).await;
    server.add_other_client().await;
    let session = server.start_call("+919876543210").await.session_id;
    server.clock.stop();
    let notes = format!("/api/ribbon/calls/{session}");
    let event = json!({"event": "connected", "data": {"callSid": "c1"}});
    let routes = [
        (Method::POST, "/api/ribbon/log-call", event.clone()),
        (Method::POST, "/api/ribbon/log-calls", json!({"events": [event]})),
        (Method::POST, "/api/ribbon/init", json!({"agentId": "agent1"})),
        (Method::POST, "/api/ribbon/customer", json!({"customerData": {"customerId": "c"}})),
        (Method::POST, "/api/ribbon/calls", json!({"to": "+919876543210"})),
        (Method::POST, "/api/ribbon/simulator/incoming", json!({"from": "+919876543210"})),
        (Method::PATCH, notes.as_str(), json!({"notes": "n"})),
    ];
    let send = async |method: &Method, path: &str, mut body: Value, key: &str| {
        body["apiKey"] = json!(key);
        body["unknown"] = json!(padding());
        Answer::from_request(server.request(method.clone(), path).json(&body)).await
    };
    // Ten bodies pass, whatever their routes.
    let mut passed = 0;
    loop {
        let (method, path, body) = &routes[passed % routes.len()];
        let answer = send(method, path, body.clone(), KEY).await;
        if answer.status == 429 {
            break;
        }
        passed += 1;
    }
    assert_eq!(passed, 10);
    for (method, path, body) in &routes {
        let refused = send(method, path, body.clone(), KEY).await;
        let problem = refused.problem(429, "rate_limited");
        assert!(problem.error.contains("bytes"), "{path}: {}", problem.error);
        let wait: u64 = refused.header("retry-after").parse().unwrap();
        assert!((1..=7).contains(&wait), "{path}: {wait}");
    }
    // Reading goes on, and so do other clients.
    assert_eq!(server.get("/api/ribbon/call-logs").await.status, 200);
    let (method, path, body) = &routes[0];
    assert_eq!(send(method, path, body.clone(), OTHER_KEY).await.status, 200);
    server.clock.advance(Duration::from_secs(7));
    assert_eq!(send(method, path, body.clone(), KEY).await.status, 200);
    assert_eq!(send(method, path, body.clone(), KEY).await.status, 429);
}

#[tokio::test]
async fn each_kind_of_sender_has_a_limit_of_its_own() {
    let server = Server::start_with_limits(|limits| limits.write_rate = 1).await;
    add_person(&server, "asha@example.com", "admin").await;
    let person = sign_in(&server, "asha@example.com").await;
    let (_, token) = create_token(&server, "admin").await;
    let account = json!({"provider": "simulator"});
    let path = "/api/admin/clients/client-demo/providers";
    let made = server.request_as_staff(Method::POST, path, ADMIN_TOKEN, account).await;
    let webhook = made.read::<Value>()["webhookUrl"].as_str().unwrap().to_owned();
    let webhook = webhook[webhook.find("/api/").unwrap()..].to_owned();
    let with_query = format!("{webhook}?x={}", webhook_padding());
    server.clock.stop();
    let lead = || json!({"user": "agent1", "lead_id": "7", "unknown": padding()});
    let by_address = format!("/api/leads/from-dialer/{DIALER_KEY}");
    let agent = "/api/admin/clients/client-demo/agents/agent1";
    let change = || json!({"name": "Ravi", "unknown": padding()});
    let senders: [[&dyn Fn() -> reqwest::RequestBuilder; 2]; 3] = [
        [
            &|| {
                let request = server.request(Method::POST, "/api/leads/from-dialer/");
                request.header("x-dialer-api-key", DIALER_KEY).json(&lead())
            },
            &|| server.request(Method::POST, &by_address).json(&lead()),
        ],
        [&|| server.request(Method::POST, &webhook).body(webhook_padding()), &|| {
            server.request(Method::GET, &with_query)
        }],
        [&|| server.request(Method::PATCH, agent).bearer_auth(&person).json(&change()), &|| {
            server.request(Method::PATCH, agent).bearer_auth(&token).json(&change())
        }],
    ];
    for requests in senders {
        let mut passed = 0;
        loop {
            let answer = Answer::from_request(requests[passed % 2]()).await;
            if answer.status == 429 {
                break;
            }
            assert!([200, 201].contains(&answer.status), "{}", answer.text);
            passed += 1;
        }
        assert!((10..40).contains(&passed), "{passed}");
        for request in requests {
            let refused = Answer::from_request(request()).await;
            refused.problem(429, "rate_limited");
            assert!(!refused.header("retry-after").is_empty());
        }
    }
    // Pages are not affected, nor is the operator.
    let at = server.time_now();
    assert_eq!(server.log_event("connected", "c", &at, json!({})).await.status, 200);
    let answer = server.request_as_staff(Method::PATCH, agent, ADMIN_TOKEN, change()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

/// A file that is read as it arrives may be of any size, so its bytes count as they arrive.
#[tokio::test]
async fn a_file_of_any_size_arrives_as_fast_as_its_sender_may_send() {
    let server = Server::start_with_limits(|limits| limits.write_rate = 1).await;
    let (_, token) = create_token(&server, "admin").await;
    server.clock.stop();
    let line = |count: usize| format!("+9198765{count:05},{}\n", "y".repeat(480));
    let file: String = (0..4_000).map(line).collect();
    assert!(file.len() > 3 << 19);
    for (has_length, path) in [(true, "source=import"), (false, "source=staff")] {
        let pieces: Vec<_> = file.as_bytes().chunks(8_000).map(<[u8]>::to_vec).collect();
        let pieces = pieces.into_iter().map(Ok::<_, std::io::Error>);
        let path = format!("/api/admin/clients/client-demo/suppressions/import?{path}");
        let mut request = server.request(Method::POST, &path).bearer_auth(&token);
        request = request.header("content-type", "text/csv");
        if has_length {
            request = request.header("content-length", file.len());
        }
        let body = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
        let mut asking = Box::pin(Answer::from_request(request.body(body)));
        let early = timeout(Duration::from_secs(3), &mut asking).await;
        assert!(early.is_err(), "{path}: {}", early.unwrap().text);
        // The wait begins again with each minute of the server's clock.
        let report = loop {
            server.clock.advance(Duration::from_mins(1));
            if let Ok(answer) = timeout(Duration::from_secs(3), &mut asking).await {
                break answer;
            }
        };
        let report: Value = report.ok();
        assert_eq!(report["lines"], 4_000, "{report}");
        server.clock.advance(Duration::from_mins(2));
    }
}
