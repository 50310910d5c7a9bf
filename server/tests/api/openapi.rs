//! Tests the OpenAPI document: well-formed, complete and true.

mod figures;
mod leads;
mod requests;
mod whole_numbers;

use crate::support::{ADMIN_TOKEN, Answer, DIALER_KEY, KEY, Server};
use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashSet;

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Routes that are not part of the API and therefore not in the document: pages and files, documented
/// paths with or without their last slash, and OpenID Connect's own form.
const NO_API: &str = "/
    /api/leads/from-dialer
    /api/leads/from-dialer/{dialerKey}/
    /api/{*rest}
    /dashboard /dashboard/ /dashboard/{*rest}
    /docs /docs/ /docs/guides /docs/guides/ /docs/guides/{*path} /docs/{*path}
    /embed /embed/
    /examples /examples/ /examples/{*path}
    /inspector /inspector/
    /oidc/callback /oidc/logout /oidc/sign-in
    /verify.html";

async fn document(server: &Server) -> Value {
    Answer::from_request(server.request(Method::GET, "/api/openapi.json")).await.ok()
}

/// Returns every operation with its path and method.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            let item = item.as_object().unwrap();
            item.iter()
                .filter(|(method, _)| METHODS.contains(&method.as_str()))
                .map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
        })
        .collect()
}

/// Returns everything in the document, with its position.
fn visit(value: &Value, place: &str, see: &mut dyn FnMut(&str, &Value)) {
    see(place, value);
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                visit(field, &format!("{place}/{name}"), see);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                visit(item, &format!("{place}/{index}"), see);
            }
        }
        _ => {}
    }
}

#[tokio::test]
async fn the_document_is_well_formed() {
    let server = Server::start().await;
    let document = document(&server).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    // Every reference has a target.
    visit(&document, "#", &mut |place, value| {
        if let Some(target) = value.get("$ref").and_then(Value::as_str) {
            let pointer = target.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{place} names {target}");
        }
    });
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        assert!(jsonschema::meta::is_valid(schema), "{name} is no JSON Schema");
    }
    let tags: HashSet<_> =
        document["tags"].as_array().unwrap().iter().map(|t| &t["name"]).collect();
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    let mut ids = HashSet::new();
    for (path, method, operation) in operations(&document) {
        let what = format!("{method} {path}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{what}: its id is taken");
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{what}");
        assert!(tags.contains(&operation["tags"][0]), "{what}");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{what}");
        assert!(responses.contains_key("400") && responses.contains_key("405"), "{what}");
        for way in operation["security"].as_array().unwrap() {
            assert!(
                way.as_object().unwrap().keys().all(|name| schemes.contains_key(name)),
                "{what}"
            );
        }
        let named = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let parameters = operation["parameters"].as_array();
        let described: HashSet<_> = parameters
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        assert_eq!(named.collect::<HashSet<_>>(), described, "{what}");
    }
}

#[tokio::test]
async fn every_documented_operation_is_there() {
    let server = Server::start().await;
    let document = document(&server).await;
    let operations = operations(&document);
    assert!(operations.len() > 30, "{}", operations.len());
    for (path, method, operation) in operations {
        let asked: Vec<_> =
            path.split('/').map(|part| if part.starts_with('{') { "none" } else { part }).collect();
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        // A request without credentials: an operation that needs them must refuse it; the others
        // are public.
        let answer = Answer::from_request(server.request(method.clone(), &asked.join("/"))).await;
        // This test may read what any program on this machine may.
        let security = operation["security"].as_array().unwrap();
        let with_body = operation.get("requestBody").is_some();
        // The key of a dialer may stand in the address, which names none here.
        let keyed = path.contains("{dialerKey}");
        let open = security.contains(&json!({})) && !with_body && !keyed;
        let expected: &[u16] = match (open, with_body) {
            (true, _) => &[200],
            (false, false) => &[401],
            // Without a body there is neither a key nor a content type.
            (false, true) => &[401, 415],
        };
        assert!(expected.contains(&answer.status), "{method} {path}: {}", answer.text);
        assert!(operation["responses"].get(answer.status.to_string()).is_some(), "{method} {path}");
    }
}

/// The API is built from the document, which can only lack routes that were added by their path.
#[test]
fn nothing_but_pages_is_left_out() {
    let routes = include_str!("../../src/http.rs");
    let mut added: Vec<_> = routes
        .match_indices(".route(")
        .map(|(at, _)| routes[at..].split('"').nth(1).unwrap())
        .collect();
    added.sort_unstable();
    assert_eq!(added, NO_API.split_whitespace().collect::<Vec<_>>());
    for way in [".route_service(", ".nest(", ".nest_service(", ".fallback_service("] {
        assert!(!routes.contains(way), "{way} adds routes that this test does not see");
    }
}

/// Returns a validator of the answers to an operation with a status.
fn answers(document: &Value, path: &str, method: &str, status: u16) -> Validator {
    let mut response = &document["paths"][path][method]["responses"][status.to_string()];
    if let Some(target) = response.get("$ref").and_then(Value::as_str) {
        response = document.pointer(&target[1..]).unwrap();
    }
    let content = response["content"].as_object().unwrap();
    let content = content.get("application/json").or(content.get("application/problem+json"));
    let mut schema =
        content.unwrap_or_else(|| panic!("{method} {path} {status}"))["schema"].clone();
    // With the schemas that it refers to.
    schema["components"] = document["components"].clone();
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap()
}

/// Compares an answer with its description in the document.
fn check(document: &Value, path: &str, method: &str, answer: &Answer) {
    let validator = answers(document, path, method, answer.status);
    let value: Value = answer.read();
    let wrong: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{method} {path} {}: {wrong:?} in {value}", answer.status);
}

#[tokio::test]
async fn answers_are_as_described() {
    let server = Server::start().await;
    let document = document(&server).await;
    let check = |path: &str, method: &str, answer: &Answer| check(&document, path, method, answer);
    let post = async |path: &str, body: Value| {
        let answer = server.post_json(path, body).await;
        assert!((200..300).contains(&answer.status), "{path}: {}", answer.text);
        check(path, "post", &answer);
        answer
    };
    let customer = json!({"customerId": "CUST-1", "name": "Asha Rao", "context": {"due": 1.10},
        "metadata": [1, null], "callType": "sales"});
    post("/api/ribbon/init", json!({"agentId": "agent1"})).await;
    let data = json!({"callSid": "c-1", "phoneNumber": "+919876543210",
        "callDirection": "outbound", "customerData": customer});
    let event = json!({"event": "connected", "data": data, "timestamp": server.time_now()});
    post("/api/ribbon/log-call", event.clone()).await;
    post("/api/ribbon/log-calls", json!({"events": [event, 7]})).await;
    let saved = json!({"customerData": {"customerId": "CUST-2", "name": "B", "tags": ["vip", 1],
        "customFields": {"a": null}}});
    post("/api/ribbon/customer", saved).await;
    let start = json!({"to": "+919876543210", "agentId": "agent1", "customerData": customer});
    let started: Value = post("/api/ribbon/calls", start).await.read();
    post("/api/ribbon/simulator/incoming", json!({"from": "+919876543211"})).await;
    let call = format!("/api/ribbon/calls/{}", started["sessionId"].as_str().unwrap());
    let notes = json!({"apiKey": KEY, "notes": "n", "followUp": {"at": "2025-10-14T09:00:00Z"}});
    let answer = Answer::from_request(server.request(Method::PATCH, &call).json(&notes)).await;
    check("/api/ribbon/calls/{sessionId}", "patch", &answer);
    check("/api/ribbon/calls/{sessionId}", "get", &server.get(&call).await);
    check("/api/ribbon/calls/{sessionId}", "get", &server.get("/api/ribbon/calls/none").await);
    let mute = server.control_call(&call[18..], "mute", json!({"muted": true})).await;
    check("/api/ribbon/calls/{sessionId}/mute", "post", &mute);
    let hangup = server.control_call(&call[18..], "hangup", json!({})).await;
    assert_eq!(hangup.status, 200, "{}", hangup.text);
    check("/api/ribbon/calls/{sessionId}/hangup", "post", &hangup);
    for (path, asked) in [
        ("/api/ribbon/config", ""),
        ("/api/ribbon/call-logs", ""),
        ("/api/ribbon/call-logs", "?event=all"),
        ("/api/ribbon/call-logs", "?page=0"),
        ("/api/ribbon/active-calls", ""),
        ("/api/ribbon/export/calls", ""),
        ("/api/ribbon/views", ""),
        ("/api/ribbon/events/ticket", ""),
        ("/health", ""),
        ("/health/ready", ""),
    ]
    .into_iter()
    .chain(figures::ASKED)
    {
        check(path, "get", &server.get(&format!("{path}{asked}")).await);
    }
    for id in ["CUST-1", "CUST-2", "none"] {
        let path = "/api/ribbon/customer/{customerId}";
        check(path, "get", &server.get(&path.replace("{customerId}", id)).await);
        let path = "/api/ribbon/customer/{customerId}/calls";
        check(path, "get", &server.get(&path.replace("{customerId}", id)).await);
    }
    let unknown = Answer::from_request(server.request(Method::GET, "/api/ribbon/config")).await;
    check("/api/ribbon/config", "get", &unknown);
    let lead = json!({"user": "agent1", "lead_id": 7, "first_name": "Asha"});
    let lead = server.request(Method::POST, "/api/leads/from-dialer/").json(&lead);
    let lead = Answer::from_request(lead.header("x-dialer-api-key", DIALER_KEY)).await;
    assert_eq!(lead.status, 201, "{}", lead.text);
    check("/api/leads/from-dialer/", "post", &lead);
    let by_get = format!("/api/leads/from-dialer/{DIALER_KEY}?user=agent1&lead_id=7");
    let by_get = Answer::from_request(server.request(Method::GET, &by_get)).await;
    assert_eq!(by_get.status, 201, "{}", by_get.text);
    check("/api/leads/from-dialer/{dialerKey}", "get", &by_get);
}

#[tokio::test]
async fn answers_to_operators_are_as_described() {
    let server = Server::start().await;
    let document = document(&server).await;
    let saved = json!({"customerData": {"customerId": "CUST-2", "name": "B", "tags": ["vip", 1]}});
    assert_eq!(server.post_json("/api/ribbon/customer", saved).await.status, 200);
    let admin = async |method: Method, template: &str, path: &str, body: Value| {
        let request = server.request(method.clone(), path).bearer_auth(ADMIN_TOKEN);
        let answer =
            Answer::from_request(if body.is_null() { request } else { request.json(&body) }).await;
        check(&document, template, &method.as_str().to_lowercase(), &answer);
        answer
    };
    let one = "/api/admin/clients/{clientId}";
    let all = "/api/admin/clients";
    let made = json!({"name": "N", "plan": "starter", "timeZone": "Asia/Kolkata"});
    let made: Value = admin(Method::POST, all, all, made).await.read();
    let path = one.replace("{clientId}", made["clientId"].as_str().unwrap());
    admin(Method::PATCH, one, &path, json!({"limit": 5, "fieldEdges": {"context.a": [1, 2.5]}}))
        .await;
    for below in ["", "/keys", "/agents", "/audit", "/retention"] {
        admin(Method::GET, &format!("{one}{below}"), &format!("{path}{below}"), Value::Null).await;
    }
    let keys = format!("{one}/keys");
    admin(Method::POST, &keys, &format!("{path}/keys"), json!({"scopes": ["read"]})).await;
    let agent = json!({"agentId": "a", "name": "A"});
    admin(Method::POST, &format!("{one}/agents"), &format!("{path}/agents"), agent).await;
    let tokens = format!("{one}/tokens");
    let token = json!({"name": "Asha", "role": "viewer"});
    let token: Value = admin(Method::POST, &tokens, &format!("{path}/tokens"), token).await.read();
    let token = format!("{path}/tokens/{}", token["tokenId"].as_str().unwrap());
    admin(Method::GET, &tokens, &format!("{path}/tokens"), Value::Null).await;
    admin(Method::DELETE, &format!("{tokens}/{{tokenId}}"), &token, Value::Null).await;
    admin(Method::GET, "/api/admin/me", "/api/admin/me", Value::Null).await;
    let providers = format!("{one}/providers");
    let account = json!({"provider": "simulator", "settings": {"apiToken": "x", "deep": [1]}});
    let account = admin(Method::POST, &providers, &format!("{path}/providers"), account).await;
    let account = account.read::<Value>()["accountId"].as_str().unwrap().to_owned();
    let (provider, account) =
        (format!("{providers}/{{accountId}}"), format!("{path}/providers/{account}"));
    for below in ["validate", "webhook-secret"] {
        let (template, path) = (format!("{provider}/{below}"), format!("{account}/{below}"));
        admin(Method::POST, &template, &path, Value::Null).await;
    }
    admin(Method::PATCH, &provider, &account, json!({"name": "N", "settings": {}})).await;
    server
        .run_sql(
            "INSERT INTO provider_requests (client_id, request_id, account_id, at, direction,
                purpose, method, url, request, answer)
             SELECT client_id, 'r', 'a', 0, 'out', 'connect', 'POST', '', '', '' FROM clients",
        )
        .await;
    for below in ["/providers", "/webhooks", "/provider-requests"] {
        admin(Method::GET, &format!("{one}{below}"), &format!("{path}{below}"), Value::Null).await;
    }
    admin(Method::GET, &provider, &account, Value::Null).await;
    admin(Method::DELETE, &provider, &account, Value::Null).await;
    let run = format!("{one}/retention/run");
    let now = format!("{path}/retention/run");
    admin(Method::PATCH, one, &path, json!({"retention": {"eventsDays": 30}})).await;
    admin(Method::POST, &run, &now, json!({"dryRun": true})).await;
    admin(Method::POST, &run, &now, json!({})).await;
    let customer = format!("{one}/customers/{{customerId}}");
    for (id, status) in [("CUST-2", 200), ("none", 404)] {
        let path = format!("{all}/client-demo/customers/{id}");
        let data = format!("{path}/data");
        let seen = admin(Method::GET, &format!("{customer}/data"), &data, Value::Null).await;
        assert_eq!(seen.status, status, "{}", seen.text);
        admin(Method::DELETE, &customer, &format!("{path}?dryRun=true"), Value::Null).await;
        admin(Method::DELETE, &customer, &format!("{path}?dryRun=yes"), Value::Null).await;
    }
    admin(Method::DELETE, one, &path, Value::Null).await;
    for path in [all, "/api/admin/analytics/all"] {
        admin(Method::GET, path, path, Value::Null).await;
    }
}

#[tokio::test]
async fn answers_about_a_clients_people_and_pages_are_as_described() {
    let server = Server::start().await;
    let document = document(&server).await;
    let admin = async |method: Method, template: &str, path: &str, body: Value| {
        let answer = server.request_as_staff(method.clone(), path, ADMIN_TOKEN, body).await;
        check(&document, template, &method.as_str().to_lowercase(), &answer);
        answer
    };
    let (one, path) = ("/api/admin/clients/{clientId}", "/api/admin/clients/client-demo");
    let views = format!("{one}/views");
    let view = json!({"name": "V", "path": "/dashboard/ask?by=agent"});
    let view: Value = admin(Method::POST, &views, &format!("{path}/views"), view).await.read();
    let view = format!("{path}/views/{}", view["viewId"].as_str().unwrap());
    admin(Method::DELETE, &format!("{views}/{{viewId}}"), &view, Value::Null).await;
    let dialer_keys = format!("{one}/dialer-keys");
    let here = format!("{path}/dialer-keys");
    let key: Value = admin(Method::POST, &dialer_keys, &here, Value::Null).await.read();
    admin(Method::GET, &dialer_keys, &here, Value::Null).await;
    let key = format!("{here}/{}", key["keyId"].as_str().unwrap());
    admin(Method::DELETE, &format!("{dialer_keys}/{{keyId}}"), &key, Value::Null).await;
    admin(Method::GET, &format!("{one}/embed"), &format!("{path}/embed"), Value::Null).await;
    let people = format!("{one}/people");
    let person = json!({"email": "asha@example.com", "name": "Asha", "role": "viewer",
        "password": "correct horse battery"});
    let made = admin(Method::POST, &people, &format!("{path}/people"), person.clone()).await;
    let made = format!("{path}/people/{}", made.read::<Value>()["personId"].as_str().unwrap());
    let me: Value =
        admin(Method::POST, "/api/admin/sign-in", "/api/admin/sign-in", person).await.read();
    let token = me["token"].as_str().unwrap();
    for (method, own) in
        [(Method::GET, "me"), (Method::POST, "password"), (Method::POST, "sign-out")]
    {
        let own = format!("/api/admin/{own}");
        let body = json!({"current": "correct horse battery", "new": "another horse entirely"});
        let answer = server.request_as_staff(method.clone(), &own, token, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        check(&document, &own, &method.as_str().to_lowercase(), &answer);
    }
    admin(Method::GET, &people, &format!("{path}/people"), Value::Null).await;
    let one_person = format!("{people}/{{personId}}");
    admin(Method::PATCH, &one_person, &made, json!({"disabled": true})).await;
    admin(Method::DELETE, &one_person, &made, Value::Null).await;
}

#[tokio::test]
async fn the_page_needs_no_other_host() {
    let server = Server::start().await;
    let page = Answer::from_request(server.request(Method::GET, "/docs")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    let named = page.text.split(['"', '\'']).filter(|text| text.starts_with("./"));
    let mut parts = 0;
    for part in named {
        let path = format!("/docs{}", &part[1..]);
        let found = Answer::from_request(server.request(Method::GET, &path)).await;
        assert_eq!(found.status, 200, "{part}");
        parts += 1;
    }
    assert!(parts >= 4, "{}", page.text);
    assert!(!page.text.contains("http://") && !page.text.contains("https://"), "{}", page.text);
    Answer::from_request(server.request(Method::GET, "/docs/none")).await.problem(404, "not_found");
}
