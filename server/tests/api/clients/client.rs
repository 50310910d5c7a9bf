//! Tests clients: created, changed and suspended by an operator.

use crate::support::{ADMIN_TOKEN, Answer, KEY, Server};
use call_ribbon_shared::wire::ConfigAnswer;
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/admin/clients";

async fn send(server: &Server, method: Method, path: &str, body: Value) -> Answer {
    Answer::from_request(server.request(method, path).bearer_auth(ADMIN_TOKEN).json(&body)).await
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
    let answer: ConfigAnswer = Answer::from_request(config()).await.ok();
    assert_eq!((answer.plan.as_str(), answer.usage.limit), ("starter", 7));
    let path = format!("{PATH}/{id}");
    let seen: Value = send(&server, Method::GET, &path, json!({})).await.ok();
    assert_eq!(
        seen,
        json!({"clientId": id, "name": "Rao & Co", "plan": "starter", "limit": 7,
        "fieldEdges": {}, "features": ["call", "mute", "hold", "dtmf", "analytics"],
        "allowedDomains": ["crm.example.com"], "timeZone": "Asia/Kolkata", "suspended": false, "requireAgentToken": false,
        "defaultCountry": null, "crmUrl": null, "dispositions": null,
        "viewersMayExport": true, "fieldLabels": [],
        "targets": {"everyAgent": {}, "agents": {}, "teams": {}},
        "retention": {"eventsDays": null, "callsDays": null},
        "stored": {"calls": 0, "events": 0, "bytes": 0}})
    );
    let change = json!({"plan": "enterprise", "limit": null, "features": ["call"]});
    let seen: Value = send(&server, Method::PATCH, &path, change).await.ok();
    assert_eq!((&seen["limit"], &seen["features"]), (&json!(20_000), &json!(["call"])));
    assert_eq!((&seen["name"], &seen["timeZone"]), (&json!("Rao & Co"), &json!("Asia/Kolkata")));
    let gone: Value = send(&server, Method::DELETE, &path, json!({})).await.ok();
    assert_eq!(gone["suspended"], true);
    Answer::from_request(config()).await.problem(403, "client_suspended");
    send(&server, Method::PATCH, &path, json!({"suspended": false})).await.ok::<Value>();
    assert_eq!(Answer::from_request(config()).await.status, 200);
    let log: Value = send(&server, Method::GET, &format!("{path}/audit"), json!({})).await.ok();
    let log = log["audit"].as_array().unwrap();
    let acts: Vec<&str> = log.iter().map(|line| line["act"].as_str().unwrap()).collect();
    assert_eq!(acts, ["client.changed", "client.suspended", "client.changed", "client.created"]);
    assert!(log[0]["at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(server.get("/api/ribbon/config").await.status, 200, "the others are left alone");
}

/// Some languages write every number with a decimal point, and JSON Schema accepts that as an
/// integer.
#[tokio::test]
async fn whole_numbers_may_be_written_with_a_point() {
    let server = Server::start().await;
    let body = json!({"name": "x", "plan": "trial", "limit": 7.0,
        "retention": {"eventsDays": 30.0, "callsDays": 9e1}});
    let made: Value = send(&server, Method::POST, PATH, body).await.read();
    let path = format!("{PATH}/{}", made["clientId"].as_str().unwrap());
    let seen: Value = send(&server, Method::GET, &path, json!({})).await.ok();
    assert_eq!(
        (&seen["limit"], &seen["retention"]),
        (&json!(7), &json!({"eventsDays": 30, "callsDays": 90}))
    );
    for (field, body) in [
        ("limit", json!({"limit": 7.5})),
        ("limit", json!({"limit": 1e300})),
        ("limit", json!({"limit": "7"})),
        ("retention.callsDays", json!({"retention": {"callsDays": 0.5}})),
    ] {
        assert_eq!(send(&server, Method::PATCH, &path, body.clone()).await.wrong_field(), field);
    }
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
        (
            "allowedDomains[1]",
            json!({"name": "x", "plan": "trial", "allowedDomains": ["crm.test", "*", "b.test"]}),
        ),
        ("features[1]", json!({"name": "x", "plan": "trial", "features": ["call", "mu\u{0}te"]})),
        ("features", json!({"name": "x", "plan": "trial", "features": vec!["a"; 51]})),
        ("fieldEdges", json!({"name": "x", "plan": "trial", "fieldEdges": {"context.\u{0}": [1]}})),
        ("retention", json!({"name": "x", "plan": "trial", "retention": 7})),
        (
            "retention.eventsDays",
            json!({"name": "x", "plan": "trial", "retention": {"eventsDays": 0}}),
        ),
        ("targets", json!({"name": "x", "plan": "trial", "targets": 7})),
        (
            "targets.everyAgent.calls",
            json!({"name": "x", "plan": "trial", "targets": {"everyAgent": {"calls": 0}}}),
        ),
        (
            "targets.agents.a1.promises",
            json!({"name": "x", "plan": "trial", "targets": {"agents": {"a1": {"promises": 2.5}}}}),
        ),
        (
            "targets.agents",
            json!({"name": "x", "plan": "trial", "targets": {"agents": {"": {"calls": 5}}}}),
        ),
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
        Answer::from_request(request().header("X-API-Key", KEY))
            .await
            .problem(401, "missing_api_key");
        Answer::from_request(request().bearer_auth("nope")).await.problem(401, "invalid_api_key");
        if method != Method::POST {
            send(&server, method.clone(), &nobody, json!({})).await.problem(404, "not_found");
        }
    }
    assert_eq!(server.get("/api/ribbon/config").await.status, 200);
}

/// An entry that matches no page would lock all pages out without a visible reason.
#[tokio::test]
async fn a_line_that_names_no_host_changes_nothing() {
    let server = Server::start().await;
    let path = format!("{PATH}/client-demo");
    let allow = async |lines: Value| {
        send(&server, Method::PATCH, &path, json!({"name": "x", "allowedDomains": lines})).await
    };
    let good = json!(["crm.example.com", "*.example.com:8443", "https://shop.test"]);
    let kept: Value = allow(good.clone()).await.ok();
    assert_eq!(kept["allowedDomains"], good);
    for line in ["", "*", "crm.example.com/leads", "münchen.de", "a,b", "crm.example.com:"] {
        let refused = allow(json!(["crm.example.com", line])).await;
        assert!(refused.text.contains("xn--"), "{}", refused.text);
        assert_eq!(refused.wrong_field(), "allowedDomains[1]", "{line}");
    }
    let seen: Value = send(&server, Method::GET, &path, json!({})).await.ok();
    assert_eq!(seen["allowedDomains"], good);
    allow(json!([])).await.ok::<Value>();
}

#[tokio::test]
async fn null_takes_all_of_the_retention_back() {
    let server = Server::start().await;
    let path = format!("{PATH}/client-demo");
    for (change, expected) in [
        (json!({"eventsDays": 30, "callsDays": 90}), json!({"eventsDays": 30, "callsDays": 90})),
        (json!({"eventsDays": null}), json!({"eventsDays": null, "callsDays": 90})),
        (json!(null), json!({"eventsDays": null, "callsDays": null})),
    ] {
        let body = json!({"retention": change});
        let seen: Value = send(&server, Method::PATCH, &path, body).await.ok();
        assert_eq!(seen["retention"], expected);
    }
}
