//! Tests the rate limits.

use crate::support::{Answer, KEY, OTHER_KEY, Server};
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

/// Logs an event with a key, by the route for one or for many.
async fn log(server: &Server, key: &str, path: &str) -> Answer {
    let event = json!({"event": "connected", "data": {"callSid": "c1"}});
    let mut body = if path.ends_with('s') { json!({"events": [event]}) } else { event };
    body["apiKey"] = json!(key);
    server.post_json(path, body).await
}

#[tokio::test]
async fn a_key_logs_so_often_and_no_more() {
    let server = Server::start_with_limits(|limits| limits.log_rate = 1).await;
    server.add_other_client().await;
    server.clock.stop();
    for n in 0..10 {
        let path = ["/api/ribbon/log-call", "/api/ribbon/log-calls"][n % 2];
        let answer = log(&server, KEY, path).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    for path in ["/api/ribbon/log-call", "/api/ribbon/log-calls"] {
        let refused = log(&server, KEY, path).await;
        refused.problem(429, "rate_limited");
        assert_eq!(refused.header("retry-after"), "1");
    }
    // Other keys and other addresses are not affected.
    assert_eq!(log(&server, OTHER_KEY, "/api/ribbon/log-call").await.status, 200);
    assert_eq!(server.get("/api/ribbon/call-logs").await.status, 200);
    server.clock.advance(Duration::from_secs(1));
    assert_eq!(log(&server, KEY, "/api/ribbon/log-call").await.status, 200);
    log(&server, KEY, "/api/ribbon/log-call").await.problem(429, "rate_limited");
}

#[tokio::test]
async fn a_page_can_read_when_to_come_again() {
    let server = Server::start_with_limits(|limits| limits.log_rate = 1).await;
    server.clock.stop();
    let log = async || {
        let body = json!({"apiKey": KEY, "event": "connected", "data": {"callSid": "c1"}});
        let request = server.request(Method::POST, "/api/ribbon/log-call").json(&body);
        Answer::from_request(request.header("origin", "https://crm.test")).await
    };
    for _ in 0..10 {
        assert_eq!(log().await.status, 200);
    }
    let refused = log().await;
    refused.problem(429, "rate_limited");
    assert_eq!(refused.header("access-control-allow-origin"), "https://crm.test");
    assert!(refused.header("access-control-expose-headers").contains("retry-after"));
}

/// Sends an init request through a proxy that names this address.
async fn init(server: &Server, key: &str, from: &str) -> Answer {
    let request = server.request(Method::POST, "/api/ribbon/init").json(&json!({"apiKey": key}));
    Answer::from_request(request.header("x-forwarded-for", from)).await
}

#[tokio::test]
async fn an_address_signs_in_so_often_and_no_more() {
    let server = Server::start_with_limits(|limits| limits.init_rate = 1).await;
    server.clock.stop();
    for n in 0..10 {
        // A wrong key counts too, and the header is not trusted.
        let (key, status) = [(KEY, 200), ("nope", 401)][n % 2];
        assert_eq!(init(&server, key, &format!("192.0.2.{n}")).await.status, status);
    }
    let refused = init(&server, KEY, "192.0.2.77").await;
    refused.problem(429, "rate_limited");
    assert_eq!(refused.header("retry-after"), "1");
    server.clock.advance(Duration::from_secs(1));
    assert_eq!(init(&server, KEY, "192.0.2.77").await.status, 200);
}

#[tokio::test]
async fn a_trusted_proxy_says_who_signs_in() {
    let server = Server::start_with_limits(|limits| {
        limits.init_rate = 1;
        limits.trusted_proxy = vec!["127.0.0.1".parse().unwrap()];
    })
    .await;
    server.clock.stop();
    for n in 0..10 {
        // What the sender itself wrote is on the left.
        let answer = init(&server, KEY, &format!("10.0.0.{n}, 192.0.2.1")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    init(&server, KEY, "10.0.0.99, 192.0.2.1").await.problem(429, "rate_limited");
    assert_eq!(init(&server, KEY, "192.0.2.2").await.status, 200);
}

/// Behind an ingress each agent has a limit of its own, whatever its address in the network.
#[tokio::test]
async fn a_network_of_proxies_says_who_signs_in() {
    let server = Server::start_with_limits(|limits| {
        limits.init_rate = 1;
        limits.trusted_proxy =
            ["127.0.0.0/8", "10.0.0.0/8"].map(|network| network.parse().unwrap()).into();
    })
    .await;
    server.clock.stop();
    for agent in 1..=3 {
        for n in 0..10 {
            let heard = format!("203.0.113.{agent}, 10.1.{n}.7");
            assert_eq!(init(&server, KEY, &heard).await.status, 200);
        }
        let heard = format!("203.0.113.{agent}, 10.200.0.1");
        init(&server, KEY, &heard).await.problem(429, "rate_limited");
    }
}
