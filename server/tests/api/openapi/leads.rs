//! Tests the OpenAPI document's description of the ways in which a dialer may send a lead.

use super::document;
use crate::support::Server;
use serde_json::Value;
use std::collections::HashSet;

/// The document has every way in which a dialer may send a lead, with all fields.
#[tokio::test]
async fn a_lead_is_described_in_each_form() {
    let server = Server::start().await;
    let document = document(&server).await;
    let path = "/api/leads/from-dialer/{dialerKey}";
    let names_of = |schema: &Value| -> HashSet<String> {
        let schema = match schema["$ref"].as_str() {
            Some(target) => document.pointer(&target[1..]).unwrap(),
            None => schema,
        };
        let parts = schema["allOf"].as_array().unwrap();
        let agent = parts[1]["anyOf"].as_array().unwrap();
        let all = std::iter::once(&parts[0]).chain(agent);
        all.flat_map(|part| part["properties"].as_object().unwrap().keys().cloned()).collect()
    };
    let json = "application/json";
    let forms = ["application/x-www-form-urlencoded", "multipart/form-data"];
    let body = &document["paths"]["/api/leads/from-dialer/"]["post"]["requestBody"]["content"];
    let expected = names_of(&body[json]["schema"]);
    assert!(expected.len() > 50, "{expected:?}");
    for name in ["dialer_user_id", "user", "agent_username", "lead_id", "phone_code", "notes"] {
        assert!(expected.contains(name), "{name}");
    }
    for place in ["/api/leads/from-dialer/", path] {
        let content = &document["paths"][place]["post"]["requestBody"]["content"];
        assert_eq!(content.as_object().unwrap().len(), 3, "{place}");
        for kind in forms.into_iter().chain([json]) {
            assert_eq!(names_of(&content[kind]["schema"]), expected, "{place} {kind}");
        }
    }
    let parameters = document["paths"][path]["get"]["parameters"].as_array().unwrap();
    let in_query = parameters.iter().filter(|parameter| parameter["in"] == "query");
    let mut names = HashSet::new();
    for parameter in in_query {
        // The rule of other queries, that words for a missing value are ignored, does not apply
        // here.
        assert_eq!(parameter["schema"]["type"], "string", "{parameter}");
        assert!(!parameter["description"].as_str().unwrap().is_empty(), "{parameter}");
        names.insert(parameter["name"].as_str().unwrap().to_owned());
    }
    assert_eq!(names, expected);
}
