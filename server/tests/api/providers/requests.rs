//! Tests the log of requests to and from providers: masking, search, and retention.

use crate::support::emulators::exotel::Exotel;
use crate::support::provided::start_reachable;
use crate::support::{ADMIN_TOKEN, Answer, SLOW, Server};
use call_ribbon_server::time::Clock as _;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const PATH: &str = "/api/admin/clients/client-demo/provider-requests";
const DAY: Duration = Duration::from_hours(24);

async fn list(server: &Server, query: &str) -> Vec<Value> {
    let path = format!("{PATH}{query}");
    let answer = server.request_as_staff(Method::GET, &path, ADMIN_TOKEN, Value::Null).await;
    answer.ok::<Value>()["requests"].as_array().unwrap().clone()
}

/// Adds an entry, as if sent so many minutes ago. Its texts must not contain quotes.
async fn put(server: &Server, id: &str, minutes: i64, entry: Value) {
    let text = |field: &str, usual: &str| match &entry[field] {
        Value::Null if usual == "NULL" => "NULL".to_owned(),
        Value::Null => format!("'{usual}'"),
        Value::String(text) => format!("'{text}'"),
        number => number.to_string(),
    };
    let at = server.clock.now() - minutes * 60_000;
    server
        .run_sql(&format!(
            "INSERT INTO provider_requests (client_id, request_id, account_id, at, direction,
                purpose, method, url, status, request, answer, trouble, session_id)
             VALUES ({}, '{id}', {}, {at}, {}, 'connect', 'POST', {}, {}, {}, {}, {}, {})",
            text("clientId", "client-demo"),
            text("accountId", "acc-1"),
            text("direction", "out"),
            text("url", "https://api.example.com/x"),
            text("status", "NULL"),
            text("request", ""),
            text("answer", ""),
            text("trouble", "NULL"),
            text("sessionId", "NULL"),
        ))
        .await;
}

fn ids(requests: &[Value]) -> Vec<&str> {
    requests.iter().map(|request| request["requestId"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_a_provider_sends_is_on_record_without_secrets_and_numbers() {
    let server = Server::start().await;
    let secret = "t0ken/of+the \"account\"";
    let body = json!({"provider": "simulator", "settings": {}});
    let path = "/api/admin/clients/client-demo/providers";
    let made: Value = server.request_as_staff(Method::POST, path, ADMIN_TOKEN, body).await.read();
    let webhook = made["webhookUrl"].as_str().unwrap().to_owned();
    let own = webhook.rsplit('/').next().unwrap().to_owned();
    let body = json!({"To": "+919876543210", "apiToken": secret, "Echo": own,
        "Note": format!("Authorization: Bearer {own}"), "Status": "completed"});
    let query = format!("?From=%2B919811122233&api_key={own}&again={own}");
    let sent = server.request(Method::POST, &format!("{webhook}{query}")).json(&body);
    assert_eq!(Answer::from_request(sent).await.status, 200);
    let sent = server.request(Method::GET, &format!("{webhook}?CallFrom=09876543210"));
    assert_eq!(Answer::from_request(sent).await.status, 200);
    // A server that has stopped has written everything.
    let server = server.stop().await.start(SLOW).await;
    let text = server.request_as_staff(Method::GET, PATH, ADMIN_TOKEN, Value::Null).await.text;
    for hidden in [&own, "t0ken", "98765", "981112", "account\\\""] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    let held = server
        .database
        .read_texts("SELECT url || request || answer FROM provider_requests")
        .await
        .join("\n");
    assert!(!held.contains(&own) && !held.contains("98765") && !held.contains("t0ken"), "{held}");
    let seen = list(&server, "").await;
    assert_eq!(seen.len(), 2, "{text}");
    assert!(seen.iter().all(|one| one["direction"] == "in" && one["status"] == 200));
    let posted = seen.iter().find(|one| one["method"] == "POST").unwrap();
    assert!(posted["url"].as_str().unwrap().contains("From=%2B…2233&api_key=…"), "{posted}");
    let request = posted["request"].as_str().unwrap();
    assert!(
        request.contains("+…3210") && request.contains("\"Status\":\"completed\""),
        "{request}"
    );
    // The last digits of a number can be searched for.
    assert_eq!(list(&server, "?text=3210").await.len(), 2);
    assert_eq!(list(&server, "?text=2233&direction=in").await.len(), 1);
    assert_eq!(list(&server, "?text=2233&direction=out").await.len(), 0);
}

#[tokio::test]
async fn each_webhook_shows_what_came_of_it() {
    let server = start_reachable().await;
    let mut settings = Exotel::start().await.settings();
    settings["webhookHeader"] = json!("X-Known: to both");
    let account = server.add_account("exotel", &settings).await;
    let mut events = server.events_after(0).await;
    let tell = async |body: &str, known: bool| {
        let mut request = server.http.post(&account.webhook).body(body.to_owned());
        if known {
            request = request.header("X-Known", "to both");
        }
        request.send().await.unwrap().status().as_u16()
    };
    let rings = "CallSid=i1&CallFrom=09876543210&CallTo=08047112345&Status=busy";
    assert_eq!(tell(rings, true).await, 200);
    let session = events.next_event().await.unwrap().session_id;
    let talked = "CallSid=i1&CallFrom=09876543210&CallTo=08047112345&CallType=completed\
        &ConversationDuration=9";
    assert_eq!(tell(talked, true).await, 200);
    events.next_event().await.unwrap();
    for (body, known, status) in [
        (rings, true, 200),
        ("CallSid=i1&CallFrom=09876543210&CallTo=08047112345&Status=busy&a=b", true, 200),
        ("CallSid=gone&Status=completed", true, 200),
        ("{\"CallSid\": ", true, 200),
        ("Status=completed", true, 200),
        (rings, false, 401),
    ] {
        assert_eq!(tell(body, known).await, status, "{body}");
    }
    let server = server.stop().await.start(SLOW).await;
    let mut outcomes: Vec<(String, u64, bool)> = list(&server, "")
        .await
        .iter()
        .map(|one| {
            let outcome = one["outcome"].as_str().unwrap().replace(&session, "S");
            (outcome, one["status"].as_u64().unwrap(), one["sessionId"] == *session)
        })
        .collect();
    outcomes.sort();
    let unreadable = outcomes.remove(5).0;
    assert!(unreadable.starts_with("refused: The body is not valid JSON"), "{unreadable}");
    let expected = [
        ("ignored: nothing new about call S", 200, true),
        ("ignored: repeated", 200, false),
        ("led to call S: callEnded", 200, true),
        ("led to call S: incoming", 200, true),
        ("no call: it names an unknown call and no number", 200, false),
        ("refused: The callback names no call: CallSid is missing.", 200, false),
        ("refused: the header x-known is missing, or its value is not the account's", 401, false),
    ];
    let expected = expected.map(|(outcome, status, about)| (outcome.to_owned(), status, about));
    assert_eq!(outcomes, expected);
    assert_eq!(list(&server, "?text=led%20to").await.len(), 2);
    assert_eq!(list(&server, &format!("?sessionId={session}")).await.len(), 3);
}

#[tokio::test]
async fn entries_are_found_by_what_they_are() {
    let server = Server::start().await;
    put(&server, "a", 50, json!({"status": 200, "answer": "Call IN-Progress 100%"})).await;
    put(&server, "b", 40, json!({"status": 404, "sessionId": "s-1", "request": "To=…3210"})).await;
    put(&server, "c", 30, json!({"trouble": "No connection", "accountId": "acc-2"})).await;
    put(&server, "d", 20, json!({"status": 200, "direction": "in", "sessionId": "s-1"})).await;
    put(&server, "e", 10, json!({"clientId": "client-other", "status": 200})).await;
    put(&server, "f", 5, json!({"status": 200, "url": "https://other.example.com/a_b!"})).await;
    let time = |minutes: i64| {
        let at = chrono::DateTime::from_timestamp_millis(server.clock.now() - minutes * 60_000);
        at.unwrap().to_rfc3339()
    };
    for (query, expected) in [
        (String::new(), vec!["f", "d", "c", "b", "a"]),
        ("?accountId=acc-2".into(), vec!["c"]),
        ("?sessionId=s-1".into(), vec!["d", "b"]),
        ("?direction=in".into(), vec!["d"]),
        ("?direction=&status=&text=".into(), vec!["f", "d", "c", "b", "a"]),
        ("?status=404".into(), vec!["b"]),
        ("?status=failed".into(), vec!["c", "b"]),
        ("?text=in-progress".into(), vec!["a"]),
        ("?text=CONNECTION".into(), vec!["c"]),
        ("?text=3210".into(), vec!["b"]),
        // Special characters of a pattern match themselves.
        ("?text=100%25".into(), vec!["a"]),
        ("?text=a_b!".into(), vec!["f"]),
        ("?text=a%25b".into(), vec![]),
        ("?text=axb".into(), vec![]),
        (format!("?from={}", time(35)), vec!["f", "d", "c"]),
        (format!("?to={}&status=200", time(15)), vec!["d", "a"]),
        (format!("?from={}&to={}", time(45), time(25)), vec!["c", "b"]),
    ] {
        assert_eq!(ids(&list(&server, &query).await), expected, "{query}");
    }
    for (field, query) in [
        ("direction", "?direction=up"),
        ("status", "?status=ok"),
        ("status", "?status=20"),
        ("from", "?from=yesterday"),
        ("to", "?to=1"),
        ("limit", "?limit=0"),
        ("cursor", "?cursor=x"),
    ] {
        let path = format!("{PATH}{query}");
        let answer = server.request_as_staff(Method::GET, &path, ADMIN_TOKEN, Value::Null).await;
        assert_eq!(answer.wrong_field(), field, "{query}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap() {
    let server = Server::start().await;
    // Three in the same millisecond.
    server.clock.stop();
    for id in ["a", "b", "c"] {
        put(&server, id, 7, json!({})).await;
    }
    put(&server, "d", 6, json!({})).await;
    put(&server, "e", 8, json!({})).await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("{PATH}?limit=2&cursor={cursor}");
        let page: Value =
            server.request_as_staff(Method::GET, &path, ADMIN_TOKEN, Value::Null).await.ok();
        seen.extend(ids(page["requests"].as_array().unwrap()).into_iter().map(str::to_owned));
        match page["nextCursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    assert_eq!(seen, ["d", "c", "b", "a", "e"]);
}

#[tokio::test]
async fn entries_go_after_their_time() {
    let server = Server::start_with_settings(|config| config.provider_log_days = 10).await;
    put(&server, "old", 9 * 24 * 60, json!({})).await;
    put(&server, "young", 3 * 24 * 60, json!({})).await;
    server.app.enforce_retention().await;
    assert_eq!(ids(&list(&server, "").await), ["young", "old"]);
    server.clock.advance(2 * DAY);
    server.app.enforce_retention().await;
    assert_eq!(ids(&list(&server, "").await), ["young"]);
    // A client with a shorter retention for calls keeps these no longer than its calls.
    let client = "/api/admin/clients/client-demo";
    let days = json!({"retention": {"callsDays": 4}});
    server.request_as_staff(Method::PATCH, client, ADMIN_TOKEN, days).await.ok::<Value>();
    server.app.enforce_retention().await;
    assert_eq!(list(&server, "").await.len(), 0);
}
