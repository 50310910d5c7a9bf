//! Tests that readers who may not see phone numbers never get one, and can still work.

use crate::support::{
    ADMIN_TOKEN, Answer, DIALER_KEY, KEY, Server, add_person, create_token, sign_in,
};
use call_ribbon_shared::wire::{CallStarted, Logged};
use reqwest::Method;
use serde_json::{Value, json};

/// The last ten digits of every number that the client knows.
const NUMBERS: [&str; 6] =
    ["9876500011", "9876500022", "9876500033", "9876500044", "9876500055", "9876500066"];

/// Fills the demo client with calls, customers, leads and notes that contain numbers, and returns
/// the id of a call.
pub async fn fill(server: &Server) -> String {
    let data = json!({"phoneNumber": "+919876500011", "callDirection": "outbound",
        "agentId": "agent1",
        "customerData": {"customerId": "9876500011", "name": "Asha", "phoneNumber": "98765 00011",
            "context": {"second": 9_876_500_022_i64, "note": "or 98765-00033", "amount": 45_000}}});
    server.log_event("connected", "c1", "2025-10-12T10:30:00Z", data.clone()).await.ok::<Logged>();
    server.log_event("callEnded", "c1", "2025-10-12T10:31:00Z", data).await.ok::<Logged>();
    let lead = json!({"dialer_user_id": "vicidial_user_123", "lead_id": 77,
        "first_name": "Ravi", "phone_code": "91", "phone_number": "9876500044"});
    let lead = server
        .request(Method::POST, "/api/leads/from-dialer/")
        .header("X-Dialer-Api-Key", DIALER_KEY)
        .json(&lead);
    assert_eq!(Answer::from_request(lead).await.status, 201);
    let customer = json!({"customerData": {"customerId": "c-2",
        "name": "Meera +91 98765 00055", "phoneNumber": "+919876500055"}});
    server.post_json("/api/ribbon/customer", customer).await.ok::<Value>();
    let session = server.start_call("+919876500066").await.session_id;
    let notes = json!({"apiKey": KEY, "notes": "asked for 098765 00055",
        "followUpAt": "2030-10-12T10:30:00Z"});
    let path = format!("/api/ribbon/calls/{session}");
    let request = server.request(Method::PATCH, &path).json(&notes);
    assert_eq!(Answer::from_request(request).await.status, 200);
    let due = json!({"to": "+919876500066", "agentId": "agent1",
        "customerData": {"name": "Uma 98765 00055", "phoneNumber": "+919876500066"},
        "followUp": {"at": "2030-10-12T10:30:00Z", "note": "or 098765 00033"}});
    assert_eq!(server.post_json("/api/ribbon/follow-ups", due).await.status, 201);
    session
}

/// Fails if a text contains a number, however it is divided.
pub fn assert_hidden(text: &str, about: &str) {
    let mut joined = text.replace("%20", "").replace("\\u00a0", "");
    joined.retain(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.' | '/' | '+' | '%'));
    for number in NUMBERS {
        assert!(!joined.contains(number), "{about} contains …{}: {text}", &number[6..]);
    }
}

/// Creates an API key and returns it.
async fn create_key(server: &Server, numbers: &str) -> String {
    let path = "/api/admin/clients/client-demo/keys";
    let body = json!({ "numbers": numbers });
    let made = server.request_as_staff(Method::POST, path, ADMIN_TOKEN, body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made: Value = made.read();
    assert_eq!(made["numbers"], numbers);
    made["apiKey"].as_str().unwrap().to_owned()
}

/// Returns the addresses that a reader asks, from the document: all that can be read.
pub async fn addresses(server: &Server, session: &str) -> Vec<String> {
    let document: Value =
        Answer::from_request(server.request(Method::GET, "/api/openapi.json")).await.ok();
    let mut all = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        if operations.get("get").is_none() || path.contains("/events") || path.contains("{*rest}") {
            continue;
        }
        for customer in ["9876500011", "c-2"] {
            all.push(
                path.replace("{clientId}", "client-demo")
                    .replace("{customerId}", customer)
                    .replace("{sessionId}", session)
                    .replace("{agentId}", "agent1"),
            );
        }
    }
    for path in [
        "/api/ribbon/call-logs?event=all",
        "/api/ribbon/calls?agentId=agent1",
        "/api/ribbon/calls?list=all&search=98765",
        "/api/ribbon/export?format=csv",
        "/api/ribbon/export?format=json",
        "/api/ribbon/follow-ups?from=2025-01-01&to=2031-01-01",
        "/api/ribbon/missed-calls?agentId=agent1",
        "/api/ribbon/analytics/breakdown?field=second",
        "/api/ribbon/analytics/breakdown?field=note",
        "/api/ribbon/analytics/pivot?by=context.second&across=context.note",
        "/api/ribbon/analytics/outcomes?by=context.second",
    ] {
        all.push(path.to_owned());
    }
    all.sort();
    all.dedup();
    assert!(all.len() > 35, "{}", all.len());
    all
}

#[tokio::test]
async fn no_answer_contains_a_number() {
    let server = Server::start().await;
    let session = fill(&server).await;
    let key = create_key(&server, "masked").await;
    let (_, token) = create_token(&server, "masked-viewer").await;
    add_person(&server, "asha@example.com", "masked-viewer").await;
    let person = sign_in(&server, "asha@example.com").await;
    let mut full = String::new();
    let mut read = 0;
    for path in addresses(&server, &session).await {
        let request = server.request(Method::GET, &path).header("X-API-Key", &key);
        let answer = Answer::from_request(request).await;
        assert_hidden(&answer.text, &path);
        read += usize::from(answer.status == 200);
        let staff_path = match path.strip_prefix("/api/ribbon/") {
            Some(rest) => format!("/api/admin/clients/client-demo/ribbon/{rest}"),
            None => path.clone(),
        };
        for bearer in [&token, &person] {
            let answer =
                server.request_as_staff(Method::GET, &staff_path, bearer, Value::Null).await;
            assert_hidden(&answer.text, &staff_path);
            read += usize::from(answer.status == 200);
        }
        let admin = server.request_as_staff(Method::GET, &staff_path, ADMIN_TOKEN, Value::Null);
        full.push_str(&admin.await.text);
    }
    assert!(read > 80, "only {read} answers could be read");
    // The same answers contain every number for a reader who may see them.
    full.retain(|c| !matches!(c, ' ' | '-'));
    for number in NUMBERS {
        assert!(full.contains(number), "{number}");
    }
}

#[tokio::test]
async fn the_stream_and_errors_contain_no_number() {
    let server = Server::start().await;
    fill(&server).await;
    let key = create_key(&server, "masked").await;
    let (_, token) = create_token(&server, "masked-viewer").await;
    let init = json!({"apiKey": key, "agentId": "agent1", "agentName": "Ring 9876500011"});
    let request = server.request(Method::POST, "/api/ribbon/init").json(&init);
    let init: Value = Answer::from_request(request).await.ok();
    assert_hidden(&init.to_string(), "init");
    let ticket = "/api/admin/clients/client-demo/ribbon/events/ticket";
    let ticket: Value =
        server.request_as_staff(Method::GET, ticket, &token, Value::Null).await.ok();
    let key_ticket = server.request(Method::GET, "/api/ribbon/events/ticket");
    let key_ticket: Value = Answer::from_request(key_ticket.header("X-API-Key", &key)).await.ok();
    for url in [&init, &ticket, &key_ticket].map(|answer| answer["eventsUrl"].as_str().unwrap()) {
        let path = &url[url.find("/api/").unwrap()..];
        let request = server.request(Method::GET, path).header("Last-Event-ID", "0");
        let mut response = request.send().await.unwrap();
        let mut text = String::new();
        while !text.contains("agent1\"") || !text.ends_with("\n\n") {
            let piece = response.chunk().await.unwrap().expect("the stream goes on");
            text.push_str(&String::from_utf8_lossy(&piece));
        }
        assert!(text.contains("phoneNumberHandle"), "{text}");
        assert_hidden(&text, "the stream");
    }
    for to in ["98765 00011 or 98765 00022", "+91 98••••0011", "num_AAAA"] {
        let body = json!({"apiKey": key, "to": to, "agentId": "agent1"});
        let request = server.request(Method::POST, "/api/ribbon/calls").json(&body);
        let answer = Answer::from_request(request.header("Idempotency-Key", to.len())).await;
        assert!([400, 422].contains(&answer.status), "{to}: {}", answer.text);
        assert_hidden(&answer.text, to);
    }
}

#[tokio::test]
async fn a_handle_dials_filters_and_finds() {
    let server = Server::start().await;
    let session = fill(&server).await;
    let key = create_key(&server, "masked").await;
    let get = async |path: &str| -> Value {
        Answer::from_request(server.request(Method::GET, path).header("X-API-Key", &key)).await.ok()
    };
    let call = get(&format!("/api/ribbon/calls/{session}")).await;
    assert_eq!(call["phoneNumber"], "+91 98••••0066");
    let handle = call["phoneNumberHandle"].as_str().unwrap().to_owned();
    let hang_up = json!({ "apiKey": key });
    let path = format!("/api/ribbon/calls/{session}/hangup");
    let request = server.request(Method::POST, &path).json(&hang_up);
    assert_eq!(Answer::from_request(request).await.status, 200);
    let body = json!({"apiKey": key, "to": handle, "agentId": "agent1"});
    let request = server.request(Method::POST, "/api/ribbon/calls").json(&body);
    let answer = Answer::from_request(request.header("Idempotency-Key", "again")).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let dialed = server.show_call(&answer.read::<CallStarted>().session_id).await;
    assert_eq!(dialed.phone_number.as_deref(), Some("+919876500066"));
    // A customer whose id is a number is found by the id's handle.
    let found = get("/api/ribbon/call-logs?event=connected&customerId=9876500011").await;
    let customer = found["logs"][0]["data"]["customerData"]["customerId"].as_str().unwrap();
    assert!(customer.starts_with("num_"), "{found}");
    let same = get(&format!("/api/ribbon/call-logs?event=connected&customerId={customer}")).await;
    assert_eq!(same["logs"], found["logs"]);
    let (_, token) = create_token(&server, "masked-viewer").await;
    let path = format!("/api/admin/clients/client-demo/ribbon/customer/{customer}");
    let customer: Value =
        server.request_as_staff(Method::GET, &path, &token, Value::Null).await.ok();
    assert!(customer.to_string().contains("\"Asha\""), "{customer}");
}

#[tokio::test]
async fn an_admin_reveals_a_number_with_a_reason() {
    let server = Server::start().await;
    let session = fill(&server).await;
    let key = create_key(&server, "masked").await;
    let path = format!("/api/ribbon/calls/{session}");
    let call = server.request(Method::GET, &path).header("X-API-Key", &key);
    let call: Value = Answer::from_request(call).await.ok();
    let handle = call["phoneNumberHandle"].as_str().unwrap();
    let (_, admin) = create_token(&server, "admin").await;
    let reveal = async |token: &str, body: Value| {
        let path = "/api/admin/clients/client-demo/numbers/reveal";
        server.request_as_staff(Method::POST, path, token, body).await
    };
    let body = json!({"handle": handle, "reason": "asked for a call on 98765 00066"});
    let revealed: Value = reveal(&admin, body.clone()).await.ok();
    assert_eq!(revealed["phoneNumber"], "+919876500066");
    let path = "/api/admin/clients/client-demo/audit";
    let audit = server.request_as_staff(Method::GET, path, &admin, Value::Null).await;
    let audit: Value = audit.ok();
    let entry = &audit["audit"][0];
    assert_eq!(entry["act"], "number.revealed");
    assert_eq!(entry["subject"], format!("{handle}: asked for a call on 98••••0066"));
    for (body, field) in [
        (json!({"handle": handle}), "reason"),
        (json!({"handle": handle, "reason": ""}), "reason"),
        (json!({"reason": "x"}), "handle"),
        (json!({"handle": "+919876500066", "reason": "x"}), "handle"),
        (json!({"handle": format!("{handle}A"), "reason": "x"}), "handle"),
    ] {
        assert_eq!(reveal(&admin, body).await.wrong_field(), field);
    }
    for role in ["viewer", "masked-viewer"] {
        let (_, token) = create_token(&server, role).await;
        reveal(&token, body.clone()).await.problem(403, "scope_missing");
    }
    server.add_other_client().await;
    let path = "/api/admin/clients/client-other/numbers/reveal";
    let other = server.request_as_staff(Method::POST, path, ADMIN_TOKEN, body.clone()).await;
    assert_eq!(other.wrong_field(), "handle");
    let mut refused = 0;
    for _ in 0..20 {
        refused += usize::from(reveal(&admin, body.clone()).await.status == 429);
    }
    assert!(refused > 0);
}

#[tokio::test]
async fn what_a_key_sees_is_one_of_two_words() {
    let server = Server::start().await;
    let path = "/api/admin/clients/client-demo/keys";
    for (numbers, field) in [(json!("some"), "numbers"), (json!(1), "numbers")] {
        let body = json!({ "numbers": numbers });
        let answer = server.request_as_staff(Method::POST, path, ADMIN_TOKEN, body).await;
        assert_eq!(answer.wrong_field(), field);
    }
    create_key(&server, "masked").await;
    let keys = server.request_as_staff(Method::GET, path, ADMIN_TOKEN, Value::Null).await;
    let keys: Value = keys.ok();
    let seen: Vec<_> = keys["keys"].as_array().unwrap().iter().map(|key| &key["numbers"]).collect();
    assert_eq!(seen, ["full", "masked"]);
}
