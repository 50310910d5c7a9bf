//! Tests a client's staff tokens, and what each role allows.

use crate::support::{ADMIN_TOKEN, Answer, Server, create_token};
use reqwest::Method;
use serde_json::{Value, json};

const CLIENT: &str = "/api/admin/clients/client-demo";
const TOKENS: &str = "/api/admin/clients/client-demo/tokens";

#[tokio::test]
async fn a_token_is_shown_in_full_once_and_good_until_revoked() {
    let server = Server::start().await;
    let (id, viewer) = create_token(&server, "viewer").await;
    let list = server.request_as_staff(Method::GET, TOKENS, ADMIN_TOKEN, Value::Null).await;
    assert!(!list.text.contains(&viewer), "{}", list.text);
    let seen = list.read::<Value>()["tokens"][0].clone();
    assert_eq!(seen["token"], format!("{}...", &viewer[..10]));
    assert_eq!((&seen["role"], &seen["name"]), (&json!("viewer"), &json!("the viewer")));
    assert_eq!((&seen["lastUsedAt"], &seen["revokedAt"]), (&Value::Null, &Value::Null));
    let held =
        server.database.read_texts("SELECT hash FROM credentials WHERE kind = 'staff_token'").await;
    assert!(held.len() == 1 && !viewer.contains(&held[0]));

    let me: Value =
        server.request_as_staff(Method::GET, "/api/admin/me", &viewer, Value::Null).await.ok();
    assert_eq!(
        me,
        json!({"role": "viewer", "clientId": "client-demo",
        "clientName": "Demo Client", "name": "the viewer", "email": null, "expiresAt": null})
    );
    let me: Value =
        server.request_as_staff(Method::GET, "/api/admin/me", ADMIN_TOKEN, Value::Null).await.ok();
    assert_eq!(
        me,
        json!({"role": "operator", "clientId": null, "clientName": null,
        "name": null, "email": null, "expiresAt": null})
    );
    let list: Value = server.request_as_staff(Method::GET, TOKENS, &viewer, Value::Null).await.ok();
    assert!(list["tokens"][0]["lastUsedAt"].is_string());

    let path = format!("{TOKENS}/{id}");
    let gone: Value =
        server.request_as_staff(Method::DELETE, &path, ADMIN_TOKEN, Value::Null).await.ok();
    assert!(gone["revokedAt"].is_string());
    let refused = server.request_as_staff(Method::GET, CLIENT, &viewer, Value::Null).await;
    refused.problem(401, "revoked_api_key");
    let audit = format!("{CLIENT}/audit");
    let audit: Value =
        server.request_as_staff(Method::GET, &audit, ADMIN_TOKEN, Value::Null).await.ok();
    let acts = audit["audit"].as_array().unwrap().iter().map(|line| &line["act"]);
    assert_eq!(acts.collect::<Vec<_>>(), ["token.revoked", "token.created"]);
}

#[tokio::test]
async fn the_audit_log_says_who_did_it_and_is_read_page_by_page() {
    let server = Server::start().await;
    let (id, admin) = create_token(&server, "admin").await;
    for token in [&admin, ADMIN_TOKEN] {
        server
            .request_as_staff(Method::PATCH, CLIENT, token, json!({"name": "Rao"}))
            .await
            .ok::<Value>();
    }
    // An entry of a version that did not record the actor.
    server.run_sql("UPDATE audit_log SET by_name = NULL, by_id = NULL WHERE seq = 1").await;
    let (mut lines, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("{CLIENT}/audit?limit=2&cursor={cursor}");
        let page: Value =
            server.request_as_staff(Method::GET, &path, &admin, Value::Null).await.ok();
        lines.extend(page["audit"].as_array().unwrap().clone());
        let Some(next) = page["nextCursor"].as_str() else { break };
        assert_eq!(lines.len() % 2, 0);
        next.clone_into(&mut cursor);
    }
    let who = |n: usize| (&lines[n]["act"], &lines[n]["by"], &lines[n]["byId"]);
    let changed = json!("client.changed");
    assert_eq!(who(0), (&changed, &json!("operator"), &Value::Null));
    assert_eq!(who(1), (&changed, &json!("the admin"), &json!(id)));
    assert_eq!(who(2), (&json!("token.created"), &Value::Null, &Value::Null));
    assert_eq!(lines.len(), 3);
    for wrong in ["limit=0", "limit=x", "cursor=x"] {
        let path = format!("{CLIENT}/audit?{wrong}");
        let answer = server.request_as_staff(Method::GET, &path, &admin, Value::Null).await;
        assert_eq!(answer.wrong_field(), wrong.split_once('=').unwrap().0);
    }
}

#[tokio::test]
async fn what_is_the_operators_stays_so() {
    let server = Server::start().await;
    let (_, admin) = create_token(&server, "admin").await;
    for (method, path) in [
        (Method::GET, "/api/admin/clients"),
        (Method::POST, "/api/admin/clients"),
        (Method::GET, "/api/admin/analytics/all"),
        (Method::DELETE, CLIENT),
    ] {
        let body = json!({"name": "x", "plan": "trial"});
        let answer = server.request_as_staff(method, path, &admin, body).await;
        answer.problem(403, "scope_missing");
    }
    for own in [json!({"name": "Rao"}), json!({"crmUrl": "/leads", "defaultCountry": "IN"})] {
        server.request_as_staff(Method::PATCH, CLIENT, &admin, own).await.ok::<Value>();
    }
    let before: Value =
        server.request_as_staff(Method::GET, CLIENT, ADMIN_TOKEN, Value::Null).await.ok();
    for operators in [
        json!({"plan": "enterprise"}),
        json!({"limit": 1_000_000}),
        json!({"limit": null}),
        json!({"features": ["custom"]}),
        json!({"suspended": false}),
        json!({"name": "Other", "limit": 7}),
    ] {
        let answer =
            server.request_as_staff(Method::PATCH, CLIENT, &admin, operators.clone()).await;
        answer.problem(403, "scope_missing");
    }
    let after: Value =
        server.request_as_staff(Method::GET, CLIENT, ADMIN_TOKEN, Value::Null).await.ok();
    assert_eq!(before, after);
    // Suspending a client refuses its staff, too.
    server.request_as_staff(Method::DELETE, CLIENT, ADMIN_TOKEN, Value::Null).await.ok::<Value>();
    server
        .request_as_staff(Method::GET, CLIENT, &admin, Value::Null)
        .await
        .problem(403, "client_suspended");
}

#[tokio::test]
async fn wrong_tokens_are_refused() {
    let server = Server::start().await;
    for (field, body) in [
        ("name", json!({"role": "admin"})),
        ("name", json!({"name": "", "role": "admin"})),
        ("role", json!({"name": "x"})),
        ("role", json!({"name": "x", "role": "operator"})),
    ] {
        let answer = server.request_as_staff(Method::POST, TOKENS, ADMIN_TOKEN, body.clone()).await;
        assert_eq!(answer.wrong_field(), field, "{body}");
    }
    for path in ["/api/admin/clients/nobody/tokens", "/api/admin/clients/client-demo/tokens/none"] {
        let method = if path.ends_with("none") { Method::DELETE } else { Method::GET };
        server
            .request_as_staff(method, path, ADMIN_TOKEN, Value::Null)
            .await
            .problem(404, "not_found");
    }
    // An API key is not a staff token, and the reverse.
    let (_, admin) = create_token(&server, "admin").await;
    let asked = server.request(Method::GET, "/api/ribbon/config").header("X-API-Key", &admin);
    Answer::from_request(asked).await.problem(401, "invalid_api_key");
    server
        .request_as_staff(Method::GET, CLIENT, crate::support::KEY, Value::Null)
        .await
        .problem(401, "invalid_api_key");
}
