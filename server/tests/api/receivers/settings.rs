//! Tests the settings of receivers: keys, phone numbers, roles, and what is refused.

use super::{ask, create, expect, find_key, log_call};
use crate::support::receiver::CrmServer;
use crate::support::{Server, create_token};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn both_keys_sign_for_some_hours_after_an_exchange() {
    let server = Server::start().await;
    server.clock.stop_at("2025-10-12T12:00:00Z");
    let crm = CrmServer::default();
    let id = create(&server, json!({"url": format!("{}/crm", crm.start().await)})).await;
    let old = find_key(&server, &id).await;
    let path = format!("{id}/exchange-key");
    let exchanged: Value = ask(&server, Method::POST, &path, json!({"overlapHours": 2})).await.ok();
    let new = exchanged["secret"].as_str().unwrap();
    assert_eq!(find_key(&server, &id).await, new);
    assert_ne!(old, new);
    // A third key would end the first one before its time.
    let third = ask(&server, Method::POST, &path, json!({"overlapHours": 2})).await;
    assert_eq!(third.status, 409, "{}", third.text);
    for (hours, signed) in [(1, [1, 1]), (1, [0, 1])] {
        server.clock.advance(Duration::from_hours(hours));
        let tested: Value =
            ask(&server, Method::POST, &format!("{id}/test"), Value::Null).await.ok();
        assert_eq!(tested, json!({"ok": true, "status": 200, "trouble": null}));
        let received = crm.take("crm");
        assert_eq!(received[0].kind(), "test");
        assert_eq!([&old, new].map(|key| received[0].count_signatures(key)), signed);
    }
}

/// Changes of different fields at once are all kept.
#[tokio::test]
async fn changes_at_once_do_not_undo_each_other() {
    let server = Server::start().await;
    let id = create(&server, json!({"url": "http://127.0.0.1:9/"})).await;
    for round in 0..10 {
        let (hides, active, name) = (round % 2 == 0, round % 3 == 0, format!("name {round}"));
        let changes =
            [json!({"hidesNumbers": hides}), json!({"active": active}), json!({"name": name})];
        let asked = changes.map(|change| ask(&server, Method::PATCH, &id, change));
        for answer in futures_util::future::join_all(asked).await {
            answer.ok::<Value>();
        }
        let list = server.request_as_operator(Method::GET, "/receivers", Value::Null).await;
        let shown = list.ok::<Value>()["receivers"][0].clone();
        let found = [&shown["hidesNumbers"], &shown["active"], &shown["name"]];
        assert_eq!(found, [&json!(hides), &json!(active), &json!(name)]);
    }
}

#[tokio::test]
async fn numbers_are_hidden_if_the_receiver_may_not_see_them() {
    let server = Server::start().await;
    let crm = CrmServer::default();
    let url = crm.start().await;
    create(&server, json!({"url": format!("{url}/full")})).await;
    create(&server, json!({"url": format!("{url}/hidden"), "hidesNumbers": true})).await;
    log_call(&server, "one").await;
    let full = expect(&server, &crm, "full", 4).await;
    assert!(full.iter().all(|one| one.body.contains("9876543210")));
    let hidden = expect(&server, &crm, "hidden", 4).await;
    for one in hidden {
        assert!(!one.body.contains("9876543210"), "{}", one.kind());
        let data = &one.json()["data"];
        let handle = data["phoneNumberHandle"].as_str().unwrap();
        assert!(handle.starts_with("num_"), "{data}");
    }
}

#[tokio::test]
async fn wrong_receivers_are_refused_by_the_field_that_is_wrong() {
    let server = Server::start().await;
    let url = "http://127.0.0.1:9/crm";
    let id = create(&server, json!({"url": url})).await;
    let many: Vec<String> = (0..51).map(|n| format!("call.e{n}")).collect();
    for (body, field) in [
        (json!({}), "url"),
        (json!({"url": ""}), "url"),
        (json!({"url": "ftp://crm.example.com"}), "url"),
        (json!({"url": "http://10.0.0.1/crm"}), "url"),
        (json!({"url": "https://user:word@crm.example.com"}), "url"),
        (json!({"url": "https://crm.example.com/a b"}), "url"),
        (json!({"url": format!("https://crm.example.com/{}", "a".repeat(2000))}), "url"),
        (json!({"url": url, "name": " "}), "name"),
        (json!({"url": url, "name": "a".repeat(101)}), "name"),
        (json!({"url": url, "types": ["connected"]}), "types"),
        (json!({"url": url, "types": ["decision.maybe"]}), "types"),
        (json!({"url": url, "types": ["call."]}), "types"),
        (json!({"url": url, "types": many}), "types"),
    ] {
        let made = server.request_as_operator(Method::POST, "/receivers", body.clone()).await;
        assert_eq!((made.status, made.wrong_field().as_str()), (400, field), "{body}");
        let is_change = !body.as_object().unwrap().is_empty();
        if is_change {
            let changed = ask(&server, Method::PATCH, &id, body.clone()).await;
            assert_eq!((changed.status, changed.wrong_field().as_str()), (400, field), "{body}");
        }
    }
    for (body, field) in [
        (json!({}), "messageId"),
        (json!({"messageId": "a", "givenUp": true}), "messageId"),
        (json!({"from": "2025-10-12T12:00:00Z"}), "until"),
        (json!({"until": "2025-10-12T12:00:00Z"}), "from"),
        (json!({"from": "2025-10-12T12:00:00Z", "until": "2025-10-12T11:00:00Z"}), "until"),
        (json!({"from": "yesterday", "until": "2025-10-12T11:00:00Z"}), "from"),
    ] {
        let answer = ask(&server, Method::POST, &format!("{id}/resend"), body.clone()).await;
        assert_eq!((answer.status, answer.wrong_field().as_str()), (400, field), "{body}");
    }
    let answer =
        ask(&server, Method::POST, &format!("{id}/exchange-key"), json!({"overlapHours": 169}))
            .await;
    assert_eq!((answer.status, answer.wrong_field().as_str()), (400, "overlapHours"));
    for path in ["none", "none/key", "none/deliveries", &format!("{id}/deliveries/none")] {
        let method = if path == "none" { Method::DELETE } else { Method::GET };
        assert_eq!(ask(&server, method, path, Value::Null).await.status, 404, "{path}");
    }
    // Twenty at most.
    for _ in 1..20 {
        create(&server, json!({"url": url})).await;
    }
    let body = json!({"url": url});
    assert_eq!(server.request_as_operator(Method::POST, "/receivers", body).await.status, 409);
    let removed = ask(&server, Method::DELETE, &id, Value::Null).await;
    assert_eq!(removed.ok::<Value>()["receiverId"], id.as_str());
}

#[tokio::test]
async fn a_viewer_sees_only_the_host_and_the_audit_log_has_the_changes() {
    let server = Server::start().await;
    let secret = "http://127.0.0.1:9/hooks/of-a-secret";
    let id = create(&server, json!({"url": secret, "name": "Our CRM"})).await;
    let (_, viewer) = create_token(&server, "viewer").await;
    let path = "/api/admin/clients/client-demo/receivers";
    let shown = server.request_as_staff(Method::GET, path, &viewer, Value::Null).await;
    assert!(!shown.text.contains("of-a-secret"), "{}", shown.text);
    assert_eq!(shown.ok::<Value>()["receivers"][0]["url"], "http://127.0.0.1:9/…");
    ask(&server, Method::PATCH, &id, json!({"active": false})).await.ok::<Value>();
    ask(&server, Method::POST, &format!("{id}/exchange-key"), json!({})).await.ok::<Value>();
    ask(&server, Method::DELETE, &id, Value::Null).await.ok::<Value>();
    let log = server.request_as_operator(Method::GET, "/audit", Value::Null).await;
    for act in ["created", "changed", "key-exchanged", "removed"] {
        assert!(log.text.contains(&format!("receiver.{act}")), "{act}: {}", log.text);
    }
    assert!(!log.text.contains("of-a-secret"));
}
