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

/// Returns the names of the views that a caller sees, with whether each is the caller's own.
async fn seen(server: &Server, token: &str) -> Vec<(String, bool)> {
    let below = "/api/admin/clients/client-demo/ribbon/views";
    let list: Value = server.request_as_staff(Method::GET, below, token, Value::Null).await.ok();
    names(&list)
}

fn names(list: &Value) -> Vec<(String, bool)> {
    let views = list["views"].as_array().unwrap().iter();
    views.map(|view| (view["name"].as_str().unwrap().to_owned(), view["own"] == true)).collect()
}

async fn remove(server: &Server, token: &str, kept: &Answer) -> Answer {
    let id = kept.read::<Value>()["viewId"].as_str().unwrap().to_owned();
    server.request_as_staff(Method::DELETE, &format!("{VIEWS}/{id}"), token, Value::Null).await
}

#[tokio::test]
async fn an_admins_views_are_for_all_and_a_viewers_for_the_viewer() {
    let server = Server::start().await;
    server.add_other_client().await;
    let asha = add_person(&server, "asha@example.com", "viewer").await;
    let asha_token = sign_in(&server, "asha@example.com").await;
    add_person(&server, "ravi@example.com", "masked-viewer").await;
    let ravi = sign_in(&server, "ravi@example.com").await;
    let (_, admin) = create_token(&server, "admin").await;
    let (_, viewer) = create_token(&server, "viewer").await;
    let path = "/dashboard/ask?by=context.daysOverdue&from=2025-10-01";
    let mut kept = Vec::new();
    for (token, name) in
        [(&asha_token, "Überfällig"), (&ravi, "Ravi's"), (&viewer, "Token's"), (&admin, "All")]
    {
        kept.push(save(&server, token, name, path).await);
    }
    assert!(kept.iter().all(|kept| kept.status == 201));
    let shared = save(&server, ADMIN_TOKEN, "All calls", "/dashboard").await;
    let everybodys = [("All", false), ("All calls", false)];
    let with = |own: Option<&str>| {
        let all = everybodys.into_iter().chain(own.map(|name| (name, true)));
        all.map(|(name, own)| (name.to_owned(), own)).collect::<Vec<_>>()
    };
    for (token, own) in [
        (asha_token.as_str(), Some("Überfällig")),
        (&ravi, Some("Ravi's")),
        (&viewer, Some("Token's")),
        (&admin, None),
        (ADMIN_TOKEN, None),
    ] {
        assert_eq!(seen(&server, token).await, with(own), "{own:?}");
    }
    let list: Value = server.get(READ).await.ok();
    assert_eq!(names(&list), with(None));
    let others = server.request(Method::GET, READ).header("X-API-Key", OTHER_KEY);
    assert_eq!(Answer::from_request(others).await.ok::<Value>(), json!({"views": []}));

    // Everybody removes their own, an admin those for all; nobody a view that they do not see.
    for (token, view) in
        [(&ravi, &kept[0]), (&admin, &kept[0]), (&asha_token, &shared), (&viewer, &kept[3])]
    {
        remove(&server, token, view).await.problem(404, "not_found");
    }
    assert_eq!(remove(&server, &ravi, &kept[1]).await.ok::<Value>(), kept[1].read::<Value>());
    assert_eq!(remove(&server, &admin, &shared).await.ok::<Value>(), shared.read::<Value>());
    remove(&server, &admin, &shared).await.problem(404, "not_found");
    // A person who is removed leaves no views.
    let person = format!("/api/admin/clients/client-demo/people/{asha}");
    server.request_as_staff(Method::DELETE, &person, ADMIN_TOKEN, Value::Null).await.ok::<Value>();
    let left = server.database.read_texts("SELECT name FROM saved_views ORDER BY name").await;
    assert_eq!(left, ["All", "Token's"]);
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
    // A viewer's own do not count with them.
    let (_, viewer) = create_token(&server, "viewer").await;
    assert_eq!(save(&server, &viewer, "mine", "/dashboard").await.status, 201);
}
