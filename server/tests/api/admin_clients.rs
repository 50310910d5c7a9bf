//! Clients made, changed and suspended by an operator.

use crate::support::{ADMIN_TOKEN, Answer, KEY, Server};
use call_ribbon_shared::wire::ConfigAnswer;
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/admin/clients";

async fn send(server: &Server, method: Method, path: &str, body: Value) -> Answer {
    Answer::of(server.request(method, path).bearer_auth(ADMIN_TOKEN).json(&body)).await
}

#[tokio::test]
async fn a_client_is_made_changed_and_suspended() {
    let server = Server::start().await;
    let made = send(
        &server,
        Method::POST,
        PATH,
        json!({"name": "Rao & Co", "plan": "starter",
        "limit": 7, "allowedDomains": ["crm.example.com"], "timeZone": "Asia/Kolkata"}),
    )
    .await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made: Value = made.read();
    assert_eq!(made.as_object().unwrap().len(), 2);
    let (id, key) = (made["clientId"].as_str().unwrap(), made["apiKey"].as_str().unwrap());
    let config = || server.request(Method::GET, "/api/ribbon/config").header("X-API-Key", key);
    let answer: ConfigAnswer = Answer::of(config()).await.ok();
    assert_eq!((answer.plan.as_str(), answer.usage.limit), ("starter", 7));
    let path = format!("{PATH}/{id}");
    let seen: Value = send(&server, Method::GET, &path, json!({})).await.ok();
    assert_eq!(
        seen,
        json!({"clientId": id, "name": "Rao & Co", "plan": "starter", "limit": 7,
        "features": ["call", "mute", "hold", "dtmf", "analytics"],
        "allowedDomains": ["crm.example.com"], "timeZone": "Asia/Kolkata", "suspended": false,
        "defaultCountry": null, "crmUrl": null})
    );
    let change = json!({"plan": "enterprise", "limit": null, "features": ["call"]});
    let seen: Value = send(&server, Method::PATCH, &path, change).await.ok();
    assert_eq!((&seen["limit"], &seen["features"]), (&json!(20_000), &json!(["call"])));
    assert_eq!((&seen["name"], &seen["timeZone"]), (&json!("Rao & Co"), &json!("Asia/Kolkata")));
    let gone: Value = send(&server, Method::DELETE, &path, json!({})).await.ok();
    assert_eq!(gone["suspended"], true);
    Answer::of(config()).await.problem(403, "client_suspended");
    send(&server, Method::PATCH, &path, json!({"suspended": false})).await.ok::<Value>();
    assert_eq!(Answer::of(config()).await.status, 200);
    let log: Value = send(&server, Method::GET, &format!("{path}/audit"), json!({})).await.ok();
    let log = log["audit"].as_array().unwrap();
    let acts: Vec<&str> = log.iter().map(|line| line["act"].as_str().unwrap()).collect();
    assert_eq!(acts, ["client.changed", "client.suspended", "client.changed", "client.created"]);
    assert!(log[0]["at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(server.get("/api/ribbon/config").await.status, 200, "the others are left alone");
}

#[tokio::test]
async fn wrong_clients_and_strangers_are_refused() {
    let server = Server::start().await;
    for (field, body) in [
        ("name", json!({"plan": "trial"})),
        ("plan", json!({"name": "x"})),
        ("plan", json!({"name": "x", "plan": "gold"})),
        ("limit", json!({"name": "x", "plan": "trial", "limit": -1})),
        ("timeZone", json!({"name": "x", "plan": "trial", "timeZone": "Nowhere"})),
        ("defaultCountry", json!({"name": "x", "plan": "trial", "defaultCountry": "india"})),
        ("allowedDomains", json!({"name": "x", "plan": "trial", "allowedDomains": "x"})),
    ] {
        assert_eq!(
            send(&server, Method::POST, PATH, body.clone()).await.wrong_field(),
            field,
            "{body}"
        );
    }
    let nobody = format!("{PATH}/nobody");
    let demo = format!("{PATH}/client-demo");
    for (method, path) in [
        (Method::POST, PATH),
        (Method::GET, &demo),
        (Method::PATCH, &demo),
        (Method::DELETE, &demo),
    ] {
        let request =
            || server.request(method.clone(), path).json(&json!({"name": "x", "plan": "trial"}));
        Answer::of(request().header("X-API-Key", KEY)).await.problem(401, "missing_api_key");
        Answer::of(request().bearer_auth("nope")).await.problem(401, "invalid_api_key");
        if method != Method::POST {
            send(&server, method.clone(), &nobody, json!({})).await.problem(404, "not_found");
        }
    }
    assert_eq!(server.get("/api/ribbon/config").await.status, 200);
}
