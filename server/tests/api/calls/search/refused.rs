//! Tests the filters that are refused, and those that a key with the scope `ribbon` may use.

use super::PATH;
use crate::support::{ADMIN_TOKEN, KEY, Server};
use call_ribbon_shared::wire::CallHistory;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn what_is_wrong_is_refused_by_its_name() {
    let server = Server::start().await;
    let wrong = [
        ("startDate", "startDate=soon"),
        ("startDate", "startDate=2025-10-13&endDate=2025-10-12"),
        ("endDate", "endDate=2025-13-01"),
        ("timezone", "timezone=Nowhere"),
        ("status", "status=missed,lost"),
        ("callDirection", "callDirection=sideways"),
        ("connected", "connected=maybe"),
        ("minDuration", "minDuration=-1"),
        ("maxDuration", "maxDuration=long"),
        ("minDuration", "minDuration=5&maxDuration=4"),
        ("field", "field=context."),
        ("field", "field=name&value=x"),
        ("field", "field=context.due"),
        ("field", "field=context.due&value=1&missing=true"),
        ("field", "field=context.due&value=1&from=1"),
        ("value", "value=1"),
        ("from", "from=1"),
        ("missing", "missing=true"),
        ("from", "field=context.due&from=x"),
        ("to", "field=context.due&to=y"),
        // What a page writes for a missing number counts as missing.
        ("field", "field=context.due&to=NaN"),
        ("from", "field=context.due&from=5&to=5"),
        ("missing", "field=context.due&missing=perhaps"),
        ("hour", "hour=24"),
        ("hour", "hour=-1"),
        ("hourTo", "hour=2&hourTo=24"),
        ("hourTo", "hour=2&hourTo=1"),
        ("hourTo", "hourTo=5"),
        ("weekday", "weekday=7"),
        ("sort", "sort=nicest"),
    ];
    for (field, query) in wrong {
        let list = server.get(&format!("{PATH}&{query}")).await;
        assert_eq!(list.wrong_field(), field, "{query}");
        let file = server.get(&format!("/api/ribbon/export/calls?{query}")).await;
        assert_eq!(file.wrong_field(), field, "{query}");
    }
    for (field, query) in [
        ("limit", "limit=0"),
        ("cursor", "cursor=x"),
        // A cursor of a list by start in a list by length, and the reverse.
        ("cursor", "sort=longest&cursor=YzU6eA"),
        ("cursor", "cursor=ZDE6NTp4"),
    ] {
        assert_eq!(server.get(&format!("{PATH}&{query}")).await.wrong_field(), field, "{query}");
    }
    assert_eq!(server.get("/api/ribbon/calls?list=some").await.wrong_field(), "list");
    let file = server.get("/api/ribbon/export/calls?sort=longest").await;
    assert_eq!(file.wrong_field(), "sort");
    server.get(&format!("{PATH}&hour=1&hour=2")).await.problem(400, "invalid_request");
    for nothing in ["", "&status=&search=&field=&value=&hour=&sort=&connected=&minDuration="] {
        let all: CallHistory = server.get(&format!("{PATH}{nothing}")).await.ok();
        assert!(all.calls.is_empty() && all.next_cursor.is_none(), "{nothing}");
    }
}

#[tokio::test]
async fn a_key_for_the_ribbon_lists_no_calls_without_a_session() {
    let server = Server::start().await;
    let agent = json!({"customerData": {"agentId": "a"}, "callDirection": "inbound"});
    server.log_ended_call("hers", "2025-10-12T10:30:00Z", 9, agent).await;
    server
        .log_event("incoming", "all", "2025-10-12T10:31:00Z", json!({"callDirection": "inbound"}))
        .await;
    server.log_event("missed", "all", "2025-10-12T10:31:20Z", json!({})).await;
    let listed = async |query: &str| {
        let list: CallHistory = server.get(&format!("/api/ribbon/calls?{query}")).await.ok();
        list.calls.into_iter().map(|call| call.call_sid).collect::<Vec<_>>()
    };
    // The agent's own list has calls that rang for all; as a filter, `agentId` matches only the
    // agent.
    assert_eq!(listed("agentId=a").await, ["all", "hers"]);
    assert_eq!(listed("agentId=a&list=all").await, ["hers"]);
    assert_eq!(listed("").await, ["all", "hers"]);
    assert_eq!(listed("status=missed").await, ["all"]);
    for (field, query) in [("startDate", "startDate=2025-10-12"), ("sort", "sort=oldest")] {
        let answer = server.get(&format!("/api/ribbon/calls?agentId=a&{query}")).await;
        assert_eq!(answer.wrong_field(), field);
    }
    server.run_sql("UPDATE credentials SET scopes = '[\"ribbon\"]' WHERE kind = 'api_key'").await;
    for query in ["", "agentId=a", "status=missed", "list=all", "list=all&agentId=a"] {
        let answer = server.get(&format!("/api/ribbon/calls?{query}")).await;
        answer.problem(401, "missing_session");
    }
    server.run_sql("UPDATE credentials SET scopes = '[\"read\"]' WHERE kind = 'api_key'").await;
    assert_eq!(listed("list=all").await, ["all", "hers"]);
    let by_link = server.get(&format!("/api/ribbon/export/calls?apiKey={KEY}")).await;
    by_link.problem(403, "scope_missing");
}

#[tokio::test]
async fn a_text_to_search_for_has_a_bound() {
    let server = Server::start().await;
    // Of a pattern with many signs, a database would recurse once for each that it finds.
    let customer = json!({"customerId": "a".repeat(200), "name": "a".repeat(30_000)});
    let body = json!({"apiKey": KEY, "event": "connected",
        "data": {"callSid": "c1", "customerData": customer}});
    assert_eq!(server.post_json("/api/ribbon/log-call", body).await.status, 200);
    let lists = ["/api/ribbon/calls", "/api/ribbon/customers", "/api/ribbon/leads"];
    let export = "/api/ribbon/export/calls";
    for (path, name) in lists.into_iter().chain([export]).map(|path| (path, "search")) {
        for signs in [100, 101, 30_000] {
            let answer = server.get(&format!("{path}?{name}={}", "a-".repeat(signs))).await;
            if signs == 100 {
                assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            } else {
                assert_eq!(answer.wrong_field(), name, "{path}");
            }
        }
    }
    let requests = "/api/admin/clients/client-demo/provider-requests?text=";
    let path = format!("{requests}{}", "a".repeat(201));
    let answer = server.request_as_staff(Method::GET, &path, ADMIN_TOKEN, Value::Null).await;
    assert_eq!(answer.wrong_field(), "text");
}
