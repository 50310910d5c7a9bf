//! Tests that bodies are refused and accepted as the OpenAPI document says. `cargo xtask schemathesis`
//! found each of these.

use crate::support::{Answer, Server};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn bodies_are_judged_as_documented() {
    let server = Server::start().await;
    let entry = json!({"phoneNumber": "+919812345678"});
    let entry =
        server.request_as_operator(Method::POST, "/suppressions", entry).await.read::<Value>();
    let remove = format!("/suppressions/{}/remove", entry["entryId"].as_str().unwrap());
    let consent = |field: &str, value: Value| json!({"phoneNumber": "+919812345678", "kind": "explicit", field: value});
    let rules = |field: &str, value: Value| json!({ field: value });
    let file = |reason: &str| json!({"customerId": "C1", "reason": reason});
    let refused = [
        (Method::POST, "/consents", consent("purpose", json!("sa\0les")), "purpose"),
        (Method::POST, "/consents", consent("givenAt", json!("000000000")), "givenAt"),
        (Method::POST, &remove, json!({"reason": "a\0b"}), "reason"),
        (Method::POST, &remove, json!({"reason": "  "}), "reason"),
        (Method::POST, "/complaint-files", file("a\0b"), "reason"),
        (Method::POST, "/complaint-files", file(" "), "reason"),
        (Method::POST, "/teams", json!({"name": null, "agentIds": []}), "name"),
        (Method::PUT, "/call-rules", rules("sector", json!("\n")), "sector"),
        (Method::PUT, "/call-rules", rules("packs", json!(["none"])), "packs"),
        (Method::PUT, "/call-rules", rules("callTypes", json!({"": "sales"})), "callTypes"),
        (Method::PUT, "/call-rules", rules("accountField", json!("a..b")), "accountField"),
        (Method::PUT, "/alerts", json!({"digestHour": 8.5}), "digestHour"),
    ];
    for (method, path, body, field) in refused {
        let answer = server.request_as_operator(method, path, body.clone()).await;
        let problem: Value = answer.read();
        assert_eq!((answer.status, &problem["field"]), (400, &json!(field)), "{body}: {problem}");
    }
    let rule = json!({"above": 5.0, "minutes": 15.0});
    let accepted = [
        (Method::PUT, "/call-rules", rules("sector", json!(" "))),
        (Method::PUT, "/call-rules", rules("callTypes", json!({"loan reminder": "sales"}))),
        (Method::PUT, "/alerts", json!({"digestHour": 23.0, "quietMinutes": 60.0})),
        (Method::PUT, "/alerts", json!({"digestHour": null, "missed": rule})),
        (Method::POST, &remove, json!({"reason": " Entered by mistake "})),
    ];
    for (method, path, body) in accepted {
        let answer: Answer = server.request_as_operator(method, path, body.clone()).await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.text);
    }
}
