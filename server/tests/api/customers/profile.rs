//! Tests customers: saved, found again under any id, with their calls.

use crate::support::{Answer, KEY, OTHER_KEY, Server};
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/ribbon/customer";
const T0: &str = "2025-10-12T10:30:00Z";

#[tokio::test]
async fn a_customer_is_saved_and_shown_exactly() {
    let server = Server::start().await;
    let tags = r#"["vip", "a\/b",1.10]"#;
    let fields = r#"{"due":1.10,"big":123456789012345678901234567890,"none":null,"n":{"x":[]}}"#;
    let body = format!(
        r#"{{"apiKey":"{KEY}","customerData":{{"customerId":"C1","name":"Asha","email":"a@example.com",
        "phone":"+91 98765 43210","company":"Rao & Co","tags":{tags},"customFields":{fields}}}}}"#
    );
    let saved: Value = server.post_text(PATH, &body).await.ok();
    assert_eq!(
        saved,
        json!({"success": true, "customerId": "C1", "message": "Customer information saved"})
    );
    let answer = server.get(&format!("{PATH}/C1")).await;
    assert!(answer.text.contains(&format!("\"tags\":{tags},\"customFields\":{fields}")));
    let seen: Value = answer.ok();
    let customer = &seen["customer"];
    assert_eq!(customer["clientId"], "client-demo");
    assert_eq!(customer["phone"], "+91 98765 43210");
    assert_eq!(customer["company"], "Rao & Co");
    assert_eq!(customer.as_object().unwrap().len(), 10);
    assert_eq!(customer["createdAt"], customer["lastUpdated"]);
    assert_eq!(seen["callHistory"], json!([]));
    assert_eq!((&seen["totalCalls"], &seen["totalDuration"]), (&json!(0), &json!(0)));
    assert_eq!(seen.as_object().unwrap().len(), 4);
}

#[tokio::test]
async fn what_is_not_named_stays_and_null_empties() {
    let server = Server::start().await;
    let save = async |data: Value| server.post_json(PATH, json!({"customerData": data})).await;
    let customer = async || -> Value {
        server.get(&format!("{PATH}/7")).await.ok::<Value>()["customer"].clone()
    };
    let whole = json!({"customerId": 7, "name": "Asha", "email": "a@x", "tags": ["a"],
        "customFields": {"k": 1}, "phone": "112"});
    assert_eq!(save(whole).await.ok::<Value>()["customerId"], "7");
    save(json!({"customerId": "7", "email": "b@x"})).await.ok::<Value>();
    let kept = customer().await;
    assert_eq!((&kept["name"], &kept["email"]), (&json!("Asha"), &json!("b@x")));
    assert_eq!((&kept["tags"], &kept["customFields"]), (&json!(["a"]), &json!({"k": 1})));
    save(json!({"customerId": "7", "email": null, "tags": null})).await.ok::<Value>();
    let kept = customer().await;
    assert_eq!((&kept["email"], &kept["tags"]), (&Value::Null, &json!([])));
    assert_eq!(kept["phone"], "112");
}

#[tokio::test]
async fn a_number_may_have_the_name_that_pages_give_it() {
    let server = Server::start().await;
    let save = async |data: Value| server.post_json(PATH, json!({"customerData": data})).await;
    let phone = async || -> Value {
        server.get(&format!("{PATH}/7")).await.ok::<Value>()["customer"]["phone"].clone()
    };
    let named = json!({"customerId": 7, "name": "Asha", "phoneNumber": "+91 98765 43210"});
    save(named).await.ok::<Value>();
    assert_eq!(phone().await, "+91 98765 43210");
    save(json!({"customerId": 7, "phone": "112", "phoneNumber": "113"})).await.ok::<Value>();
    assert_eq!(phone().await, "112");
    save(json!({"customerId": 7, "phoneNumber": null})).await.ok::<Value>();
    assert_eq!(phone().await, Value::Null);
    let long = save(json!({"customerId": 7, "phoneNumber": "1".repeat(1001)})).await;
    let problem = long.problem(400, "invalid_request");
    assert!(problem.error.contains("customerData.phoneNumber"), "{}", problem.error);
}

#[tokio::test]
async fn the_customer_of_a_call_is_the_same_one() {
    let server = Server::start().await;
    let id = "C/1 é?#%";
    let path = format!("{PATH}/C%2F1%20%C3%A9%3F%23%25");
    let named = json!({"customerData": {"customerId": id, "name": "Asha"}});
    server.log_event("initiated", "c1", T0, named.clone()).await;
    let mut end = named;
    end["duration"] = json!(60);
    server.log_event("callEnded", "c1", "2025-10-12T10:31:00Z", end).await;
    server
        .log_event(
            "initiated",
            "c2",
            "2025-10-13T10:30:00Z",
            json!({"customerData": {"customerId": id}}),
        )
        .await;
    let company = json!({"customerData": {"customerId": id, "company": "Rao"}});
    server.post_json(PATH, company).await.ok::<Value>();
    let seen: Value = server.get(&path).await.ok();
    assert_eq!(seen["customer"]["customerId"], id);
    assert_eq!(
        (&seen["customer"]["name"], &seen["customer"]["company"]),
        (&json!("Asha"), &json!("Rao"))
    );
    assert_eq!(seen["customer"]["phone"], "+919876543210");
    assert_eq!((&seen["totalCalls"], &seen["totalDuration"]), (&json!(2), &json!(60)));
    assert_eq!(seen["callHistory"][0]["callSid"], "c2");
    let calls: Value = server.get(&format!("{path}/calls")).await.ok();
    assert_eq!(calls["customerId"], id);
    let events: Vec<&str> =
        calls["events"].as_array().unwrap().iter().map(|e| e["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["initiated", "callEnded", "initiated"]);
    assert_eq!(calls["events"][1]["timestamp"], "2025-10-12T10:31:00Z");
    let one: Value = server.get(&format!("{path}/calls?limit=1")).await.ok();
    assert_eq!(one["calls"].as_array().unwrap().len(), 1);
    assert_eq!((&one["totalCalls"], one["events"].as_array().unwrap().len()), (&json!(2), 1));
}

#[tokio::test]
async fn nobody_has_no_page_but_an_empty_list() {
    let server = Server::start().await;
    for path in [format!("{PATH}/nobody"), format!("{PATH}/a%00b")] {
        server.get(&path).await.problem(404, "not_found");
    }
    let calls: Value = server.get(&format!("{PATH}/nobody/calls")).await.ok();
    assert_eq!(
        calls,
        json!({"customerId": "nobody", "calls": [], "events": [], "totalCalls": 0, "totalDuration": 0})
    );
    let answer = server.get(&format!("{PATH}/nobody/calls?limit=0")).await;
    assert_eq!(answer.wrong_field(), "limit");
}

#[tokio::test]
async fn keys_scopes_and_other_clients() {
    let server = Server::start().await;
    server.add_other_client().await;
    let body = json!({"customerData": {"customerId": "C1", "name": "Asha"}});
    Answer::from_request(server.request(Method::POST, PATH).json(&body))
        .await
        .problem(401, "missing_api_key");
    let wrong = json!({"apiKey": "nope", "customerData": {"customerId": "C1", "name": "A"}});
    server.post_json(PATH, wrong).await.problem(401, "invalid_api_key");
    server.post_json(PATH, body.clone()).await.ok::<Value>();
    // The other client's key has the scope `read`, but not `write`.
    let request = server.request(Method::POST, PATH).header("X-API-Key", OTHER_KEY).json(&body);
    Answer::from_request(request).await.problem(403, "scope_missing");
    for path in [format!("{PATH}/C1"), format!("{PATH}/C1/calls")] {
        let get = || server.request(Method::GET, &path);
        Answer::from_request(get()).await.problem(401, "missing_api_key");
        Answer::from_request(get().header("X-API-Key", "nope"))
            .await
            .problem(401, "invalid_api_key");
    }
    let get = |path: &str| server.request(Method::GET, path).header("X-API-Key", OTHER_KEY);
    Answer::from_request(get(&format!("{PATH}/C1"))).await.problem(404, "not_found");
    let theirs: Value = Answer::from_request(get(&format!("{PATH}/C1/calls"))).await.ok();
    assert_eq!(theirs["totalCalls"], 0);
}

#[tokio::test]
async fn a_wrong_field_is_named() {
    let server = Server::start().await;
    for (field, data) in [
        ("customerData", json!(null)),
        ("customerData.customerId", json!({"name": "A"})),
        ("customerData.customerId", json!({"customerId": "", "name": "A"})),
        ("customerData.customerId", json!({"customerId": ["x"], "name": "A"})),
        ("customerData.name", json!({"customerId": "x"})),
        ("customerData.name", json!({"customerId": "x", "name": 5})),
        ("customerData.email", json!({"customerId": "x", "name": "A", "email": {}})),
        ("customerData.tags", json!({"customerId": "x", "name": "A", "tags": "vip"})),
        ("customerData.customFields", json!({"customerId": "x", "name": "A", "customFields": []})),
    ] {
        let answer = server.post_json(PATH, json!({"customerData": data})).await;
        assert_eq!(answer.wrong_field(), field, "{data}");
    }
}

/// The length of an id is counted in characters everywhere, so that a call and the customer that it
/// names match.
#[tokio::test]
async fn an_id_of_many_bytes_is_one_id_everywhere() {
    let server = Server::start().await;
    let id = "\u{905}".repeat(200);
    let data = json!({"customerData": {"customerId": id, "name": "Asha"}});
    server.log_event("connected", "c1", "2025-10-12T10:30:00Z", data).await.ok::<Value>();
    let saved = json!({"customerData": {"customerId": id, "company": "Rao Traders"}});
    server.post_json("/api/ribbon/customer", saved).await.ok::<Value>();
    let seen: Value = server.get(&format!("/api/ribbon/customer/{id}")).await.ok();
    assert_eq!((&seen["customer"]["name"], &seen["totalCalls"]), (&json!("Asha"), &json!(1)));
    let data = json!({"customerData": {"customerId": format!("{id}x"), "name": "Nobody"}});
    server.log_event("connected", "c2", "2025-10-12T10:30:00Z", data).await.ok::<Value>();
    let saved = json!({"customerData": {"customerId": format!("{id}x"), "name": "Nobody"}});
    let refused = server.post_json("/api/ribbon/customer", saved).await;
    assert_eq!(refused.wrong_field(), "customerData.customerId");
}
