//! Tests query parameters that a page has no value for.

use crate::support::{ADMIN_TOKEN, Answer, KEY, Server};
use call_ribbon_server::time::Clock as _;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// What a script writes into an address for a missing value.
const NOTHING: [&str; 5] = ["", "undefined", "null", "NaN", "%20"];

/// Returns every operation of the document with query parameters: method, path, their names.
async fn operations(server: &Server) -> Vec<(Method, String, Vec<String>)> {
    let document: Value =
        Answer::from_request(server.request(Method::GET, "/api/openapi.json")).await.ok();
    let mut found = Vec::new();
    // A dialer sends a lead in the query. A lead may have such a word as a name.
    let paths = document["paths"].as_object().unwrap().iter();
    for (path, item) in paths.filter(|(path, _)| !path.starts_with("/api/leads/")) {
        for (method, operation) in item.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let names: Vec<String> = parameters
                .filter(|parameter| parameter["in"] == "query" && parameter["required"] != true)
                .inspect(|parameter| {
                    let words = &parameter["schema"]["anyOf"][1]["enum"];
                    assert_eq!(words, &json!(["", "undefined", "null", "NaN"]), "{parameter}");
                })
                .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
                .collect();
            // An operation with dates also has a time zone.
            let days = names.iter().any(|name| name == "startDate");
            assert!(!days || names.iter().any(|name| name == "timezone"), "{path}");
            if !names.is_empty() {
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
                found.push((method, path.clone(), names));
            }
        }
    }
    found
}

fn ask(server: &Server, method: &Method, path: &str, query: &str) -> RequestBuilder {
    let path = path
        .replace("{clientId}", "client-demo")
        .replace("{customerId}", "CUST-1")
        .replace("{sessionId}", "none");
    let needed = match path.rsplit('/').next() {
        Some("breakdown" | "outcomes") => "by=status&",
        Some("trial") => "pack=in-rbi-recovery&",
        Some("pivot") => "by=status&across=callDirection&",
        _ => "",
    };
    let request = server.request(method.clone(), &format!("{path}?{needed}{query}"));
    if path.starts_with("/api/admin/") {
        request.bearer_auth(ADMIN_TOKEN)
    } else {
        request.header("X-API-Key", KEY)
    }
}

/// Returns the status and, if the answer ends, its text without the request's id.
async fn answered(request: RequestBuilder) -> (u16, String) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let stream = response.headers()["content-type"] == "text/event-stream";
    if stream {
        return (status, String::new());
    }
    let text = response.text().await.unwrap();
    let text = match serde_json::from_str::<Value>(&text) {
        Ok(mut answer) => {
            if let Some(fields) = answer.as_object_mut() {
                fields.remove("requestId");
            }
            answer.to_string()
        }
        Err(_) => text,
    };
    (status, text)
}

#[tokio::test]
async fn a_parameter_without_a_value_is_not_given() {
    let server = Server::start().await;
    server.clock.stop();
    let saved = json!({"customerData": {"customerId": "CUST-1", "name": "Asha Rao"}});
    server.post_json("/api/ribbon/customer", saved).await.ok::<Value>();
    let customer = json!({"customerData": {"customerId": "CUST-1", "name": "Asha Rao"}});
    for (call, ago) in [("c-1", 0), ("c-2", 3)] {
        let at = chrono::DateTime::from_timestamp_millis(server.clock.now() - ago * 1000).unwrap();
        let at = at.to_rfc3339();
        assert_eq!(server.log_event("connected", call, &at, customer.clone()).await.status, 200);
    }
    let operations = operations(&server).await;
    assert!(operations.len() > 15, "{}", operations.len());
    for (method, path, names) in operations {
        // It would change the result of the next one.
        let query = if method == Method::DELETE { "dryRun=true" } else { "" };
        let without = answered(ask(&server, &method, &path, query)).await;
        for name in names.iter().filter(|name| *name != "dryRun") {
            for nothing in NOTHING {
                let query = format!("{name}={nothing}&{query}");
                let with = answered(ask(&server, &method, &path, &query)).await;
                assert_eq!(with, without, "{method} {path}?{query}");
            }
        }
        // All of them at once, as a form that was not filled in sends them.
        let all: Vec<_> = names.iter().filter(|name| *name != "dryRun").collect();
        let all = all.iter().map(|name| format!("{name}=undefined")).collect::<Vec<_>>().join("&");
        let all = format!("{all}&{query}");
        let with = answered(ask(&server, &method, &path, &all)).await;
        assert_eq!(with, without, "{method} {path}, all of them");
    }
}

#[tokio::test]
async fn a_key_or_ticket_without_a_value_is_missing() {
    let server = Server::start().await;
    for query in ["apiKey=undefined", "X-API-Key=null", "apiKey="] {
        let path = format!("/api/ribbon/export/calls?{query}");
        Answer::from_request(server.request(Method::GET, &path))
            .await
            .problem(401, "missing_api_key");
    }
    for query in ["ticket=undefined", "ticket="] {
        let path = format!("/api/ribbon/events?{query}");
        Answer::from_request(server.request(Method::GET, &path))
            .await
            .problem(401, "missing_api_key");
    }
}

#[tokio::test]
async fn a_value_in_other_letters_is_one() {
    let server = Server::start().await;
    let at = server.time_now();
    let customer = json!({"customerData": {"customerId": "Null", "name": "Ms Null"}});
    server.log_event("connected", "c-1", &at, customer).await.ok::<Value>();
    for (query, calls) in [
        ("customerId=Null", 1),
        ("customerId=null", 1), // not given
        ("customerId=undefined+", 1),
        ("customerId=NULL", 0),
        ("customerId=null%20or%20void", 0),
    ] {
        let logs: Value = server.get(&format!("/api/ribbon/call-logs?{query}")).await.ok();
        assert_eq!(logs["pagination"]["total"], calls, "{query}");
    }
    for wrong in ["startDate=Invalid%20Date", "startDate=[object%20Object]", "limit=nan"] {
        let answer = server.get(&format!("/api/ribbon/analytics?{wrong}")).await;
        assert_eq!(answer.wrong_field(), wrong.split('=').next().unwrap());
    }
}

/// Paths are built in the same way. A customer without calls has zeros, so a page that asked too
/// early continues to work; the answer repeats the id.
#[tokio::test]
async fn a_customer_whose_id_the_page_did_not_have_is_named_so() {
    let server = Server::start().await;
    for nothing in ["undefined", "null", "NaN"] {
        let path = format!("/api/ribbon/customer/{nothing}");
        let calls: Value = server.get(&format!("{path}/calls")).await.ok();
        assert_eq!((&calls["totalCalls"], &calls["calls"]), (&json!(0), &json!([])));
        assert!(calls["note"].as_str().unwrap().contains(nothing), "{calls}");
        let unknown = server.get(&path).await.problem(404, "not_found");
        assert!(unknown.error.contains(nothing), "{}", unknown.error);
    }
    let calls: Value = server.get("/api/ribbon/customer/C-9/calls").await.ok();
    assert_eq!(calls.get("note"), None);
}
