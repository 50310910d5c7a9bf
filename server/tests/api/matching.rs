//! Whose number it is, however it is written, and why it is taken for that.

use crate::support::{ADMIN_TOKEN, Answer, KEY, SLOW, Server};
use call_ribbon_shared::wire::{CallObject, CallStarted};
use reqwest::Method;
use serde_json::{Value, json};

async fn of_india() -> Server {
    let server = Server::playing(SLOW).await;
    let request = server.request(Method::PATCH, "/api/admin/clients/client-demo");
    let request = request.bearer_auth(ADMIN_TOKEN).json(&json!({"defaultCountry": "IN"}));
    assert_eq!(Answer::of(request).await.status, 200);
    server
}

async fn customer(server: &Server, data: Value) {
    server.post("/api/ribbon/customer", json!({"customerData": data})).await.ok::<Value>();
}

/// The customer who is thought to be calling from a number.
async fn calling(server: &Server, from: &str) -> Option<String> {
    let answer = server.post("/api/ribbon/simulator/incoming", json!({"from": from})).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let call: CallObject = server.look_at(&answer.read::<CallStarted>().session_id).await;
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
        // The same digits in another country are somebody else's.
        assert_eq!(calling(&server, "+449876543210").await, None, "{kept}");
    }
}

#[tokio::test]
async fn without_a_country_only_the_same_number_is_the_same() {
    let server = Server::playing(SLOW).await;
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
    // A field that is not named stays; one that is empty has no numbers.
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
    assert_eq!(Answer::of(request).await.status, 200);
    assert_eq!(calling(&server, "09000000001").await, None);
}

#[tokio::test]
async fn an_erased_customers_further_number_is_forgotten() {
    let server = of_india().await;
    let fields = json!({"phone2": "9876543210"});
    customer(&server, json!({"customerId": "asha", "name": "Asha", "customFields": fields})).await;
    let request = server.request(Method::DELETE, "/api/admin/clients/client-demo/customers/asha");
    assert_eq!(Answer::of(request.bearer_auth(ADMIN_TOKEN)).await.status, 200);
    customer(&server, json!({"customerId": "asha", "name": "Asha again"})).await;
    assert_eq!(calling(&server, "9876543210").await, None);
    let answer = server.request(Method::GET, "/api/ribbon/customer/asha").header("X-API-Key", KEY);
    assert_eq!(Answer::of(answer).await.status, 200);
}
