//! Tests the operator's overview of all clients, which no other caller may read.

use crate::support::{ADMIN_TOKEN, Answer, KEY, Server};
use reqwest::Method;
use serde_json::{Value, json};

const PATHS: [&str; 2] = ["/api/admin/clients", "/api/admin/analytics/all"];

async fn read(server: &Server, path: &str) -> Value {
    let token = format!("Bearer {ADMIN_TOKEN}");
    Answer::from_request(server.request(Method::GET, path).header("Authorization", token))
        .await
        .ok()
}

#[tokio::test]
async fn clients_are_listed_with_what_they_use() {
    let server = Server::start().await;
    server.add_other_client().await;
    let now = server.time_now();
    server.log_event("initiated", "c1", &now, json!({})).await;
    server.log_event("callEnded", "c1", &now, json!({"duration": 30})).await;
    server.log_event("callEnded", "c2", "2025-10-12T10:30:00Z", json!({"duration": 12})).await;
    assert_eq!(
        read(&server, PATHS[0]).await,
        json!([
            {"clientId": "client-demo", "name": "Demo Client", "plan": "trial",
             "callsThisMonth": 1, "limit": 100, "apiKey": "demo-api-k..."},
            {"clientId": "client-other", "name": "Other", "plan": "starter",
             "callsThisMonth": 0, "limit": 1000, "apiKey": "other-clie..."},
        ])
    );
    let mut all = read(&server, PATHS[1]).await;
    let stored =
        [0, 1].map(|place| all["clients"][place].as_object_mut().unwrap().remove("stored"));
    let [ours, others] = stored.map(Option::unwrap);
    let health =
        [0, 1].map(|place| all["clients"][place].as_object_mut().unwrap().remove("health"));
    let [busy, idle] = health.map(Option::unwrap);
    assert_eq!((&busy["callsLastDay"], &busy["suspended"]), (&json!(1), &json!(false)));
    assert!(busy["lastCallAt"].as_str().unwrap().starts_with(&now[..16]), "{busy}");
    assert_eq!(
        idle,
        json!({"suspended": false, "lastCallAt": null, "callsLastDay": 0, "activeCalls": 0,
            "callsByDay": vec![0; 28], "providers": []})
    );
    assert_eq!((&ours["calls"], &ours["events"]), (&json!(2), &json!(3)));
    assert_eq!(others, json!({"calls": 0, "events": 0, "bytes": 0}));
    assert_eq!(
        all,
        json!({
            "clients": [
                {"clientId": "client-demo", "clientName": "Demo Client", "plan": "trial",
                 "totalCalls": 2, "totalDuration": 42, "callsThisMonth": 1, "limit": 100,
                 "utilizationPercent": 1.0},
                {"clientId": "client-other", "clientName": "Other", "plan": "starter",
                 "totalCalls": 0, "totalDuration": 0, "callsThisMonth": 0, "limit": 1000,
                 "utilizationPercent": 0.0},
            ],
            "totalClients": 2,
            "totalCallsAllClients": 2,
        })
    );
    server.run_sql("UPDATE credentials SET revoked_at = 1 WHERE kind = 'api_key'").await;
    assert_eq!(read(&server, PATHS[0]).await[0]["apiKey"], Value::Null);
}

#[tokio::test]
async fn only_the_admin_token_lets_in() {
    let server = Server::start().await;
    for path in PATHS {
        let get = || server.request(Method::GET, path);
        Answer::from_request(get()).await.problem(401, "missing_api_key");
        server.get(path).await.problem(401, "missing_api_key");
        for header in ["Bearer", "Bearer ", "Basic abc", ADMIN_TOKEN] {
            Answer::from_request(get().header("Authorization", header))
                .await
                .problem(401, "missing_api_key");
        }
        for token in ["nope", KEY] {
            let request = get().header("Authorization", format!("Bearer {token}"));
            Answer::from_request(request).await.problem(401, "invalid_api_key");
        }
        let small = get().header("Authorization", format!("bearer {ADMIN_TOKEN}"));
        assert_eq!(Answer::from_request(small).await.status, 200);
        // No page of another origin may read it.
        let request = get()
            .header("Authorization", format!("Bearer {ADMIN_TOKEN}"))
            .header("Origin", "https://evil.example.org");
        assert_eq!(Answer::from_request(request).await.header("access-control-allow-origin"), "");
    }
}

#[tokio::test]
async fn a_server_without_a_token_makes_one_and_shows_it_once() {
    let server = Server::start().await;
    assert!(server.app.new_admin_token().is_none(), "it has one in its settings");
    let server = server.stop().await.start_without_admin_token().await;
    let token = server.app.new_admin_token().unwrap().expose().to_owned();
    let get = |server: &Server| {
        server.request(Method::GET, PATHS[0]).header("Authorization", format!("Bearer {token}"))
    };
    assert_eq!(Answer::from_request(get(&server)).await.status, 200);
    let old = server.request(Method::GET, PATHS[0]).bearer_auth(ADMIN_TOKEN);
    Answer::from_request(old).await.problem(401, "invalid_api_key");
    let server = server.stop().await.start_without_admin_token().await;
    assert!(server.app.new_admin_token().is_none());
    assert_eq!(Answer::from_request(get(&server)).await.status, 200);
}

#[tokio::test]
async fn an_operator_sees_what_goes_wrong() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T10:00:00Z");
    for (n, provider) in [(1, "exotel"), (2, "exotel"), (3, "tata_smartflo")] {
        server
            .run_sql(&format!(
                "INSERT INTO provider_accounts (client_id, account_id, provider, name, enabled,
                    is_default, settings, webhook_secret, webhook_secret_hash, key_name, created_at,
                    updated_at)
                 VALUES ('client-demo', 'a{n}', '{provider}', 'x', 0, 0, '{{}}', '', 'h{n}', '', 0, 0)"
            ))
            .await;
    }
    // The last one is more than a day old.
    for (n, (account, status, at)) in [
        ("a1", "200", 1_760_260_000_000_i64),
        ("a1", "NULL", 1_760_260_000_001),
        ("a2", "503", 1_760_260_000_002),
        ("a3", "200", 1_760_260_000_003),
        ("a3", "500", 1_760_100_000_000),
    ]
    .into_iter()
    .enumerate()
    {
        server
            .run_sql(&format!(
                "INSERT INTO provider_requests (client_id, request_id, account_id, at, direction,
                    purpose, method, url, status, request, answer)
                 VALUES ('client-demo', 'r{n}', '{account}', {at}, 'out', 'x', 'GET', 'x', {status},
                    '', '')"
            ))
            .await;
    }
    server.log_event("initiated", "c1", "2025-10-12T10:00:00Z", json!({})).await.ok::<Value>();
    // Some times 24 hours before; the first of them is no longer in the trend.
    for (n, at) in [
        "2025-09-13T10:00:00Z",
        "2025-09-14T13:00:00Z",
        "2025-10-10T13:00:00Z",
        "2025-10-11T09:00:00Z",
    ]
    .into_iter()
    .enumerate()
    {
        server.log_ended_call(&format!("before{n}"), at, 10, json!({})).await;
    }
    let suspend = json!({"suspended": true});
    server.request_as_operator(Method::PATCH, "", suspend).await.ok::<Value>();
    let mut health = read(&server, PATHS[1]).await["clients"][0]["health"].clone();
    let by_day = health.as_object_mut().unwrap().remove("callsByDay").unwrap();
    let mut trend = vec![0; 28];
    (trend[0], trend[26], trend[27]) = (1, 2, 1);
    assert_eq!(by_day, json!(trend));
    assert_eq!(
        health,
        json!({"suspended": true, "lastCallAt": "2025-10-12T10:00:00Z", "callsLastDay": 1,
        "activeCalls": 1, "providers": [
            {"provider": "exotel", "requests": 3, "failed": 2},
            {"provider": "tata_smartflo", "requests": 1, "failed": 0},
        ]})
    );
}

#[tokio::test]
async fn an_operator_sees_about_what_each_client_stores() {
    let server = Server::start().await;
    let stored = async || read(&server, PATHS[1]).await["clients"][0]["stored"].clone();
    let large = json!({"customerData": {"context": {"x": "न".repeat(10_000)}}});
    for n in 0..40 {
        // Every other call is large.
        let data = if n % 2 == 0 { large.clone() } else { json!({}) };
        let at = format!("2025-10-{:02}T10:30:00Z", n / 2 + 1);
        server.log_event("callEnded", &format!("c{n}"), &at, data).await;
    }
    let before = stored().await;
    assert_eq!((&before["calls"], &before["events"]), (&json!(40), &json!(40)));
    // Twenty times 30 kB in the event, and once or twice in its call.
    let bytes = before["bytes"].as_i64().unwrap();
    assert!((600_000..4_000_000).contains(&bytes), "{bytes}");
    // What retention removes is not stored any more.
    server.clock.stop_at("2026-01-01T00:00:00Z");
    let keep = json!({"retention": {"callsDays": 82, "eventsDays": 82}});
    server.request_as_operator(Method::PATCH, "", keep).await.ok::<Value>();
    server.request_as_operator(Method::POST, "/retention/run", json!({})).await.ok::<Value>();
    let after = stored().await;
    assert_eq!((&after["calls"], &after["events"]), (&json!(20), &json!(20)), "{after}");
    assert!(after["bytes"].as_i64().unwrap() < bytes);
}
