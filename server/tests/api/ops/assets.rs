//! Tests the files for browsers. What is in the binary depends on what was built before it, so
//! these tests use the files that are there.

use crate::support::{Answer, Server};
use reqwest::Method;

#[tokio::test]
async fn the_ribbon_is_served_or_said_to_be_missing() {
    let server = Server::start().await;
    let get = |path: &str| Answer::from_request(server.request(Method::GET, path));
    let answer = get("/call-ribbon.js").await;
    if answer.status == 503 {
        let problem = answer.problem(503, "not_built");
        assert!(problem.error.contains("cargo xtask build"));
        return;
    }
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "public, max-age=300, must-revalidate");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("vary"), "Accept-Encoding");
    assert_eq!(answer.header("content-encoding"), "");
    let known = server
        .request(Method::GET, "/call-ribbon.js")
        .header("if-none-match", answer.header("etag"));
    let unchanged = Answer::from_request(known).await;
    assert_eq!((unchanged.status, unchanged.text.as_str()), (304, ""));
    let page = get("/dashboard/calls/ses_1").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("cache-control"), "no-cache");
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
}

#[tokio::test]
async fn nothing_outside_of_the_folders_is_served() {
    let server = Server::start().await;
    let get = |path: &str| Answer::from_request(server.request(Method::GET, path));
    for path in
        ["/Cargo.toml", "/..%2fCargo.toml", "/examples/..%2f..%2fCargo.toml", "/examples/none"]
    {
        get(path).await.problem(404, "not_found");
    }
}
