//! Tests the headers that every answer has: of each operation of the API, each page and each file.

use super::tls::Pair;
use crate::support::{ADMIN_TOKEN, KEY, Server};
use call_ribbon_server::config::Config;
use reqwest::header::HeaderMap;
use reqwest::{Method, Response};
use serde_json::Value;
use std::path::{Path, PathBuf};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Returns a header; empty if it is missing.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

/// Sends a GET request and follows no redirect.
async fn get(server: &Server, path: &str) -> Response {
    server.request(Method::GET, path).send().await.unwrap()
}

async fn start(change: impl FnOnce(&mut Config)) -> Server {
    let mut server = Server::start_with_settings(change).await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    server.http = client.build().unwrap();
    server
}

/// The files below a folder of the repository, as paths from it.
fn files(folder: &str) -> Vec<String> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let mut waiting: Vec<PathBuf> = vec![top.clone()];
    let mut found = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path());
            waiting.extend(entries.filter(|path| !path.ends_with("node_modules")));
        } else {
            found.push(path.strip_prefix(&top).unwrap().to_str().unwrap().to_owned());
        }
    }
    found
}

/// Checks what all answers have in common. A page has a policy of its own.
fn check(what: &str, headers: &HeaderMap) {
    assert_eq!(text(headers, "x-content-type-options"), "nosniff", "{what}");
    let policies = headers.get_all("content-security-policy").iter().count();
    assert_eq!(policies, 1, "{what}");
    let policy = text(headers, "content-security-policy");
    assert!(policy.starts_with("default-src 'none'; "), "{what}: {policy}");
    let script = policy.split("; ").find(|part| part.starts_with("script-src"));
    assert!(!script.unwrap_or_default().contains("unsafe-inline"), "{what}: {policy}");
    let framed = policy.split("; ").find(|part| part.starts_with("frame-ancestors"));
    let is_page = text(headers, "content-type").starts_with("text/html");
    let path = what.split(' ').next_back().unwrap().trim_end_matches(".html");
    let expected = match path {
        "/embed" => "frame-ancestors *",
        "/" | "/inspector" => "frame-ancestors 'self'",
        path if path.starts_with("/examples/") && is_page => "frame-ancestors 'self'",
        _ => "frame-ancestors 'none'",
    };
    assert_eq!(framed, Some(expected), "{what}");
    assert_eq!(text(headers, "strict-transport-security"), "", "{what}");
}

#[tokio::test]
async fn every_operation_of_the_api_has_safe_headers() {
    let server = start(|_| ()).await;
    let document: Value = get(&server, "/api/openapi.json").await.json().await.unwrap();
    let mut count = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let asked = path.replace("{clientId}", "client-demo");
        let asked: Vec<_> = asked
            .split('/')
            .map(|part| if part.starts_with('{') { "none" } else { part })
            .collect();
        for method in item.as_object().unwrap().keys() {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else { continue };
            for (name, value) in
                [("accept", "*/*"), ("x-api-key", KEY), ("authorization", ADMIN_TOKEN)]
            {
                let value = value.replace(ADMIN_TOKEN, &format!("Bearer {ADMIN_TOKEN}"));
                let request = server.request(method.clone(), &asked.join("/"));
                let answer = request.header(name, value).send().await.unwrap();
                let what = format!("{method} {name} {}", asked.join("/"));
                check(&what, answer.headers());
                let kept = text(answer.headers(), "cache-control");
                // The document holds no data and is revalidated.
                let expected = if path == "/api/openapi.json" { "no-cache" } else { "no-store" };
                assert_eq!(kept, expected, "{what}");
                count += 1;
            }
        }
    }
    assert!(count > 200, "{count}");
}

#[tokio::test]
async fn every_page_and_file_has_safe_headers() {
    let server = start(|_| ()).await;
    let mut paths: Vec<String> = [
        "/",
        "/dashboard",
        "/dashboard/calls/ses_1",
        "/embed",
        "/docs",
        "/docs/",
        "/docs/index.html",
        "/docs/swagger-ui.css",
        "/docs/swagger-ui-bundle.js",
        "/docs/swagger-initializer.js",
        "/docs/none",
        "/docs/guides",
        "/docs/guides/",
        "/docs/guides/none",
        "/inspector",
        "/examples",
        "/examples/",
        "/examples/none",
        "/none",
        "/api/none",
    ]
    .map(str::to_owned)
    .into();
    paths.extend(files("examples").iter().map(|file| format!("/examples/{file}")));
    if get(&server, "/call-ribbon.js").await.status() == 200 {
        paths.extend(files("dist").iter().map(|file| format!("/{file}")));
    }
    assert!(paths.len() > 20, "{paths:?}");
    for path in paths {
        let answer = get(&server, &path).await;
        let headers = answer.headers();
        // If it is not built, what is said of the page has the form of an error.
        if answer.status() != 503 {
            check(&path, headers);
        }
        let kept = text(headers, "cache-control");
        if answer.status() != 200 {
            assert_eq!(kept, "no-store", "{path}");
        } else if path.starts_with("/assets/") && path.contains('-') {
            assert_eq!(kept, "public, max-age=31536000, immutable", "{path}");
        } else if path == "/call-ribbon.js" {
            assert_eq!(kept, "public, max-age=300, must-revalidate", "{path}");
        } else {
            assert_eq!(kept, "no-cache", "{path}");
        }
    }
}

/// A host that is reached by HTTPS says that it always is; a path of another site's host does not.
#[tokio::test]
async fn https_stays_https() {
    for (url, wanted) in [
        ("https://calls.example.com", "max-age=31536000"),
        ("https://www.example.com/ribbon", ""),
        ("http://calls.example.com", ""),
    ] {
        let server = start(|config| config.public_url = Some(url.parse().unwrap())).await;
        for path in ["/health", "/docs/", "/none", "/api/ribbon/config", "/ribbon"] {
            let answer = get(&server, path).await;
            assert_eq!(text(answer.headers(), "strict-transport-security"), wanted, "{url} {path}");
        }
    }
    let pair = Pair::new();
    let server = Server::start_with_settings(|config| pair.set(config)).await;
    let mut stream = pair.connect(&server, b"http/1.1").await.unwrap();
    let request = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("\r\nstrict-transport-security: max-age=31536000\r\n"), "{answer}");
}

#[tokio::test]
async fn the_examples_can_be_left_out() {
    let server = start(|config| config.no_examples = true).await;
    for path in ["/inspector", "/examples/", "/examples/sales.html", "/examples/inspector.js"] {
        assert_eq!(get(&server, path).await.status(), 404, "{path}");
    }
    let welcome = get(&server, "/").await;
    assert_eq!(
        (welcome.status().as_u16(), text(welcome.headers(), "location")),
        (307, "./dashboard")
    );
    assert_eq!(get(&server, "/docs/").await.status(), 200);
}
