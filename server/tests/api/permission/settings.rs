//! Tests a client's rules of calling: what may be set, and who may.

use crate::support::{ADMIN_TOKEN, OTHER_KEY, Server, create_token};
use call_ribbon_shared::wire::InitAnswer;
use reqwest::Method;
use serde_json::{Value, json};

const RULES: &str = "/api/admin/clients/client-demo/call-rules";

async fn set(server: &Server, body: Value) -> crate::support::Answer {
    server.request_as_staff(Method::PUT, RULES, ADMIN_TOKEN, body).await
}

#[tokio::test]
async fn a_new_client_has_no_pack_and_an_admin_sets_them() {
    let server = Server::start().await;
    let shown: Value =
        server.request_as_staff(Method::GET, RULES, ADMIN_TOKEN, Value::Null).await.ok();
    assert_eq!(shown["settings"]["packs"], json!([]));
    let packs = shown["packs"].as_array().unwrap();
    assert_eq!(packs.len(), 9);
    for pack in packs {
        assert_eq!(pack["active"], json!(false), "{pack}");
        for rule in pack["rules"].as_array().unwrap() {
            let is_law = ["in-force", "policy"].contains(&rule["standing"].as_str().unwrap());
            assert!(is_law || rule["effect"] == "warn", "{rule}");
            assert!(!rule["source"].as_str().unwrap().is_empty(), "{rule}");
            assert_eq!(rule["sourceDate"].as_str().unwrap().len(), 10, "{rule}");
        }
    }
    let body = json!({"packs": ["in-rbi-recovery", "in-rbi-recovery"], "sector": " ",
        "callTypes": {"Collections": "recovery"}, "accountField": "context.loan"});
    let shown: Value = set(&server, body).await.ok();
    assert_eq!(
        shown["settings"],
        json!({"packs": ["in-rbi-recovery"], "callTypes": {"Collections": "recovery"},
            "sector": null, "accountField": "context.loan", "partyField": "context.party",
            "zoneField": "context.timeZone"})
    );
    assert_eq!(shown["packs"][0]["active"], json!(true));
    let (_, viewer) = create_token(&server, "viewer").await;
    let seen: Value = server.request_as_staff(Method::GET, RULES, &viewer, Value::Null).await.ok();
    assert_eq!(seen, shown);
    server
        .request_as_staff(Method::PUT, RULES, &viewer, json!({}))
        .await
        .problem(403, "scope_missing");
    let audit: Value = server
        .request_as_staff(
            Method::GET,
            "/api/admin/clients/client-demo/audit",
            ADMIN_TOKEN,
            Value::Null,
        )
        .await
        .ok();
    let acts: Vec<&str> = audit["audit"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|line| line["act"].as_str())
        .filter(|act| act.starts_with("callRules"))
        .collect();
    assert_eq!(acts, ["callRules.changed"]);
}

#[tokio::test]
async fn a_page_learns_at_init_whether_calls_may_be_forbidden() {
    let server = Server::start().await;
    server.add_other_client().await;
    let learn = async |body: Value| {
        let init: InitAnswer = server.post_json("/api/ribbon/init", body).await.ok();
        init.call_rules
    };
    assert!(!learn(json!({})).await);
    for (packs, rules) in [(json!(["us-fdcpa-regf"]), true), (json!([]), false)] {
        set(&server, json!({"packs": packs})).await.ok::<Value>();
        assert_eq!(learn(json!({})).await, rules);
    }
    let list = "/api/admin/clients/client-demo/suppressions";
    let entry = json!({"phoneNumber": "+919876543210", "reason": "Asked", "source": "customer"});
    let made = server.request_as_staff(Method::POST, list, ADMIN_TOKEN, entry).await;
    assert!(learn(json!({})).await);
    assert!(!learn(json!({"apiKey": OTHER_KEY})).await);
    let made: Value = made.read();
    let one = format!("{list}/{}/remove", made["entryId"].as_str().unwrap());
    let gone = server.request_as_staff(Method::POST, &one, ADMIN_TOKEN, json!({"reason": "Error"}));
    gone.await.ok::<Value>();
    assert!(!learn(json!({})).await);
}

#[tokio::test]
async fn a_wrong_setting_names_its_field_and_changes_nothing() {
    let server = Server::start().await;
    let many: serde_json::Map<String, Value> =
        (0..101).map(|n| (format!("type {n}"), json!("sales"))).collect();
    for (field, body) in [
        ("packs", json!({"packs": ["in-rbi"]})),
        ("packs", json!({"packs": "in-rbi-recovery"})),
        ("callTypes.x", json!({"callTypes": {"x": "fun"}})),
        ("callTypes", json!({"callTypes": {" ": "sales"}})),
        ("callTypes", json!({"callTypes": {"a\u{0}": "sales"}})),
        ("callTypes", json!({"callTypes": many})),
        ("callTypes", json!({"callTypes": {"Loan": "sales", "loan ": "recovery"}})),
        ("sector", json!({"sector": "x".repeat(101)})),
        ("accountField", json!({"accountField": ""})),
        ("accountField", json!({"accountField": "context..id"})),
        ("partyField", json!({"partyField": "x".repeat(201)})),
        ("zoneField", json!({"zoneField": 7})),
    ] {
        assert_eq!(set(&server, body.clone()).await.wrong_field(), field, "{body}");
    }
    let shown: Value =
        server.request_as_staff(Method::GET, RULES, ADMIN_TOKEN, Value::Null).await.ok();
    assert_eq!(shown["settings"]["packs"], json!([]));
    let gone = "/api/admin/clients/nobody/call-rules";
    server
        .request_as_staff(Method::PUT, gone, ADMIN_TOKEN, json!({}))
        .await
        .problem(404, "not_found");
}
