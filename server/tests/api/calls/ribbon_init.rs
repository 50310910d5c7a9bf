//! Tests signing an agent in, and the client's settings.

use crate::support::{Answer, KEY, OTHER_KEY, SLOW, Server};
use call_ribbon_shared::wire::{CallStarted, ClientAbout, ConfigAnswer, Health, InitAnswer, Usage};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn init_tells_what_a_ribbon_needs() {
    let server = Server::start().await;
    let answer = server.post_json("/api/ribbon/init", json!({"agentId": "agent1"})).await;
    let init: InitAnswer = answer.ok();
    assert_eq!(init.user_id, "agent1");
    assert_eq!(init.agent_name.as_deref(), Some("Agent One"));
    assert_eq!(
        init.features,
        ["call", "mute", "hold", "dtmf", "analytics", "api", "answer", "hangup"]
    );
    assert_eq!(init.client_info.name, "Demo Client");
    assert_eq!((init.client_info.plan.as_str(), init.client_info.remaining_calls), ("trial", 100));
    assert_eq!((init.client_info.call_limit, init.customer_search), (100, true));
    assert!(!init.exotel_token.is_empty() && init.exotel_token == init.session_token);
    assert!(init.events_url.starts_with("/api/ribbon/events?ticket="));
    assert_eq!((init.provider.as_str(), init.voice.as_str()), ("simulator", "simulator"));
    assert!(init.expires_at.ends_with('Z'));

    let nameless: InitAnswer = server.post_json("/api/ribbon/init", json!({})).await.ok();
    assert_eq!(nameless.user_id.len(), "agent-".len() + 8);
    assert!(nameless.user_id.starts_with("agent-"));
}

#[tokio::test]
async fn init_tells_of_the_agents_call_else_of_those_that_ring_for_any_agent() {
    let server = Server::start_with_simulator(SLOW).await;
    let ring = async |body| -> CallStarted {
        server.post_json("/api/ribbon/simulator/incoming", body).await.read()
    };
    let taken_up = async |agent: &str| -> Vec<String> {
        let init: InitAnswer =
            server.post_json("/api/ribbon/init", json!({"agentId": agent})).await.read();
        init.active_call.into_iter().map(|event| event.session_id).collect()
    };
    let for_any = ring(json!({"from": "+919811122233"})).await.session_id;
    assert_eq!(taken_up("agent1").await, [for_any.as_str()]);
    let own = ring(json!({"from": "+919811122244", "agentId": "agent1"})).await.session_id;
    assert_eq!(taken_up("agent1").await, [own]);
    assert_eq!(taken_up("agent2").await, [for_any.as_str()]);
    // Once answered, it belongs to one agent.
    let path = format!("/api/ribbon/calls/{for_any}/answer");
    server.post_json(&path, json!({"agentId": "agent3"})).await;
    assert_eq!(taken_up("agent2").await, [""; 0]);
    assert_eq!(taken_up("agent3").await, [for_any.as_str(), for_any.as_str()]);
}

#[tokio::test]
async fn config_counts_the_months_calls() {
    let server = Server::start().await;
    server.start_call("+919876543210").await;
    let config: ConfigAnswer = server.get("/api/ribbon/config").await.ok();
    assert_eq!(config.plan, "trial");
    assert_eq!(config.usage, Usage { calls_this_month: 1, limit: 100, remaining: 99 });
    // In the next month the count starts again.
    server.clock.advance(std::time::Duration::from_hours(24 * 32));
    let config: ConfigAnswer = server.get("/api/ribbon/config").await.ok();
    assert_eq!(config.usage.calls_this_month, 0);
}

#[tokio::test]
async fn whoever_reads_the_records_learns_whose_they_are() {
    let server = Server::start().await;
    let about: ClientAbout = server.get("/api/ribbon/client").await.ok();
    assert_eq!((about.client_id.as_str(), about.name.as_str()), ("client-demo", "Demo Client"));
    assert_eq!((about.plan.as_str(), about.time_zone.as_str()), ("trial", "UTC"));
    assert!(about.features.iter().any(|feature| feature == "analytics"));
    assert!(about.dispositions.iter().any(|one| one.code == "promise_to_pay"));
}

#[tokio::test]
async fn health_is_open_to_everybody() {
    let server = Server::start().await;
    for path in ["/health", "/health/ready"] {
        let health: Health = Answer::from_request(server.request(Method::GET, path)).await.ok();
        assert_eq!(health.status, "healthy");
        assert_eq!(health.version, env!("CARGO_PKG_VERSION"));
    }
}

/// Every route that takes a key, with a body that is valid except for the key.
const POSTS: [&str; 9] = [
    "/api/ribbon/init",
    "/api/ribbon/log-call",
    "/api/ribbon/calls",
    "/api/ribbon/calls/ses_x/answer",
    "/api/ribbon/calls/ses_x/hangup",
    "/api/ribbon/calls/ses_x/hold",
    "/api/ribbon/calls/ses_x/mute",
    "/api/ribbon/calls/ses_x/dtmf",
    "/api/ribbon/simulator/incoming",
];
const GETS: [&str; 7] = [
    "/api/ribbon/config",
    "/api/ribbon/client",
    "/api/ribbon/call-logs",
    "/api/ribbon/active-calls",
    "/api/ribbon/calls/ses_x",
    "/api/ribbon/events",
    "/api/ribbon/events/ticket",
];

#[tokio::test]
async fn no_key_a_wrong_key_and_a_revoked_key_open_nothing() {
    let server = Server::start().await;
    for path in POSTS {
        server.post_text(path, "{}").await.problem(401, "missing_api_key");
        server.post_text(path, r#"{"apiKey":null}"#).await.problem(401, "missing_api_key");
        server.post_text(path, r#"{"apiKey":"nope"}"#).await.problem(401, "invalid_api_key");
    }
    for path in GETS {
        let get = || server.request(Method::GET, path);
        Answer::from_request(get()).await.problem(401, "missing_api_key");
        Answer::from_request(get().header("x-api-key", "nope"))
            .await
            .problem(401, "invalid_api_key");
        // A key in an address does not count.
        let in_address = format!("{path}?apiKey={KEY}");
        Answer::from_request(server.request(Method::GET, &in_address))
            .await
            .problem(401, "missing_api_key");
    }
    server.run_sql("UPDATE credentials SET revoked_at = 1 WHERE kind = 'api_key'").await;
    for path in POSTS {
        server.post_json(path, json!({})).await.problem(401, "revoked_api_key");
    }
    for path in GETS {
        server.get(path).await.problem(401, "revoked_api_key");
    }
}

#[tokio::test]
async fn a_key_is_taken_from_the_header_too() {
    let server = Server::start().await;
    let request = server
        .request(Method::POST, "/api/ribbon/init")
        .header("content-type", "application/json; charset=utf-8")
        .header("X-API-KEY", KEY)
        .body("{}");
    Answer::from_request(request).await.ok::<InitAnswer>();
}

#[tokio::test]
async fn a_suspended_client_and_a_narrow_key_are_told_so() {
    let server = Server::start().await;
    server.run_sql("UPDATE credentials SET scopes = '[\"read\"]' WHERE kind = 'api_key'").await;
    server.post_json("/api/ribbon/init", json!({})).await.problem(403, "scope_missing");
    assert_eq!(server.get("/api/ribbon/call-logs").await.status, 200);
    server.run_sql("UPDATE credentials SET scopes = '[\"ribbon\"]' WHERE kind = 'api_key'").await;
    server.get("/api/ribbon/call-logs").await.problem(403, "scope_missing");
    server.get("/api/ribbon/events").await.problem(401, "missing_session");
    server.run_sql("UPDATE clients SET suspended_at = 1").await;
    server.post_json("/api/ribbon/init", json!({})).await.problem(403, "client_suspended");
    server.get("/api/ribbon/config").await.problem(403, "client_suspended");
}

#[tokio::test]
async fn a_key_works_on_the_domains_of_its_list() {
    let server = Server::start().await;
    server.run_sql("UPDATE clients SET allowed_domains = '[\"*.crm.example.com\"]'").await;
    let init = async |origin: Option<&str>, domain: &str| {
        let mut request = server
            .request(Method::POST, "/api/ribbon/init")
            .json(&json!({"apiKey": KEY, "domain": domain}));
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        Answer::from_request(request).await
    };
    assert_eq!(init(Some("https://a.crm.example.com"), "evil.test").await.status, 200);
    assert_eq!(init(None, "a.crm.example.com").await.status, 200);
    let refused = init(Some("https://evil.test"), "a.crm.example.com").await;
    refused.problem(403, "domain_not_allowed");
    // A page that may not use the key must not learn even that.
    assert_eq!(refused.header("access-control-allow-origin"), "");
    init(None, "evil.test").await.problem(403, "domain_not_allowed");
}

#[tokio::test]
async fn pages_of_other_origins_may_ask() {
    let server = Server::start().await;
    let preflight = server
        .request(Method::OPTIONS, "/api/ribbon/calls")
        .header("origin", "https://crm.example.com")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type,idempotency-key");
    let answer = Answer::from_request(preflight).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), "https://crm.example.com");
    assert_eq!(answer.header("access-control-max-age"), "7200");
    assert!(answer.header("access-control-allow-headers").contains("idempotency-key"));
    assert_eq!(answer.header("access-control-allow-credentials"), "");
}

#[tokio::test]
async fn another_clients_call_is_not_found() {
    let server = Server::start().await;
    server.add_other_client().await;
    let id = server.start_call("+919876543210").await.session_id;
    for (control, body) in [
        ("answer", json!({"apiKey": OTHER_KEY})),
        ("hangup", json!({"apiKey": OTHER_KEY})),
        ("mute", json!({"apiKey": OTHER_KEY, "muted": true})),
        ("hold", json!({"apiKey": OTHER_KEY, "onHold": true})),
        ("dtmf", json!({"apiKey": OTHER_KEY, "digit": "1"})),
    ] {
        server.control_call(&id, control, body).await.problem(404, "not_found");
    }
    let get = |path: &str| {
        Answer::from_request(server.request(Method::GET, path).header("x-api-key", OTHER_KEY))
    };
    get(&format!("/api/ribbon/calls/{id}")).await.problem(404, "not_found");
    assert!(get("/api/ribbon/call-logs").await.text.contains("\"logs\":[]"));
    assert!(get("/api/ribbon/active-calls").await.text.contains("\"count\":0"));
}
