//! Tests a server below a path of another site, behind a proxy that strips the path or leaves it.

use crate::support::{ADMIN_TOKEN, Answer, KEY, Server, http_client};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use serde_json::{Value, json};

async fn below() -> Server {
    Server::start_with_settings(|config| {
        config.public_url = Some("https://www.example.com/tools/ribbon/".parse().unwrap());
    })
    .await
}

/// Both forms of a request from a proxy: with the path, and without it.
const AS_ASKED: [&str; 2] = ["/tools/ribbon", ""];

#[tokio::test]
async fn both_kinds_of_proxies_are_answered() {
    let server = below().await;
    for path in AS_ASKED {
        let get = |rest: &str| {
            Answer::from_request(server.request(Method::GET, &format!("{path}{rest}")))
        };
        assert_eq!(get("/health/ready").await.status, 200, "{path}");
        let with_key = server.request(Method::GET, &format!("{path}/api/ribbon/config"));
        assert_eq!(Answer::from_request(with_key.header("X-API-Key", KEY)).await.status, 200);
        let body = json!({"apiKey": KEY, "event": "connected", "data": {"callSid": "c1"},
            "timestamp": "2025-10-12T10:30:00Z"});
        let logged = server.request(Method::POST, &format!("{path}/api/ribbon/log-call"));
        assert_eq!(Answer::from_request(logged.json(&body)).await.status, 200);
        let filtered = server.request(Method::GET, &format!("{path}/api/ribbon/call-logs?event=x"));
        assert_eq!(Answer::from_request(filtered.header("X-API-Key", KEY)).await.status, 200);

        // The addresses in a page are below the path.
        for (page, names) in [
            ("/", "\"/tools/ribbon/examples/"),
            ("/examples/", "\"/tools/ribbon/dashboard\""),
            ("/inspector", "\"/tools/ribbon/call-ribbon.js\""),
            ("/examples/inspector.js", "'/tools/ribbon/api/ribbon'"),
            ("/examples/sales.html", "\"/tools/ribbon/call-ribbon.js\""),
        ] {
            let answer = get(page).await;
            assert_eq!(answer.status, 200, "{path}{page}");
            assert!(answer.text.contains(names), "{path}{page} lacks {names}");
            for wrong in ["\"/examples", "\"/call-ribbon.js", "\"/dashboard", "'/api/"] {
                assert!(!answer.text.contains(wrong), "{path}{page} holds {wrong}");
            }
            assert_eq!(answer.header("content-encoding"), "");
        }
        let dashboard = get("/dashboard/calls").await;
        assert!(matches!(dashboard.status, 200 | 503), "{}", dashboard.text);
        assert!(!dashboard.text.contains("=\"/dashboard"), "{}", dashboard.text);

        let document: Value = get("/api/openapi.json").await.ok();
        assert_eq!(document["servers"][0]["url"], "/tools/ribbon");
        assert!(get("/docs/swagger-initializer.js").await.text.contains("../api/openapi.json"));
    }
    let answer = Answer::from_request(server.request(Method::GET, "/tools/ribbons/health")).await;
    answer.problem(404, "not_found");
}

#[tokio::test]
async fn redirects_stay_below_the_path() {
    let server = below().await;
    let _ = http_client();
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    for (asked, to) in [
        ("/tools/ribbon", "/tools/ribbon/"),
        ("/tools/ribbon/docs", "./docs/"),
        ("/tools/ribbon/examples", "./examples/"),
        ("/docs", "./docs/"),
        ("/examples", "./examples/"),
        ("/dashboard/", "../dashboard"),
        ("/tools/ribbon/dashboard/?client=a%20b", "../dashboard?client=a%20b"),
        ("/embed/", "../embed"),
        ("/inspector/", "../inspector"),
    ] {
        let answer = client.get(format!("{}{asked}", server.url)).send().await.unwrap();
        assert!(answer.status().is_redirection(), "{asked}");
        assert_eq!(answer.headers()["location"], to, "{asked}");
    }
}

#[tokio::test]
async fn addresses_that_are_told_hold_the_path() {
    let server = below().await;
    let path = "/tools/ribbon/api/admin/clients/client-demo/embed";
    let embed = server.request_as_staff(Method::GET, path, ADMIN_TOKEN, Value::Null).await;
    let embed: Value = embed.ok();
    assert_eq!(embed["src"], "https://www.example.com/tools/ribbon/call-ribbon.js");
    let path = "/api/admin/clients/client-demo/dialer-keys";
    let key: Value =
        server.request_as_staff(Method::POST, path, ADMIN_TOKEN, Value::Null).await.read();
    let whole = "https://www.example.com/tools/ribbon/api/leads/from-dialer/";
    assert_eq!(key["leadUrl"], format!("{whole}{}", key["dialerKey"].as_str().unwrap()));
}
