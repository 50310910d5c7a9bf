//! Tests that the document allows what the server accepts and forbids what it refuses, in parameters
//! and bodies whose values have a form.

use super::document;
use crate::support::{ADMIN_TOKEN, Answer, KEY, Server};
use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Value, json};

/// Returns a validator of a schema of the document.
fn validator(document: &Value, schema: &Value) -> Validator {
    let mut schema = schema.clone();
    schema["components"] = document["components"].clone();
    jsonschema::draft202012::new(&schema).unwrap()
}

/// Logs a missed call and a call with a follow-up; returns the ids of both.
async fn log_calls(server: &Server) -> [String; 2] {
    let customer = json!({"customerId": "C-1", "context": {"daysOverdue": 30}});
    let data = |sid: &str| {
        json!({"callSid": sid, "phoneNumber": "+919876543210",
        "customerData": customer, "agentId": "agent1"})
    };
    let mut ids = Vec::new();
    for (event, sid) in [("missed", "c-1"), ("connected", "c-2")] {
        let body = json!({"event": event, "data": data(sid)});
        assert_eq!(server.post_json("/api/ribbon/log-call", body).await.status, 200);
        let calls: Value = server.get("/api/ribbon/calls?customerId=C-1").await.ok();
        let calls = calls["calls"].as_array().unwrap();
        let call = calls.iter().find(|call| call["callSid"] == sid).unwrap();
        ids.push(call["sessionId"].as_str().unwrap().to_owned());
    }
    let follow_up = json!({"apiKey": KEY, "followUp": {"at": "2030-01-31T09:00:00Z"}});
    let path = format!("/api/ribbon/calls/{}", ids[1]);
    let request = server.request(Method::PATCH, &path).json(&follow_up);
    Answer::from_request(request).await.ok::<Value>();
    ids.try_into().unwrap()
}

#[tokio::test]
async fn a_parameter_has_the_form_that_the_document_says() {
    let server = Server::start().await;
    let document = document(&server).await;
    log_calls(&server).await;
    // The operation, the other parameters, the parameter, and values of it.
    let cases: [(&str, &str, &str, &[&str]); 9] = [
        (
            "analytics/breakdown",
            "",
            "by",
            &["status", "context.daysOverdue", "operator", "context.", "metadata", "status ", "1"],
        ),
        ("analytics/outcomes", "", "by", &["agentId", "context.daysOverdue", "agent", "a.b"]),
        ("analytics/pivot", "across=status", "by", &["agentId", "callType", "type", "contextx"]),
        ("analytics/pivot", "by=status", "across", &["agentId", "disposition", "outcome"]),
        (
            "analytics/breakdown",
            "by=context.daysOverdue",
            "edges",
            &["0,30,60", "-1.5, 2e3", "", "1", "eee", "1,,2", ",", "1;2", "--1", "+", "1e", "."],
        ),
        (
            "analytics/pivot",
            "by=status&across=context.daysOverdue",
            "acrossEdges",
            &["0,30", "30,x", "e"],
        ),
        (
            "export/calls",
            "format=table",
            "columns",
            &[
                "started",
                "started, agent",
                "context.a.b,metadata.c",
                "",
                "starts",
                "context.",
                ",",
                "started,",
                "context. ",
                "agent;status",
            ],
        ),
        ("export/calls", "", "sort", &["newest", "oldest", "", "longest", "shortest", "new"]),
        ("calls", "list=all", "sort", &["newest", "longest", "shortest", "longer"]),
    ];
    for (path, others, name, values) in cases {
        let path = format!("/api/ribbon/{path}");
        let parameters = document["paths"][&path]["get"]["parameters"].as_array().unwrap();
        let parameter = parameters.iter().filter(|parameter| parameter["name"] == name);
        let [parameter] = parameter.collect::<Vec<_>>()[..] else {
            panic!("{path} describes {name} not once");
        };
        let schema = validator(&document, &parameter["schema"]);
        for value in values {
            let value_in_url: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
            let answer = server.get(&format!("{path}?{others}&{name}={value_in_url}")).await;
            let what = format!("{path} {name}={value:?}: {}", answer.text);
            assert_eq!(schema.is_valid(&json!(value)), answer.status == 200, "{what}");
            assert!([200, 400].contains(&answer.status), "{what}");
        }
    }
}

#[tokio::test]
async fn a_body_has_the_form_that_the_document_says() {
    let server = Server::start().await;
    let document = document(&server).await;
    let [missed, follow_up] = log_calls(&server).await;
    let label =
        |unit: Value| json!({"fieldLabels": [{"field": "context.a", "name": "A", "unit": unit}]});
    let long = "x".repeat(201);
    let queue = [
        json!({}),
        json!({"agentId": null}),
        json!({"agentId": null, "done": null}),
        json!({"agentId": ""}),
        json!({"agentId": long}),
        json!({"agentId": 5}),
        json!({"done": "yes"}),
        json!({"agentId": "agent2"}),
        json!({"agentId": "agent2", "done": null}),
        json!({"done": false}),
        json!({"agentId": null, "done": false}),
        // A follow-up that is done is gone, so this comes last.
        json!({"agentId": null, "done": true}),
    ];
    let labels = [json!(null), json!("days"), json!(5), json!(["days"]), json!("")].map(label);
    let one = "/api/admin/clients/{clientId}";
    let alerts = [json!({}), json!({"plan": false}), json!({"quietMinutes": 0})];
    let token = |role: &str| json!({"name": "Asha", "role": role});
    let tokens = ["admin", "viewer", "masked-viewer", "supervisor", "owner"].map(token);
    let cases = [
        (Method::PATCH, format!("{one}/call-backs/{{sessionId}}"), missed, &queue[..]),
        (Method::PATCH, format!("{one}/follow-ups/{{sessionId}}"), follow_up, &queue[..]),
        (Method::PATCH, one.to_owned(), String::new(), &labels[..]),
        (Method::PUT, format!("{one}/alerts"), String::new(), &alerts[..]),
        (Method::POST, format!("{one}/tokens"), String::new(), &tokens[..]),
    ];
    for (method, template, session, bodies) in cases {
        let operation = &document["paths"][&template][method.as_str().to_lowercase()];
        let content = &operation["requestBody"]["content"];
        let schema = validator(&document, &content["application/json"]["schema"]);
        let path = template.replace("{clientId}", "client-demo").replace("{sessionId}", &session);
        for body in bodies {
            let request = server.request(method.clone(), &path).bearer_auth(ADMIN_TOKEN).json(body);
            let answer = Answer::from_request(request).await;
            let what = format!("{template} {body}: {}", answer.text);
            assert_eq!(schema.is_valid(body), answer.status < 300, "{what}");
            assert!([200, 201, 400].contains(&answer.status), "{what}");
        }
    }
}
