//! Tests a client's agents: created, changed and removed by an operator; and the address that shows
//! its leads.

use crate::support::{ADMIN_TOKEN, Answer, DIALER_KEY, KEY, PASSWORD, Server};
use reqwest::Method;
use serde_json::{Value, json};

const CLIENT: &str = "/api/admin/clients/client-demo";
const PATH: &str = "/api/admin/clients/client-demo/agents";

async fn send(server: &Server, method: Method, path: &str, body: Value) -> Answer {
    Answer::from_request(server.request(method, path).bearer_auth(ADMIN_TOKEN).json(&body)).await
}

async fn lead_of(server: &Server, dialer_user_id: &str) -> Answer {
    let request = server.request(Method::POST, "/api/leads/from-dialer/");
    let lead = json!({"dialer_user_id": dialer_user_id, "lead_id": "1", "phone": "9876543210"});
    Answer::from_request(request.header("X-Dialer-Api-Key", DIALER_KEY).json(&lead)).await
}

#[tokio::test]
async fn an_agent_is_made_changed_and_removed_and_gets_the_dialers_leads() {
    let server = Server::start().await;
    let agent = json!({"agentId": "team/asha", "name": "Asha", "dialerUserId": "v-7"});
    let made = send(&server, Method::POST, PATH, agent.clone()).await;
    let mut seen = agent.clone();
    (seen["phone"], seen["providerUserId"]) = (Value::Null, Value::Null);
    assert_eq!((made.status, made.read::<Value>()), (201, seen));
    let lead: Value = lead_of(&server, "v-7").await.read();
    assert_eq!(lead["lead"]["assigned_agent_username"], "team/asha");

    let list: Value = send(&server, Method::GET, PATH, json!({})).await.ok();
    let ids = list["agents"].as_array().unwrap().iter().map(|agent| &agent["agentId"]);
    assert_eq!(ids.collect::<Vec<_>>(), ["agent1", "agent2", "agent3", "team/asha"]);

    let path = format!("{PATH}/team%2Fasha");
    let change = json!({"dialerUserId": "v-8"});
    let seen: Value = send(&server, Method::PATCH, &path, change).await.ok();
    let expected = json!({"agentId": "team/asha", "name": "Asha", "dialerUserId": "v-8",
        "phone": null, "providerUserId": null});
    assert_eq!(seen, expected);
    assert_eq!(lead_of(&server, "v-7").await.status, 404);
    let seen: Value = send(&server, Method::PATCH, &path, json!({"name": null})).await.ok();
    assert_eq!(seen, send(&server, Method::GET, &path, json!({})).await.ok::<Value>());
    assert_eq!((&seen["name"], &seen["dialerUserId"]), (&Value::Null, &json!("v-8")));

    assert_eq!(send(&server, Method::DELETE, &path, json!({})).await.ok::<Value>(), seen);
    send(&server, Method::DELETE, &path, json!({})).await.problem(404, "not_found");
    let audit: Value = send(&server, Method::GET, &format!("{CLIENT}/audit"), json!({})).await.ok();
    let lines = audit["audit"].as_array().unwrap();
    let acts: Vec<_> = lines.iter().map(|line| line["act"].as_str().unwrap()).collect();
    assert_eq!(acts, ["agent.removed", "agent.changed", "agent.changed", "agent.created"]);
    assert!(lines.iter().all(|line| line["subject"] == "team/asha"));
}

#[tokio::test]
async fn an_agents_telephone_and_name_at_the_provider_can_be_set() {
    let server = Server::start().await;
    let agent = json!({"agentId": "a", "phone": "+91 98111-22233", "providerUserId": "asha.r"});
    let made: Value = send(&server, Method::POST, PATH, agent).await.read();
    assert_eq!(made["phone"], "+919811122233");
    assert_eq!(made["providerUserId"], "asha.r");
    let path = format!("{PATH}/a");
    let change = json!({"phone": "0044 20 7946 0000", "providerUserId": null});
    let seen: Value = send(&server, Method::PATCH, &path, change).await.ok();
    assert_eq!((&seen["phone"], &seen["providerUserId"]), (&json!("+442079460000"), &Value::Null));
    for wrong in ["9811122233", "09811122233", "+0119811122", "+9198", "sip:asha@example.com", ""] {
        let answer = send(&server, Method::PATCH, &path, json!({"phone": wrong})).await;
        let problem = answer.problem(422, "invalid_phone_number");
        assert_eq!(problem.field.unwrap(), "phone", "{wrong}");
    }
    let seen: Value = send(&server, Method::PATCH, &path, json!({"phone": null})).await.ok();
    assert_eq!(seen["phone"], Value::Null);
}

#[tokio::test]
async fn wrong_agents_and_strangers_are_refused() {
    let server = Server::start().await;
    for (field, body) in [
        ("agentId", json!({"name": "x"})),
        ("agentId", json!({"agentId": ""})),
        ("name", json!({"agentId": "x", "name": 7})),
        ("dialerUserId", json!({"agentId": "x", "dialerUserId": "a\u{0}"})),
    ] {
        let answer = send(&server, Method::POST, PATH, body.clone()).await;
        assert_eq!(answer.wrong_field(), field, "{body}");
    }
    let one = format!("{PATH}/agent2");
    let renamed = send(&server, Method::PATCH, &one, json!({"agentId": "other"})).await;
    assert_eq!(renamed.wrong_field(), "agentId");
    // One dialer user is one agent; otherwise a lead could go to either.
    let taken = json!({"dialerUserId": "vicidial_user_123"});
    send(&server, Method::PATCH, &one, taken).await.problem(409, "conflict");
    let taken = json!({"agentId": "x", "dialerUserId": "vicidial_user_123"});
    send(&server, Method::POST, PATH, taken).await.problem(409, "conflict");
    let taken = json!({"agentId": "agent2"});
    send(&server, Method::POST, PATH, taken).await.problem(409, "conflict");

    server.add_other_client().await;
    let nobodys = "/api/admin/clients/nobody/agents";
    let others = "/api/admin/clients/client-other/agents/agent1";
    for (method, path) in [
        (Method::POST, nobodys),
        (Method::GET, nobodys),
        (Method::GET, others),
        (Method::PATCH, others),
        (Method::DELETE, others),
    ] {
        let body = if method == Method::POST { json!({"agentId": "x"}) } else { json!({}) };
        let request = || server.request(method.clone(), path).json(&body);
        Answer::from_request(request().header("X-API-Key", KEY))
            .await
            .problem(401, "missing_api_key");
        Answer::from_request(request().bearer_auth("nope")).await.problem(401, "invalid_api_key");
        send(&server, method.clone(), path, body.clone()).await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn the_page_that_shows_a_lead_can_be_set() {
    let server = Server::start().await;
    let seen: Value = send(&server, Method::GET, CLIENT, json!({})).await.ok();
    assert_eq!(seen["crmUrl"], "/examples/collections.html");
    let change = json!({"crmUrl": "https://crm.example.com/lead", "defaultCountry": "IN"});
    let seen: Value = send(&server, Method::PATCH, CLIENT, change).await.ok();
    assert_eq!(seen["crmUrl"], "https://crm.example.com/lead");
    assert_eq!(seen["defaultCountry"], "IN");
    let lead: Value = lead_of(&server, "vicidial_user_123").await.read();
    let url = lead["redirectUrl"].as_str().unwrap();
    assert!(url.starts_with("https://crm.example.com/lead?from_dialer=true"), "{url}");
    for wrong in
        ["javascript:alert(1)", "//elsewhere.example", "/\\elsewhere", "https://", "x", "/a b"]
    {
        let answer = send(&server, Method::PATCH, CLIENT, json!({"crmUrl": wrong})).await;
        assert_eq!(answer.wrong_field(), "crmUrl", "{wrong}");
    }
    let seen: Value = send(&server, Method::PATCH, CLIENT, json!({"crmUrl": null})).await.ok();
    assert_eq!((&seen["crmUrl"], &seen["defaultCountry"]), (&Value::Null, &json!("IN")));
}

#[tokio::test]
async fn the_audit_log_names_what_still_has_a_name() {
    let server = Server::start().await;
    let create = async |what: &str, body: Value| -> Value {
        send(&server, Method::POST, &format!("{CLIENT}/{what}"), body).await.read()
    };
    create("agents", json!({"agentId": "a-7", "name": "Asha Rao"})).await;
    create("agents", json!({"agentId": "a-8"})).await;
    let key = create("keys", json!({})).await;
    create("tokens", json!({"name": "Floor screen", "role": "viewer"})).await;
    let person = json!({"email": "ravi@example.com", "name": "Ravi Kumar", "role": "viewer",
        "password": PASSWORD});
    create("people", person).await;
    create("views", json!({"name": "By stage", "path": "/dashboard/calls"})).await;
    create("teams", json!({"name": "Early reminders", "agentIds": ["a-7"]})).await;
    create("agents", json!({"agentId": "a-9", "name": "Gone"})).await;
    send(&server, Method::DELETE, &format!("{CLIENT}/agents/a-9"), json!({})).await;

    let audit: Value = send(&server, Method::GET, &format!("{CLIENT}/audit"), json!({})).await.ok();
    let lines = audit["audit"].as_array().unwrap().iter().rev();
    let seen: Vec<_> =
        lines.map(|line| (line["act"].as_str().unwrap(), line["subjectName"].as_str())).collect();
    let secret = key["apiKey"].as_str().or(key["key"].as_str()).unwrap();
    let prefix = format!("{}…", &secret[..10]);
    assert_eq!(
        seen,
        [
            ("agent.created", Some("Asha Rao")),
            ("agent.created", None),
            ("key.created", Some(prefix.as_str())),
            ("token.created", Some("Floor screen")),
            ("person.created", Some("Ravi Kumar")),
            ("view.saved", Some("By stage")),
            ("team.created", Some("Early reminders")),
            ("agent.created", None),
            ("agent.removed", None),
        ]
    );
}
