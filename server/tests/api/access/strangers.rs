//! Tests one client's credentials with every id of another client, on every route that takes an id.

use crate::support::{Answer, DIALER_KEY, KEY, OTHER_KEY, Server};
use call_ribbon_shared::wire::{CallObject, FollowUps, Logged};
use reqwest::Method;
use serde_json::{Value, json};

/// A request to a route that names something of a client.
struct Asked {
    method: Method,
    /// The route's template.
    route: &'static str,
    body: Value,
    /// The list that is empty for another client, whose answer is otherwise that it is unknown.
    empty: Option<&'static str>,
}

fn asked() -> Vec<Asked> {
    let ask = |method, route, body| Asked { method, route, body, empty: None };
    vec![
        ask(Method::GET, "/api/ribbon/customer/{customerId}", json!({})),
        Asked {
            empty: Some("calls"),
            ..ask(Method::GET, "/api/ribbon/customer/{customerId}/calls", json!({}))
        },
        Asked {
            empty: Some("leads"),
            ..ask(Method::GET, "/api/ribbon/customer/{customerId}/leads", json!({}))
        },
        ask(Method::GET, "/api/ribbon/calls/{sessionId}", json!({})),
        ask(Method::PATCH, "/api/ribbon/calls/{sessionId}", json!({"notes": "mine"})),
        ask(Method::PATCH, "/api/ribbon/follow-ups/{followUpId}", json!({"followUp": null})),
        ask(Method::POST, "/api/ribbon/calls/{sessionId}/answer", json!({})),
        ask(Method::POST, "/api/ribbon/calls/{sessionId}/hangup", json!({})),
        ask(Method::POST, "/api/ribbon/calls/{sessionId}/hold", json!({"onHold": true})),
        ask(Method::POST, "/api/ribbon/calls/{sessionId}/mute", json!({"muted": true})),
        ask(Method::POST, "/api/ribbon/calls/{sessionId}/dtmf", json!({"digit": "1"})),
        ask(Method::POST, "/api/ribbon/quiet-times/{quietTimeId}/remove", json!({"reason": "x"})),
    ]
}

/// Returns all routes below a prefix that name something, according to the document, which has all
/// of them (see `openapi.rs`).
async fn routes(server: &Server, beginning: &str) -> Vec<String> {
    let document: Value =
        Answer::from_request(server.request(Method::GET, "/api/openapi.json")).await.ok();
    let paths = document["paths"].as_object().unwrap().keys();
    let found: Vec<_> =
        paths.filter(|path| path.starts_with(beginning) && path.contains('{')).cloned().collect();
    assert!(found.len() >= 6, "{found:?}");
    found
}

#[tokio::test]
async fn another_clients_ids_are_unknown_at_every_address() {
    let server = Server::start().await;
    server.add_other_client().await;
    server
        .run_sql(
            "UPDATE credentials SET scopes = '[\"ribbon\",\"read\",\"export\",\"write\"]'
             WHERE client_id = 'client-other'",
        )
        .await;
    let session = server.start_call("+919876543210").await.session_id;
    let data = json!({"customerData": {"customerId": "cust-1", "name": "Asha"}});
    server.log_event("connected", "c1", "2025-10-12T10:30:00Z", data).await.ok::<Logged>();
    server
        .run_sql(
            "INSERT INTO leads (client_id, id, phone, agent_id, customer_id, fields, created_at,
                updated_at)
             VALUES ('client-demo', 1, '+919876543210', 'agent1', 'cust-1', '{}', 0, 0)",
        )
        .await;
    let due = json!({"to": "+919876543211", "agentId": "agent1",
        "followUp": {"at": "2030-10-12T10:30:00Z"}});
    let due = server.post_json("/api/ribbon/follow-ups", due).await.read::<CallObject>().session_id;
    let body = json!({"customerId": "cust-1", "from": "22:00", "to": "06:00"});
    let quiet: Value = server.post_json("/api/ribbon/quiet-times", body).await.read();
    let quiet = quiet["entryId"].as_str().unwrap();
    let asked = asked();
    // A payment is stored for the client's own customer of this id, known or not.
    let payments = "/api/ribbon/customer/{customerId}/payments";
    for route in routes(&server, "/api/ribbon/").await.into_iter().filter(|one| one != payments) {
        assert!(asked.iter().any(|ask| ask.route == route), "{route} is not asked for here");
    }
    let before = server.get(&format!("/api/ribbon/calls/{session}")).await.text;
    for ask in asked {
        let path = ask.route.replace("{sessionId}", &session).replace("{customerId}", "cust-1");
        let path = path.replace("{followUpId}", &due);
        let path = path.replace("{quietTimeId}", quiet);
        let request = server.request(ask.method.clone(), &path).header("X-API-Key", OTHER_KEY);
        let mut body = ask.body;
        body["apiKey"] = json!(OTHER_KEY);
        let request = if ask.method == Method::GET { request } else { request.json(&body) };
        let answer = Answer::from_request(request).await;
        if let Some(list) = ask.empty {
            let value: Value = answer.ok();
            assert_eq!(value[list], json!([]));
            assert_eq!(value["totalCalls"].as_i64().unwrap_or(0), 0);
        } else {
            answer.problem(404, "not_found");
        }
        // The route knows the id from its own client.
        if ask.method == Method::GET {
            let own: Value = server.get(&path).await.ok();
            assert!(own.to_string().contains("98"), "{path}: {own}");
        }
    }
    assert_eq!(server.get(&format!("/api/ribbon/calls/{session}")).await.text, before);
    let kept: FollowUps = server.get("/api/ribbon/follow-ups?agentId=agent1").await.ok();
    assert_eq!(kept.follow_ups.len(), 1);
}

/// Requests whose id is in the query or body instead of the path.
#[tokio::test]
async fn another_clients_ids_find_nothing_in_a_query_or_a_body() {
    let server = Server::start().await;
    server.add_other_client().await;
    let data = json!({"customerData": {"customerId": "cust-1", "name": "Asha"}});
    server.log_event("connected", "c1", "2025-10-12T10:30:00Z", data).await.ok::<Logged>();
    let get = async |path: &str| {
        Answer::from_request(server.request(Method::GET, path).header("X-API-Key", OTHER_KEY)).await
    };
    for path in [
        "/api/ribbon/call-logs?event=all",
        "/api/ribbon/call-logs?customerId=cust-1",
        "/api/ribbon/active-calls",
    ] {
        let answer = get(path).await;
        assert!(answer.status == 200 && !answer.text.contains("Asha"), "{}", answer.text);
    }
    // The same call id and event id are another call and another event there.
    let event = json!({"apiKey": OTHER_KEY, "event": "callEnded", "eventId": "e1",
        "timestamp": "2025-10-12T10:31:00Z",
        "data": {"callSid": "c1", "phoneNumber": "1234567", "callDirection": "inbound"}});
    let answer: Value = server.post_json("/api/ribbon/log-call", event.clone()).await.ok();
    let mut again = event;
    again["apiKey"] = json!(KEY);
    let own: Value = server.post_json("/api/ribbon/log-call", again).await.ok();
    assert_ne!(answer["logId"], own["logId"]);
    let active: Value = get("/api/ribbon/active-calls").await.ok();
    assert_eq!(active["count"], 0);
}

/// Each kind of key works only on its own routes, whatever id it names.
#[tokio::test]
async fn keys_of_other_kinds_open_no_operators_address() {
    let server = Server::start().await;
    for route in routes(&server, "/api/admin/").await {
        let path = route.replace("{clientId}", "client-demo").replace("{keyId}", "key-demo");
        let path = path.replace("{agentId}", "agent1").replace("{customerId}", "cust-1");
        for method in [Method::GET, Method::POST, Method::PATCH, Method::DELETE] {
            for (name, value) in [
                ("X-API-Key", KEY.to_owned()),
                ("X-Dialer-Api-Key", DIALER_KEY.to_owned()),
                ("Authorization", format!("Bearer {KEY}")),
            ] {
                let request = server.request(method.clone(), &path).header(name, value);
                let answer = Answer::from_request(request.json(&json!({}))).await;
                assert!(
                    matches!(answer.status, 401 | 403 | 405),
                    "{method} {path}: {}",
                    answer.text
                );
            }
        }
    }
    assert_eq!(server.get("/api/ribbon/config").await.status, 200);
}
