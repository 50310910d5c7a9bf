//! Tests what each role may do below one client, on every route of the document; a new route is
//! tested automatically.

use crate::support::{
    ADMIN_TOKEN, Answer, KEY, OTHER_KEY, Server, add_person, create_token, sign_in,
};
use reqwest::Method;
use serde_json::{Value, json};

const BELOW: &str = "/api/admin/clients/{clientId}";
/// Routes with secrets, which a viewer may not read, and a whole list of full numbers.
const NOT_FOR_VIEWERS: [(Method, &str); 6] = [
    (Method::GET, "/webhooks"),
    (Method::GET, "/receivers/{receiverId}/key"),
    (Method::GET, "/receivers/{receiverId}/deliveries"),
    (Method::GET, "/receivers/{receiverId}/deliveries/{messageId}"),
    (Method::GET, "/alerts/secret"),
    (Method::GET, "/suppressions/export"),
];
/// What only the operator may do: to decide whether a client is served.
const OPERATORS: [(Method, &str); 1] = [(Method::DELETE, "")];

/// What a viewer may do beside reading.
const VIEWERS: [(Method, &str); 2] =
    [(Method::POST, "/views"), (Method::DELETE, "/views/{viewId}")];

/// An operation below one client.
struct Operation {
    method: Method,
    /// The path after the client, as the document has it.
    below: String,
}

impl Operation {
    /// Returns its address at this client. What it names there does not exist, except for a ribbon
    /// path to read.
    fn of(&self, client_id: &str) -> String {
        let rest = self.below.replace("{rest}", "active-calls");
        let rest: Vec<_> =
            rest.split('/').map(|part| if part.starts_with('{') { "none" } else { part }).collect();
        format!("/api/admin/clients/{client_id}{}", rest.join("/"))
    }

    fn is_among(&self, list: &[(Method, &str)]) -> bool {
        list.contains(&(self.method.clone(), self.below.as_str()))
    }

    async fn ask(&self, server: &Server, client_id: &str, token: &str) -> Answer {
        let body = if self.method == Method::GET { Value::Null } else { json!({}) };
        server.request_as_staff(self.method.clone(), &self.of(client_id), token, body).await
    }
}

async fn document(server: &Server) -> Value {
    Answer::from_request(server.request(Method::GET, "/api/openapi.json")).await.ok()
}

async fn operations(server: &Server) -> Vec<Operation> {
    let document = document(server).await;
    let mut found = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let Some(below) = path.strip_prefix(BELOW) else { continue };
        for method in operations.as_object().unwrap().keys() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            found.push(Operation { method, below: below.to_owned() });
        }
    }
    assert!(found.len() > 25, "{}", found.len());
    found
}

/// Asserts that no rule refused it: the request may still be invalid, or name something that
/// does not exist.
#[track_caller]
fn is_let_in(answer: &Answer, what: &str) {
    assert!(matches!(answer.status, 200 | 201 | 400 | 404), "{what}: {}", answer.text);
    assert!(!answer.text.contains("There is no such client."), "{what}");
}

#[tokio::test]
async fn each_role_may_do_its_own_for_its_client_alone() {
    let server = Server::start().await;
    server.add_other_client().await;
    let (_, admin) = create_token(&server, "admin").await;
    let (_, viewer) = create_token(&server, "viewer").await;
    each_does_its_own(&server, &admin, &viewer).await;
    for (email, role) in [("admin@example.com", "admin"), ("viewer@example.com", "viewer")] {
        add_person(&server, email, role).await;
    }
    let admin = sign_in(&server, "admin@example.com").await;
    let viewer = sign_in(&server, "viewer@example.com").await;
    each_does_its_own(&server, &admin, &viewer).await;
}

async fn each_does_its_own(server: &Server, admin: &str, viewer: &str) {
    for operation in operations(server).await {
        let what = format!("{} {}", operation.method, operation.below);
        let answer = operation.ask(server, "client-demo", viewer).await;
        let looks = operation.method == Method::GET && !operation.is_among(&NOT_FOR_VIEWERS);
        let looks = looks || operation.is_among(&VIEWERS);
        if looks {
            is_let_in(&answer, &what);
        } else {
            answer.problem(403, "scope_missing");
        }
        let answer = operation.ask(server, "client-demo", admin).await;
        let is_operators = operation.is_among(&OPERATORS);
        if is_operators {
            answer.problem(403, "scope_missing");
        } else {
            is_let_in(&answer, &what);
        }
        for token in [admin, viewer] {
            let answer = operation.ask(server, "client-other", token).await;
            if is_operators {
                answer.problem(403, "scope_missing");
            } else {
                let problem = answer.problem(404, "not_found");
                assert_eq!(problem.error, "There is no such client.", "{what}");
            }
        }
        for key in [KEY, OTHER_KEY] {
            operation.ask(server, "client-demo", key).await.problem(401, "invalid_api_key");
        }
    }
}

/// Returns the paths of all GETs with API keys, below `/api/ribbon/`, and their parameters.
async fn read_by_keys(server: &Server) -> Vec<String> {
    let session = server.start_call("+919876543210").await.session_id;
    let document = document(server).await;
    let mut found = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let Some(rest) = path.strip_prefix("/api/ribbon/") else { continue };
        // The stream does not end, and has a test of its own.
        if operations.get("get").is_some() && rest != "events" {
            let rest = rest.replace("{sessionId}", &session);
            found.push(rest.replace("{customerId}", "loan%2F7%20%C3%A9"));
        }
    }
    assert!(found.len() > 10, "{found:?}");
    found
}

#[tokio::test]
async fn what_keys_read_is_read_by_those_who_are_signed_in() {
    let server = Server::start().await;
    server.add_other_client().await;
    let customer = json!({"customerData": {"customerId": "loan/7 é", "name": "Asha Rao"}});
    server.post_json("/api/ribbon/customer", customer).await.ok::<Value>();
    let (_, viewer) = create_token(&server, "viewer").await;
    add_person(&server, "asha@example.com", "viewer").await;
    let asha = sign_in(&server, "asha@example.com").await;
    server.clock.stop();
    for rest in read_by_keys(&server).await {
        let by_key = server.get(&format!("/api/ribbon/{rest}")).await;
        let own = format!("/api/admin/clients/client-demo/ribbon/{rest}");
        let others = format!("/api/admin/clients/client-other/ribbon/{rest}");
        for staff in [&viewer, &asha, ADMIN_TOKEN] {
            let answer = server.request_as_staff(Method::GET, &own, staff, Value::Null).await;
            assert_eq!(answer.status, by_key.status, "{rest}: {}", answer.text);
            for header in ["content-type", "content-disposition"] {
                assert_eq!(answer.header(header), by_key.header(header), "{rest}");
            }
            // Each ticket is different, and an error has the id of its request.
            if rest != "events/ticket" && answer.status == 200 {
                assert_eq!(answer.text, by_key.text, "{rest}");
            }
        }
        let refused = server.request_as_staff(Method::GET, &others, &viewer, Value::Null).await;
        refused.problem(404, "not_found");
        // A key in the address changes nothing, and neither does one in a header.
        let mark = if rest.contains('?') { '&' } else { '?' };
        let with_key = server.request(Method::GET, &format!("{own}{mark}apiKey={OTHER_KEY}"));
        let with_key = with_key.bearer_auth(&viewer).header("X-API-Key", OTHER_KEY);
        let answer = Answer::from_request(with_key).await;
        assert_eq!(answer.status, by_key.status, "{rest}: {}", answer.text);
        let unsigned = server.request(Method::GET, &own).header("X-API-Key", KEY);
        Answer::from_request(unsigned).await.problem(401, "missing_api_key");
        for method in [Method::POST, Method::PATCH, Method::DELETE] {
            let answer = server.request_as_staff(method, &own, ADMIN_TOKEN, json!({})).await;
            answer.problem(405, "method_not_allowed");
        }
    }
    let customer = "/api/admin/clients/client-demo/ribbon/customer/loan%2F7%20%C3%A9";
    let customer = server.request_as_staff(Method::GET, customer, &viewer, Value::Null).await;
    assert_eq!(customer.ok::<Value>()["customer"]["name"], "Asha Rao");
    for nothing in ["none", "../../../health", "calls/none", ""] {
        let path = format!("/api/admin/clients/client-demo/ribbon/{nothing}");
        server
            .request_as_staff(Method::GET, &path, &viewer, Value::Null)
            .await
            .problem(404, "not_found");
    }
}

#[tokio::test]
async fn pages_of_other_origins_read_nothing_there() {
    let server = Server::start().await;
    let (_, viewer) = create_token(&server, "viewer").await;
    let path = "/api/admin/clients/client-demo/ribbon/config";
    let origin = "https://crm.example.com";
    let answer = server.request(Method::GET, path).bearer_auth(&viewer).header("Origin", origin);
    let answer = Answer::from_request(answer).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, ""));
    let asked = server.request(Method::OPTIONS, path).header("Origin", origin);
    let asked = asked.header("Access-Control-Request-Method", "GET");
    let asked = Answer::from_request(asked).await;
    assert_eq!((asked.status, asked.header("access-control-allow-origin")), (405, ""));
    // The client's list of domains applies to pages that use its keys.
    server.run_sql("UPDATE clients SET allowed_domains = '[\"other.example.com\"]'").await;
    server.request_as_staff(Method::GET, path, &viewer, Value::Null).await.ok::<Value>();
}

#[tokio::test]
async fn the_operator_reads_of_a_suspended_client() {
    let server = Server::start().await;
    let (_, viewer) = create_token(&server, "viewer").await;
    server.run_sql("UPDATE clients SET suspended_at = 1").await;
    let path = "/api/admin/clients/client-demo/ribbon/active-calls";
    server.request_as_staff(Method::GET, path, ADMIN_TOKEN, Value::Null).await.ok::<Value>();
    let refused = server.request_as_staff(Method::GET, path, &viewer, Value::Null).await;
    refused.problem(403, "client_suspended");
    let nobody = "/api/admin/clients/nobody/ribbon/active-calls";
    let refused = server.request_as_staff(Method::GET, nobody, ADMIN_TOKEN, Value::Null).await;
    refused.problem(404, "not_found");
}
