//! Tests that whole numbers of bodies may be written with a fraction of zero: JSON has one type of
//! number, and some languages write no other.

use super::{document, operations};
use crate::support::{ADMIN_TOKEN, Answer, DIALER_KEY, KEY, Server};
use reqwest::Method;
use serde_json::{Value, json};

/// Follows a reference to another part of the document.
fn resolve<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    let reference = schema["$ref"].as_str();
    let pointer = reference.and_then(|reference| reference.strip_prefix('#'));
    pointer.map_or(schema, |pointer| document.pointer(pointer).unwrap())
}

fn is_type(schema: &Value, name: &str) -> bool {
    schema["type"] == name
        || schema["type"].as_array().is_some_and(|types| types.contains(&json!(name)))
}

/// Returns a value for each whole number in a schema: the number, and what is around it.
fn values(document: &Value, schema: &Value, depth: usize) -> Vec<Value> {
    let schema = resolve(document, schema);
    let mut found = Vec::new();
    if depth == 0 {
        return found;
    }
    if is_type(schema, "integer") {
        let least = schema["minimum"].as_f64().unwrap_or(1.0);
        found.push(json!(least.max(1.0)));
    }
    for parts in ["oneOf", "anyOf", "allOf"] {
        for part in schema[parts].as_array().into_iter().flatten() {
            found.extend(values(document, part, depth - 1));
        }
    }
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        found.extend(
            values(document, inner, depth - 1).into_iter().map(|value| json!({name: value})),
        );
    }
    if schema["items"].is_object() {
        found.extend(
            values(document, &schema["items"], depth - 1).into_iter().map(|one| json!([one])),
        );
    }
    found
}

#[tokio::test]
async fn a_whole_number_may_be_written_with_a_fraction_of_zero() {
    let server = Server::start().await;
    let document = document(&server).await;
    let mut tried = 0;
    for (path, method, operation) in operations(&document) {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let address = path.replace("{clientId}", "client-demo").replace(['{', '}'], "");
        for mut body in values(&document, schema, 8) {
            let mut request = server.request(method.clone(), &address);
            if address.starts_with("/api/admin/") {
                request = request.bearer_auth(ADMIN_TOKEN);
            } else if address.starts_with("/api/leads/") {
                request = request.header("x-dialer-api-key", DIALER_KEY);
            } else {
                body["apiKey"] = json!(KEY);
            }
            let answer = Answer::from_request(request.json(&body)).await;
            assert!(!answer.text.contains("floating point"), "{path} {body}: {}", answer.text);
            assert!(answer.status < 500, "{path} {body}: {}", answer.text);
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried}");
}
