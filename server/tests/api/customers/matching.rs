//! Tests which customer a number belongs to, in any notation, and the reason given for the match.

use crate::support::{ADMIN_TOKEN, Answer, KEY, SLOW, Server};
use call_ribbon_shared::wire::{CallObject, CallStarted};
use reqwest::Method;
use serde_json::{Value, json};

async fn of_india() -> Server {
    let server = Server::start_with_simulator(SLOW).await;
    let request = server.request(Method::PATCH, "/api/admin/clients/client-demo");
    let request = request.bearer_auth(ADMIN_TOKEN).json(&json!({"defaultCountry": "IN"}));
    assert_eq!(Answer::from_request(request).await.status, 200);
    server
}

async fn customer(server: &Server, data: Value) {
    server.post_json("/api/ribbon/customer", json!({"customerData": data})).await.ok::<Value>();
}

/// Returns the customer who is identified as the caller from a number.
async fn calling(server: &Server, from: &str) -> Option<String> {
    let answer = server.post_json("/api/ribbon/simulator/incoming", json!({"from": from})).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let call: CallObject = server.show_call(&answer.read::<CallStarted>().session_id).await;
    let customer: Value = serde_json::from_str(call.customer_data.get()).unwrap();
    customer["customerId"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn a_number_is_known_however_it_is_written() {
    for kept in ["+91 98765 43210", "098765-43210", "9876543210", "0091 9876543210", "919876543210"]
    {
        let server = of_india().await;
        customer(&server, json!({"customerId": "asha", "name": "Asha", "phone": kept})).await;
        for from in ["+919876543210", "09876543210", "98765 43210", "00919876543210"] {
            assert_eq!(calling(&server, from).await.as_deref(), Some("asha"), "{kept} {from}");
        }
        // The same digits in another country belong to another customer.
        assert_eq!(calling(&server, "+449876543210").await, None, "{kept}");
    }
}

#[tokio::test]
async fn without_a_country_only_the_same_number_is_the_same() {
    let server = Server::start_with_simulator(SLOW).await;
    customer(&server, json!({"customerId": "asha", "name": "Asha", "phone": "09876543210"})).await;
    assert_eq!(calling(&server, "09876543210").await.as_deref(), Some("asha"));
    assert_eq!(calling(&server, "+919876543210").await, None);
}

#[tokio::test]
async fn a_further_number_is_the_customers_too_until_it_is_taken_away() {
    let server = of_india().await;
    let fields = json!({"alternatePhone": "022 2345 6789", "phones": ["+91 99887 76655", 42]});
    customer(
        &server,
        json!({"customerId": "asha", "name": "Asha", "phone": "9876543210", "customFields": fields}),
    )
    .await;
    for from in ["+912223456789", "9988776655"] {
        assert_eq!(calling(&server, from).await.as_deref(), Some("asha"), "{from}");
    }
    // A missing field stays; an empty one has no numbers.
    customer(&server, json!({"customerId": "asha", "company": "Rao Traders"})).await;
    assert_eq!(calling(&server, "9988776655").await.as_deref(), Some("asha"));
    customer(&server, json!({"customerId": "asha", "customFields": {}})).await;
    assert_eq!(calling(&server, "9988776655").await, None);
}

#[tokio::test]
async fn a_phone_comes_before_a_further_number() {
    let server = of_india().await;
    let fields = json!({"mobile": "9876543210"});
    customer(&server, json!({"customerId": "home", "name": "Home", "customFields": fields})).await;
    customer(&server, json!({"customerId": "asha", "name": "Asha", "phone": "9876543210"})).await;
    assert_eq!(calling(&server, "+919876543210").await.as_deref(), Some("asha"));
}

#[tokio::test]
async fn an_agents_phone_is_no_customers() {
    let server = of_india().await;
    customer(&server, json!({"customerId": "ravi", "name": "Ravi", "phone": "9000000001"})).await;
    assert_eq!(calling(&server, "+919000000001").await.as_deref(), Some("ravi"));
    let request = server.request(Method::PATCH, "/api/admin/clients/client-demo/agents/agent1");
    let request = request.bearer_auth(ADMIN_TOKEN).json(&json!({"phone": "+919000000001"}));
    assert_eq!(Answer::from_request(request).await.status, 200);
    assert_eq!(calling(&server, "09000000001").await, None);
}

#[tokio::test]
async fn an_erased_customers_further_number_is_forgotten() {
    let server = of_india().await;
    let fields = json!({"phone2": "9876543210"});
    customer(&server, json!({"customerId": "asha", "name": "Asha", "customFields": fields})).await;
    let request = server.request(Method::DELETE, "/api/admin/clients/client-demo/customers/asha");
    assert_eq!(Answer::from_request(request.bearer_auth(ADMIN_TOKEN)).await.status, 200);
    customer(&server, json!({"customerId": "asha", "name": "Asha again"})).await;
    assert_eq!(calling(&server, "9876543210").await, None);
    let answer = server.request(Method::GET, "/api/ribbon/customer/asha").header("X-API-Key", KEY);
    assert_eq!(Answer::from_request(answer).await.status, 200);
}

/// Numbers in the notations of CRMs, all of them Asha's.
const STORED: [&str; 12] = [
    "+91 98765 43210 ext. 12",
    "9876543210 x12",
    "tel:+91-98765-43210",
    "tel:%2B91%2098765%2043210;ext=12",
    "'+919876543210",
    "=\"+919876543210\"",
    "919876543210.0",
    "+91 (0) 98765 43210",
    "\u{2066}+91 98765 43210\u{2069}",
    "99887 76655 / 98765 43210",
    "+919988776655, +919876543210",
    "Office: 022 2345 6789 or 98765 43210",
];

#[tokio::test]
async fn a_number_is_known_as_it_stands_in_a_crm() {
    let server = of_india().await;
    for phone in STORED {
        customer(&server, json!({"customerId": "asha", "name": "Asha", "phone": phone})).await;
        assert_eq!(calling(&server, "+919876543210").await.as_deref(), Some("asha"), "{phone}");
        assert_eq!(calling(&server, "09876543210").await.as_deref(), Some("asha"), "{phone}");
    }
    // A number that was removed belongs to no customer, and custom fields stay the customer's.
    let fields = json!({"mobile": "98333 00001 / 98333 00002"});
    let asha = json!({"customerId": "asha", "phone": "9811100000", "customFields": fields});
    customer(&server, asha).await;
    customer(&server, json!({"customerId": "asha", "phone": "9811100001"})).await;
    assert_eq!(calling(&server, "9876543210").await, None);
    assert_eq!(calling(&server, "9833300002").await.as_deref(), Some("asha"));
}

#[tokio::test]
async fn a_customer_of_a_call_is_known_by_all_its_numbers() {
    let server = of_india().await;
    for (place, phone) in STORED.into_iter().enumerate() {
        let who = json!({"customerId": format!("c{place}"), "name": "Asha", "phoneNumber": phone});
        let data = json!({"callSid": format!("s{place}"), "phoneNumber": "112",
            "callDirection": "outbound", "customerData": who});
        let logged = json!({"event": "callEnded", "data": data});
        assert!(server.post_json("/api/ribbon/log-call", logged).await.status < 300, "{phone}");
        assert!(calling(&server, "+919876543210").await.is_some(), "{phone}");
        server.run_sql("DELETE FROM customers").await;
        server.run_sql("DELETE FROM customer_numbers").await;
    }
}

#[tokio::test]
async fn a_number_is_dialed_as_it_was_meant_or_not_at_all() {
    let server = of_india().await;
    for (to, dialed) in [
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("+44 020 7946 0958", "+442079460958"),
        ("\u{2066}+91 98765 43210\u{2069}", "+919876543210"),
        ("tel:+91-98765-43210;ext=12", "+919876543210"),
        ("+91 98765 43210 ext. 12", "+919876543210"),
        ("098765 43210,,12", "09876543210"),
    ] {
        let answer = server.post_json("/api/ribbon/calls", json!({"to": to})).await;
        assert_eq!(answer.status, 202, "{to} {}", answer.text);
        let call: CallObject = server.show_call(&answer.read::<CallStarted>().session_id).await;
        assert_eq!(call.phone_number.as_deref(), Some(dialed), "{to}");
    }
    for (to, said) in [
        (
            "98765 43210 / 99887 76655",
            "to cannot be dialed: these are two phone numbers, …3210 and …6655; give one of them.",
        ),
        (
            "9.87654E+09",
            "to cannot be dialed: a spreadsheet has cut digits off the phone number; write it like +919876543210.",
        ),
        (
            "98765XXXXX",
            "to cannot be dialed: a phone number holds no 'x'; write it like +919876543210.",
        ),
    ] {
        let answer = server.post_json("/api/ribbon/calls", json!({"to": to})).await;
        let problem: Value = answer.read();
        assert_eq!((answer.status, &problem["field"]), (422, &json!("to")), "{to}");
        assert_eq!(problem["error"], said);
    }
}
