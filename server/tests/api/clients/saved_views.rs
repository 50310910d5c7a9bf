//! Tests the dashboard's saved views.

use crate::support::Answer;
use crate::support::{ADMIN_TOKEN, OTHER_KEY, Server, add_person, create_token, sign_in};
use reqwest::Method;
use serde_json::{Value, json};

const VIEWS: &str = "/api/admin/clients/client-demo/views";
const READ: &str = "/api/ribbon/views";

async fn save(server: &Server, token: &str, name: &str, path: &str) -> Answer {
    server.request_as_staff(Method::POST, VIEWS, token, json!({"name": name, "path": path})).await
}

#[tokio::test]
async fn what_somebody_keeps_is_there_for_all_who_see_the_client() {
    let server = Server::start().await;
    server.add_other_client().await;
    add_person(&server, "asha@example.com", "viewer").await;
    let asha = sign_in(&server, "asha@example.com").await;
    let path = "/dashboard/ask?by=context.daysOverdue&from=2025-10-01";
    let kept = save(&server, &asha, "Überfällig", path).await;
    assert_eq!(kept.status, 201, "{}", kept.text);
    save(&server, ADMIN_TOKEN, "All calls", "/dashboard").await;
    let list: Value = server.get(READ).await.ok();
    let views = list["views"].as_array().unwrap();
    let seen: Vec<_> = views.iter().map(|view| (&view["name"], &view["createdBy"])).collect();
    assert!(seen.contains(&(&json!("Überfällig"), &json!("Asha Rao"))), "{seen:?}");
    assert!(seen.contains(&(&json!("All calls"), &json!("operator"))), "{seen:?}");
    assert!(views.contains(&kept.read()), "{list}");
    let below = "/api/admin/clients/client-demo/ribbon/views";
    assert_eq!(
        server.request_as_staff(Method::GET, below, &asha, Value::Null).await.ok::<Value>(),
        list
    );
    let others = server.request(Method::GET, READ).header("X-API-Key", OTHER_KEY);
    assert_eq!(Answer::from_request(others).await.ok::<Value>(), json!({"views": []}));

    // A viewer may save views, but not remove those of others.
    let id = kept.read::<Value>()["viewId"].as_str().unwrap().to_owned();
    let one = format!("{VIEWS}/{id}");
    let refused = server.request_as_staff(Method::DELETE, &one, &asha, Value::Null).await;
    refused.problem(403, "scope_missing");
    let (_, admin) = create_token(&server, "admin").await;
    let gone: Value = server.request_as_staff(Method::DELETE, &one, &admin, Value::Null).await.ok();
    assert_eq!(gone, kept.read::<Value>());
    server
        .request_as_staff(Method::DELETE, &one, &admin, Value::Null)
        .await
        .problem(404, "not_found");
    let left: Value = server.get(READ).await.ok();
    assert_eq!(left["views"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn nothing_but_an_address_within_the_dashboard_is_kept() {
    let server = Server::start().await;
    for path in [
        "",
        "https://example.com/dashboard",
        "//example.com/dashboard",
        "javascript:alert(1)",
        "/api/admin/clients",
        "/dashboards",
        "/dashboard/../docs",
        "/dashboard/%2e%2e/docs",
        "/dashboard\\evil",
        "/dashboard?a b",
        &format!("/dashboard?{}", "x".repeat(2_000)),
    ] {
        assert_eq!(save(&server, ADMIN_TOKEN, "x", path).await.wrong_field(), "path", "{path}");
    }
    assert_eq!(save(&server, ADMIN_TOKEN, "", "/dashboard").await.wrong_field(), "name");
    for (field, body) in [("name", json!({"path": "/dashboard"})), ("path", json!({"name": "x"}))] {
        let answer = server.request_as_staff(Method::POST, VIEWS, ADMIN_TOKEN, body).await;
        assert_eq!(answer.wrong_field(), field);
    }
    let nobody = "/api/admin/clients/nobody/views";
    let body = json!({"name": "x", "path": "/dashboard"});
    server
        .request_as_staff(Method::POST, nobody, ADMIN_TOKEN, body)
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn a_client_keeps_two_hundred() {
    let server = Server::start().await;
    for n in 0..199 {
        let row = format!(
            "INSERT INTO saved_views (client_id, view_id, name, path, created_by, created_at)
             VALUES ('client-demo', 'v{n}', 'n', '/dashboard', 'x', 0)"
        );
        server.run_sql(&row).await;
    }
    assert_eq!(save(&server, ADMIN_TOKEN, "the last", "/dashboard").await.status, 201);
    save(&server, ADMIN_TOKEN, "one more", "/dashboard").await.problem(409, "conflict");
}
