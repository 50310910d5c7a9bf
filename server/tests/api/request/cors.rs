//! Tests which pages of other origins may send a request, and which may read its answer.

use crate::support::{ADMIN_TOKEN, Answer, KEY, OTHER_KEY, Server};
use futures_util::StreamExt as _;
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

/// Sends a browser's preflight request.
async fn preflight(server: &Server, origin: &str) -> Answer {
    let asked = server.request(Method::OPTIONS, "/api/ribbon/config").header("origin", origin);
    let asked = asked
        .header("access-control-request-method", "GET")
        .header("access-control-request-headers", "x-api-key");
    Answer::from_request(asked).await
}

/// Sends a request of a page, with a key or without one.
async fn config(server: &Server, origin: &str, key: Option<&str>) -> Answer {
    let mut request = server.request(Method::GET, "/api/ribbon/config").header("origin", origin);
    if let Some(key) = key {
        request = request.header("x-api-key", key);
    }
    Answer::from_request(request).await
}

/// Returns the origin that an answer allows. The answer must always vary by origin, and must never
/// allow cookies.
fn readable(answer: &Answer) -> &str {
    let vary: Vec<_> = answer.headers.get_all("vary").iter().collect();
    let vary = format!("{vary:?}").to_lowercase();
    assert!(vary.contains("origin"), "{vary}");
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    let origin = answer.header("access-control-allow-origin");
    assert_ne!(origin, "*");
    origin
}

async fn allow(server: &Server, client: &str, domains: serde_json::Value) {
    let request = server.request(Method::PATCH, &format!("/api/admin/clients/{client}"));
    let request = request.bearer_auth(ADMIN_TOKEN).json(&json!({"allowedDomains": domains}));
    assert_eq!(Answer::from_request(request).await.status, 200);
}

#[tokio::test]
async fn each_spelling_of_an_origin_is_judged_right() {
    let server = Server::start().await;
    let list = json!(["crm.example.com", "*.shop.test", "localhost:3000", "xn--mnchen-3ya.test"]);
    allow(&server, "client-demo", list).await;
    for (origin, allowed) in [
        ("https://crm.example.com", true),
        ("http://crm.example.com", true),
        ("https://CRM.Example.COM", true),
        ("https://crm.example.com.", true),
        ("https://crm.example.com:8443", true),
        ("https://a.shop.test", true),
        ("https://a.b.shop.test", true),
        ("http://localhost:3000", true),
        ("https://xn--mnchen-3ya.test", true),
        ("https://evil-crm.example.com", false),
        ("https://evilcrm.example.com", false),
        ("https://example.com", false),
        ("https://crm.example.com.evil.test", false),
        ("https://crm.example.comevil.test", false),
        ("https://crm.example.com@evil.test", false),
        ("https://crm.example.com:pass@evil.test", false),
        ("https://evil.test/crm.example.com", false),
        ("https://evil.test?crm.example.com", false),
        ("https://evil.test#crm.example.com", false),
        ("https://crm.example.com:443:80", false),
        ("https://crm.example.com:99999", false),
        ("https://crm.example.com,https://evil.test", false),
        ("https://crm.example.com evil.test", false),
        ("https://shop.test", false),
        ("https://.shop.test", false),
        ("https://evilshop.test", false),
        ("https://a.shop.test.evil.test", false),
        ("http://localhost", false),
        ("http://localhost:3001", false),
        ("https://crm%2eexample.com", false),
        ("https://crm_example.com", false),
        ("ftp://crm.example.com", false),
        ("chrome-extension://crm.example.com", false),
        ("//crm.example.com", false),
        ("crm.example.com", false),
        ("https://", false),
        ("null", false),
        ("*", false),
        ("", false),
    ] {
        let expected = if allowed { origin } else { "" };
        assert_eq!(readable(&preflight(&server, origin).await), expected, "{origin}");
        let answer = config(&server, origin, Some(KEY)).await;
        assert_eq!(readable(&answer), expected, "{origin}");
        assert_eq!(answer.status, if allowed { 200 } else { 403 }, "{origin}");
        assert_eq!(readable(&config(&server, origin, Some("no-key")).await), expected, "{origin}");
    }
}

#[tokio::test]
async fn a_key_that_is_known_is_judged_by_its_own_clients_list() {
    let server = Server::start().await;
    server.add_other_client().await;
    allow(&server, "client-demo", json!(["crm.example.com"])).await;
    allow(&server, "client-other", json!(["other.test"])).await;
    // The key is not known yet, so every origin may send the request.
    for origin in ["https://crm.example.com", "https://other.test"] {
        assert_eq!(readable(&preflight(&server, origin).await), origin);
        // The same for an unknown key: the page may read why it was refused.
        let refused = config(&server, origin, Some("no-key")).await;
        refused.problem(401, "invalid_api_key");
        assert_eq!(readable(&refused), origin);
        assert_eq!(readable(&config(&server, origin, None).await), origin);
    }
    let foreign = config(&server, "https://other.test", Some(KEY)).await;
    foreign.problem(403, "domain_not_allowed");
    assert_eq!(readable(&foreign), "");
    let own = config(&server, "https://other.test", Some(OTHER_KEY)).await;
    assert_eq!((own.status, readable(&own)), (200, "https://other.test"));
    // The same with the key in the body, or with a missing scope.
    let logged = server
        .request(Method::POST, "/api/ribbon/log-call")
        .header("origin", "https://other.test")
        .json(&json!({"apiKey": KEY, "event": "x", "data": {"callSid": "c"}}));
    let logged = Answer::from_request(logged).await;
    logged.problem(403, "domain_not_allowed");
    assert_eq!(readable(&logged), "");
    let export = server.request(Method::GET, "/api/ribbon/export/calls");
    let export = export.header("origin", "https://other.test").header("x-api-key", OTHER_KEY);
    let export = Answer::from_request(export).await;
    export.problem(403, "scope_missing");
    assert_eq!(readable(&export), "https://other.test");
    // No page of another origin may use the routes for machines and operators.
    let admin = server.request(Method::GET, "/api/admin/clients").bearer_auth(ADMIN_TOKEN);
    let admin = Answer::from_request(admin.header("origin", "https://crm.example.com")).await;
    assert_eq!(admin.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_ticket_is_judged_by_its_clients_list() {
    let server = Server::start().await;
    allow(&server, "client-demo", json!(["crm.example.com"])).await;
    server.add_other_client().await;
    let ticket: serde_json::Value = server.get("/api/ribbon/events/ticket").await.ok();
    let url = ticket["eventsUrl"].as_str().unwrap();
    let open = |origin: &'static str| server.request(Method::GET, url).header("origin", origin);
    let foreign = Answer::from_request(open("https://evil.test")).await;
    foreign.problem(403, "domain_not_allowed");
    // The other client's list is empty, so a page may send requests, but not read this client's
    // answer.
    assert_eq!(readable(&foreign), "");
    assert_eq!(readable(&preflight(&server, "https://evil.test").await), "https://evil.test");
    let own = open("https://crm.example.com").send().await.unwrap();
    assert_eq!(own.status(), 200);
    assert_eq!(own.headers()["access-control-allow-origin"], "https://crm.example.com");
}

#[tokio::test]
async fn changes_of_a_list_are_seen() {
    let server = Server::start().await;
    let origin = "https://crm.example.com";
    // The demo client's list is empty at first, which means every domain.
    assert_eq!(readable(&preflight(&server, origin).await), origin);
    allow(&server, "client-demo", json!(["other.test"])).await;
    assert_eq!(readable(&preflight(&server, origin).await), "");
    allow(&server, "client-demo", json!(["crm.example.com"])).await;
    assert_eq!(readable(&preflight(&server, origin).await), origin);
    // A change by another server or the command line takes effect after some seconds.
    server.clock.stop();
    assert_eq!(readable(&preflight(&server, origin).await), origin);
    server.run_sql("UPDATE clients SET allowed_domains = '[\"other.test\"]'").await;
    assert_eq!(readable(&preflight(&server, origin).await), origin);
    server.clock.advance(Duration::from_secs(5));
    assert_eq!(readable(&preflight(&server, origin).await), "");
    // A suspended client allows nothing.
    allow(&server, "client-demo", json!(["crm.example.com"])).await;
    let client = server.request(Method::DELETE, "/api/admin/clients/client-demo");
    assert_eq!(Answer::from_request(client.bearer_auth(ADMIN_TOKEN)).await.status, 200);
    assert_eq!(readable(&preflight(&server, origin).await), "");
}

/// On a page that forbids WebAssembly, the ribbon runs in a frame of the server's own origin.
#[tokio::test]
async fn the_ribbons_own_frame_is_judged_by_the_page_around_it() {
    let server = Server::start().await;
    allow(&server, "client-demo", json!(["crm.test"])).await;
    let (own, site) = (server.url.as_str(), "sec-fetch-site");
    for (headers, allowed) in [
        (vec![("origin", own), (site, "same-origin"), ("x-page-origin", "https://crm.test")], true),
        (
            vec![("origin", own), (site, "same-origin"), ("x-page-origin", "https://evil.test")],
            false,
        ),
        // Browsers send no Sec-Fetch-Site to insecure addresses.
        (vec![("origin", own), ("x-page-origin", "https://crm.test")], true),
        // For a read, a browser sends no Origin from the page's own origin.
        (vec![(site, "same-origin"), ("x-page-origin", "https://crm.test")], true),
        (vec![(site, "same-origin"), ("x-page-origin", "null")], false),
        // Another page cannot name the page around it.
        (vec![("origin", "https://evil.test"), ("x-page-origin", "https://crm.test")], false),
        (vec![("origin", own), (site, "cross-site"), ("x-page-origin", "https://crm.test")], false),
        (vec![("origin", "https://crm.test"), ("x-page-origin", "https://evil.test")], true),
    ] {
        let body = json!({"apiKey": KEY, "event": "connected", "data": {"callSid": "c1"}});
        let asked = server.request(Method::POST, "/api/ribbon/log-call").json(&body);
        let asked = headers.iter().fold(asked, |asked, (name, value)| asked.header(*name, *value));
        let answer = Answer::from_request(asked).await;
        assert_eq!(answer.status, if allowed { 200 } else { 403 }, "{headers:?}: {}", answer.text);
    }
    let asked = server.request(Method::OPTIONS, "/api/ribbon/config");
    let asked =
        asked.header("origin", "https://crm.test").header("access-control-request-method", "GET");
    let answer =
        Answer::from_request(asked.header("access-control-request-headers", "x-page-origin")).await;
    let lets = answer.header("access-control-allow-headers").to_lowercase();
    assert!(!lets.contains("x-page-origin"), "{lets}");
}

#[tokio::test]
async fn the_frames_page_may_stand_on_any_page_and_runs_nothing_else() {
    let server = Server::start().await;
    let answer = Answer::from_request(server.request(Method::GET, "/embed")).await;
    let policy = answer.header("content-security-policy");
    assert!(
        policy.contains("frame-ancestors *")
            && policy.contains("script-src 'self' 'wasm-unsafe-eval';")
    );
    assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
}

/// A dashboard of an integrator, on a page of another origin, with only a key.
#[tokio::test]
async fn a_dashboard_of_another_origin_polls_with_a_key() {
    let server = Server::start().await;
    allow(&server, "client-demo", json!(["dash.example.com"])).await;
    server.clock.stop();
    let origin = "https://dash.example.com";
    let paths =
        ["/api/ribbon/analytics/detailed", "/api/ribbon/active-calls", "/api/ribbon/config"];
    for path in paths {
        let asked = server.request(Method::OPTIONS, path).header("origin", origin);
        let asked = asked.header("access-control-request-method", "GET");
        let asked =
            Answer::from_request(asked.header("access-control-request-headers", "x-api-key")).await;
        assert!((200..300).contains(&asked.status), "{path}: {}", asked.status);
        assert_eq!(readable(&asked), origin);
        assert!(asked.header("access-control-allow-headers").contains("x-api-key"));
        assert!(asked.header("access-control-allow-methods").contains("GET"));
        // So that no preflight is needed before each poll.
        assert!(asked.header("access-control-max-age").parse::<u32>().unwrap() >= 600);
    }
    // An hour of polls every three seconds, at one moment of the server's clock: no rate limit is
    // near.
    for path in paths {
        let poll = || server.request(Method::GET, path).header("origin", origin);
        let polls = (0..1200).map(|_| Answer::from_request(poll().header("X-API-Key", KEY)));
        let polls: Vec<_> = polls.collect();
        let mut polls = futures_util::stream::iter(polls).buffer_unordered(8);
        while let Some(answer) = polls.next().await {
            assert_eq!((answer.status, readable(&answer)), (200, origin), "{}", answer.text);
        }
    }
    let elsewhere = server.request(Method::GET, paths[0]).header("origin", "https://evil.test");
    let elsewhere = Answer::from_request(elsewhere.header("X-API-Key", KEY)).await;
    elsewhere.problem(403, "domain_not_allowed");
    assert_eq!(readable(&elsewhere), "");
}
