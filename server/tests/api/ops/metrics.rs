//! Tests the metrics for Prometheus.

use crate::support::{ADMIN_TOKEN, Answer, KEY, SLOW, Server};
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeSet;

async fn figures(server: &Server) -> String {
    let answer = Answer::from_request(server.request(Method::GET, "/metrics")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
    answer.text
}

#[track_caller]
fn has(figures: &str, line: &str) {
    assert!(figures.lines().any(|found| found == line), "{line} is missing in:\n{figures}");
}

#[tokio::test]
async fn what_was_done_is_counted() {
    let server = Server::start_with_simulator(SLOW).await;
    server.start_call("+919876543210").await;
    let mut stream = server.events_after(0).await;
    stream.events_until("initiated").await;
    for path in ["/api/ribbon/customer/+919876543210", "/nothing/for-one", "/nothing/for-two"] {
        assert_eq!(server.get(path).await.status, 404);
    }
    let strange = Method::from_bytes(b"BREW").unwrap();
    Answer::from_request(server.request(strange, "/health"))
        .await
        .problem(405, "method_not_allowed");
    let figures = figures(&server).await;
    let requests = |method, route, status| {
        format!(
            "call_ribbon_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}"
        )
    };
    has(&figures, &format!("{} 1", requests("POST", "/api/ribbon/calls", 202)));
    has(&figures, &format!("{} 1", requests("GET", "/api/ribbon/customer/{customerId}", 404)));
    has(&figures, &format!("{} 2", requests("GET", "other", 404)));
    has(&figures, &format!("{} 1", requests("other", "/health", 405)));
    let took = "call_ribbon_http_request_duration_seconds_count";
    has(&figures, &format!("{took}{{method=\"POST\",route=\"/api/ribbon/calls\"}} 1"));
    for line in [
        "call_ribbon_events_written_total 1",
        "call_ribbon_writer_group_size_count 1",
        "call_ribbon_writer_commit_duration_seconds_count 1",
        "call_ribbon_writer_refused_total 0",
        "call_ribbon_writer_waiting 0",
        "call_ribbon_active_calls 1",
        "call_ribbon_live_streams 1",
        "call_ribbon_database_up 1",
        "call_ribbon_feed_lag_events 0",
        &format!("call_ribbon_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION")),
    ] {
        has(&figures, line);
    }
    for part in [
        "\nprocess_start_time_seconds ",
        "\ncall_ribbon_connections ",
        "call_ribbon_database_connections{pool=\"read\",state=\"idle\"} ",
    ] {
        assert!(figures.contains(part), "{part} is missing in:\n{figures}");
    }
    for private in ["client-demo", "9876543210", "for-one", "BREW", KEY] {
        assert!(!figures.contains(private), "{private} is in:\n{figures}");
    }
}

/// Reads the names of this server's metrics in a file.
fn metric_names(text: &str) -> BTreeSet<String> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .filter(|word| word.starts_with("call_ribbon_"))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn alert_rules_and_the_grafana_dashboard_name_metrics_that_exist() {
    let server = Server::start_with_limits(|limits| limits.init_rate = 1).await;
    server.clock.stop();
    for _ in 0..12 {
        server.post_json("/api/ribbon/init", json!({})).await;
    }
    let registered = metric_names(&figures(&server).await);
    let named = [
        ("alerts.yml", include_str!("../../../../monitoring/alerts.yml")),
        ("alerts.test.yml", include_str!("../../../../monitoring/alerts.test.yml")),
        ("grafana.json", include_str!("../../../../monitoring/grafana.json")),
    ];
    for (file, text) in named {
        let in_file = metric_names(text);
        assert!(in_file.len() > 5, "{file} names few metrics: {in_file:?}");
        let unknown: Vec<_> = in_file.difference(&registered).collect();
        assert!(unknown.is_empty(), "{file} names metrics that do not exist: {unknown:?}");
    }
}

#[tokio::test]
async fn what_was_one_too_many_is_counted() {
    let server = Server::start_with_limits(|limits| limits.init_rate = 1).await;
    server.clock.stop();
    for _ in 0..12 {
        server.post_json("/api/ribbon/init", json!({})).await;
    }
    has(&figures(&server).await, "call_ribbon_rate_limited_total{limit=\"init\"} 2");
}

#[tokio::test]
async fn figures_without_the_database_say_so() {
    let server = Server::start().await;
    server.run_sql("ALTER TABLE calls RENAME TO hidden").await;
    has(&figures(&server).await, "call_ribbon_database_up 0");
}

#[tokio::test]
async fn who_comes_through_a_proxy_needs_the_admin_token() {
    let server = Server::start().await;
    for header in ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"] {
        let passed_on = || server.request(Method::GET, "/metrics").header(header, "9.9.9.9");
        Answer::from_request(passed_on()).await.problem(401, "missing_api_key");
        Answer::from_request(passed_on().bearer_auth(KEY)).await.problem(401, "invalid_api_key");
        assert_eq!(Answer::from_request(passed_on().bearer_auth(ADMIN_TOKEN)).await.status, 200);
    }
}
