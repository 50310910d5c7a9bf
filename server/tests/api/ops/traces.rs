//! Tests the traces that a collector receives: complete, without numbers and secrets, and never in the
//! way of a request.

use crate::support::collector::{Collector, ReceivedSpan};
use crate::support::emulators::exotel::{self, Exotel};
use crate::support::process::{Process, program_in, run_to_end};
use crate::support::provided::{AGENT_PHONE, CUSTOMER, start_reachable_with};
use crate::support::{ADMIN_TOKEN, Answer, DIALER_KEY, KEY, Server, http_client};
use call_ribbon_server::config::{Config, Secret, TraceSettings};
use reqwest::Method;
use rustix::process::Signal;
use serde_json::json;
use std::collections::HashSet;
use tempfile::TempDir;

/// A trace of another program, that continues in this server.
const OUTER: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// The key that the collector wants.
const COLLECTOR_KEY: &str = "key-of-the-collector";

fn send_to(config: &mut Config, url: &str) {
    config.traces = TraceSettings {
        otlp_endpoint: Some(url.parse().unwrap()),
        otlp_headers: Some(Secret::new(format!("x-collector-key={COLLECTOR_KEY}"))),
        ..TraceSettings::default()
    };
}

/// Returns the only span with this name.
fn only(collector: &Collector, name: &str) -> ReceivedSpan {
    let mut found = collector.spans_named(name);
    assert_eq!(found.len(), 1, "{name}: {:?}", names(collector));
    found.remove(0)
}

fn names(collector: &Collector) -> Vec<String> {
    collector.spans().into_iter().map(|span| span.name).collect()
}

#[tokio::test]
async fn a_call_is_one_trace_down_to_the_database_and_the_provider() {
    let collector = Collector::default();
    let url = collector.start().await;
    let exotel = Exotel::start().await;
    let server = start_reachable_with(|config| send_to(config, &url)).await;
    let account = server.add_account("exotel", &exotel.settings()).await;
    server.start_agent_call().await;
    server.stop().await;

    let call = only(&collector, "POST /api/ribbon/calls");
    for (name, value) in [
        ("service.name", "call-ribbon"),
        ("http.request.method", "POST"),
        ("http.route", "/api/ribbon/calls"),
        ("http.response.status_code", "202"),
        ("call_ribbon.client.id", "client-demo"),
    ] {
        assert_eq!(call.attributes[name], value, "{name}");
    }
    assert!(call.parent.is_empty());
    let spans = collector.spans();
    let inner: Vec<_> = spans.iter().filter(|span| span.parent == call.id).collect();
    assert!(inner.iter().all(|span| span.trace == call.trace));
    let dialed = inner.iter().find(|span| span.name == "POST exotel").expect("the provider");
    assert_eq!(dialed.attributes["http.response.status_code"], "200");
    let storage: Vec<_> =
        inner.iter().filter(|span| span.attributes.contains_key("db.system.name")).collect();
    let modules: HashSet<_> = storage.iter().map(|span| span.name.as_str()).collect();
    for module in ["access::credential_lookup", "recording::writer", "providers::calls"] {
        assert!(modules.contains(module), "{module} is not in {modules:?}");
    }
    assert_eq!(call.attributes["call_ribbon.storage.operations"], storage.len().to_string());
    assert!(call.attributes["call_ribbon.storage.seconds"].parse::<f64>().unwrap() > 0.0);

    let secret = account.webhook.rsplit('/').next().unwrap().to_owned();
    for private in [CUSTOMER, AGENT_PHONE, KEY, ADMIN_TOKEN, exotel::KEY, exotel::TOKEN, &secret] {
        assert!(!collector.has_received(private), "{}… was sent", &private[..6]);
        let digits = private.trim_start_matches("+91");
        assert!(!collector.has_received(digits), "{}… was sent", &digits[..4]);
    }
    for headers in collector.headers() {
        assert_eq!(headers["x-collector-key"], COLLECTOR_KEY);
        assert_eq!(headers["content-type"], "application/x-protobuf");
    }
}

#[tokio::test]
async fn a_span_has_the_route_and_nothing_that_a_sender_wrote() {
    let number = CUSTOMER.trim_start_matches('+');
    let collector = Collector::default();
    let url = collector.start().await;
    let server = Server::start_with_settings(|config| send_to(config, &url)).await;
    let get = |path: String| {
        let request = server.request(Method::GET, &path).header("X-API-Key", KEY);
        Answer::from_request(request.header("User-Agent", "secret-agent"))
    };
    get(format!("/api/ribbon/customer/{number}")).await.problem(404, "not_found");
    get(format!("/nothing/{number}?apiKey={KEY}")).await.problem(404, "not_found");
    get(format!("/api/ribbon/export/calls?apiKey={KEY}&search={number}")).await;
    get(format!("/api/leads/from-dialer/{DIALER_KEY}?user=agent1&phone={number}")).await;
    let wrong = json!({"apiKey": "not-the-key-at-all", "agentId": "agent1"});
    server.post_json("/api/ribbon/init", wrong).await.problem(401, "invalid_api_key");
    let odd = Method::from_bytes(format!("M{number}").as_bytes()).unwrap();
    server.request(odd, "/health").send().await.unwrap();
    server.run_sql("ALTER TABLE calls RENAME TO hidden").await;
    assert!(get("/api/ribbon/calls?list=all".to_owned()).await.status >= 500);
    server.stop().await;

    let customer = only(&collector, "GET /api/ribbon/customer/{customerId}");
    assert_eq!(customer.attributes["http.response.status_code"], "404");
    assert_eq!(customer.status, 0, "a wrong request is no fault of the server");
    only(&collector, "GET other");
    only(&collector, "GET /api/leads/from-dialer/{dialerKey}");
    only(&collector, "other /health");
    let refused = only(&collector, "POST /api/ribbon/init");
    assert!(!refused.attributes.contains_key("call_ribbon.client.id"));
    assert_eq!(only(&collector, "GET /api/ribbon/calls").status, 2);
    for private in [number, KEY, DIALER_KEY, "not-the-key-at-all", "secret-agent", "hidden"] {
        assert!(!collector.has_received(private), "{private} was sent: {:?}", collector.spans());
    }
}

#[tokio::test]
async fn a_trace_of_a_trusted_proxy_continues_and_any_other_does_not() {
    for (trusted, flags, spans, continues) in [
        (true, "01", 1, true),
        (true, "00", 0, false),
        (false, "01", 1, false),
        (false, "00", 1, false),
    ] {
        let collector = Collector::default();
        let url = collector.start().await;
        let server = Server::start_with_settings(|config| {
            send_to(config, &url);
            if trusted {
                config.limits.trusted_proxy = vec!["127.0.0.1".parse().unwrap()];
            }
        })
        .await;
        let parent = format!("00-{OUTER}-00f067aa0ba902b7-{flags}");
        let health = server.request(Method::GET, "/health").header("traceparent", parent);
        assert_eq!(Answer::from_request(health).await.status, 200);
        server.stop().await;
        let found = collector.spans_named("GET /health");
        assert_eq!(found.len(), spans, "{trusted} {flags}");
        let trace = found.first().map(|span| {
            format!("{:032x}", u128::from_be_bytes(span.trace[..].try_into().unwrap()))
        });
        assert_eq!(trace.as_deref() == Some(OUTER), continues, "{trusted} {flags}");
    }
}

#[tokio::test]
async fn what_waits_is_sent_before_the_end() {
    let collector = Collector::default();
    let url = collector.start().await;
    let server = Process::serve(&["--otlp-endpoint", &url]).await;
    let health = http_client().get(format!("{}/health", server.url)).send().await.unwrap();
    assert_eq!(health.status(), 200);
    server.signal(Signal::TERM);
    let (code, log) = server.wait_for_end().await;
    assert_eq!(code, Some(0), "{log}");
    only(&collector, "GET /health");
    assert!(!log.contains("could not be sent"), "{log}");
}

/// Logs calls while nobody takes the traces; returns the server's log.
async fn log_calls_without_collector(url: &str, hanging: Option<&Collector>) -> String {
    let server =
        Process::serve(&["--otlp-endpoint", url, "--otlp-headers", "x-key=secret-of-mine"]).await;
    let client = http_client();
    for number in 0..100 {
        let data = json!({"callSid": format!("c{number}"), "callDirection": "inbound"});
        let request = client
            .post(format!("{}/api/ribbon/log-call", server.url))
            .json(&json!({"apiKey": KEY, "event": "connected", "data": data}));
        assert_eq!(request.send().await.unwrap().status(), 200);
        if number == 0
            && let Some(collector) = hanging
        {
            // From now on it holds a batch.
            collector.wait_for_request().await;
        }
    }
    server.signal(Signal::TERM);
    let (code, log) = server.wait_for_end().await;
    assert_eq!(code, Some(0), "{log}");
    assert!(!log.contains("secret-of-mine"), "{log}");
    log
}

#[tokio::test]
async fn a_collector_that_is_away_or_hangs_stops_nothing() {
    // Nobody listens here.
    let log = log_calls_without_collector("http://127.0.0.1:9", None).await;
    let warnings = log.matches("traces cannot be sent to the collector").count();
    assert_eq!(warnings, 1, "{log}");
    let collector = Collector::default();
    let url = collector.start().await;
    collector.hang();
    let log = log_calls_without_collector(&url, Some(&collector)).await;
    assert!(log.contains("the last traces could not be sent"), "{log}");
    assert!(collector.spans().is_empty());
}

#[tokio::test]
async fn wrong_settings_are_named() {
    let folder = TempDir::new().unwrap();
    for (flag, value, parts) in [
        ("--otlp-endpoint", "127.0.0.1:4318", &["--otlp-endpoint", "http://127.0.0.1:4318"][..]),
        ("--otlp-headers", "my-secret-of-a-key", &["otlp_headers", "name=value"]),
        ("--trace-percent", "0", &["--trace-percent", "1..=100"]),
    ] {
        let mut command = program_in(folder.path());
        command.args(["serve", "--listen", "127.0.0.1:0", "--database", "sqlite:a.db"]);
        if flag != "--otlp-endpoint" {
            command.args(["--otlp-endpoint", "http://127.0.0.1:9"]);
        }
        command.args([flag, value]);
        let done = run_to_end(command).await;
        let said = String::from_utf8(done.stderr).unwrap();
        assert!(!done.status.success() && done.stdout.is_empty(), "{flag}: {said}");
        for part in parts {
            assert!(said.contains(part), "{flag}: {said}");
        }
        assert!(!said.contains("my-secret"), "{said}");
    }
}
