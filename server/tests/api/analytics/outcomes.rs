//! Tests contacts, promises and payments against a recount of the calls.

use crate::analytics::totals::Seeded;
use crate::support::breakdown::{generate_calls, log_events};
use crate::support::{ADMIN_TOKEN, Answer, KEY, SLOW, Server};
use call_ribbon_shared::wire::{CallHistory, OutcomeCounts, Outcomes};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Contacts, promises, payments and calls with any outcome.
type Counts = [i64; 4];

async fn set_list(server: &Server, list: Value) -> Answer {
    let path = "/api/admin/clients/client-demo";
    let body = json!({ "dispositions": list });
    server.request_as_staff(Method::PATCH, path, ADMIN_TOKEN, body).await
}

fn counts(of: &OutcomeCounts) -> Counts {
    [of.contacts, of.promises, of.payments, of.recorded]
}

fn recount(calls: &[&Value]) -> Counts {
    let count = |of: &dyn Fn(&str) -> bool| {
        let said = calls.iter().filter_map(|call| call["disposition"].as_str());
        i64::try_from(said.filter(|code| of(code)).count()).unwrap()
    };
    [
        count(&|code| ["ptp", "paid", "angry"].contains(&code)),
        count(&|code| code == "ptp"),
        count(&|code| code == "paid"),
        count(&|_| true),
    ]
}

async fn list_calls(server: &Server) -> Vec<Value> {
    let answer = server.get("/api/ribbon/calls?list=all&limit=500").await;
    let all: CallHistory = answer.ok();
    all.calls.iter().map(|call| serde_json::to_value(call).unwrap()).collect()
}

#[tokio::test]
async fn outcomes_count_by_the_kinds_of_the_list() {
    let server = Server::start_with_simulator(SLOW).await;
    let list = json!([
        {"code": "ptp", "label": "Promise", "kind": "promise"},
        {"code": "paid", "label": "Paid", "kind": "payment"},
        {"code": "angry", "label": "Angry", "kind": "contact"},
        {"code": "wrong", "label": "Wrong number"},
    ]);
    let seen: Value = set_list(&server, list.clone()).await.ok();
    assert_eq!(seen["dispositions"], list);
    // Pages get the list as they always did.
    let init = server.post_json("/api/ribbon/init", json!({"agentId": "agent1"})).await;
    assert!(!init.ok::<Value>()["dispositions"].to_string().contains("kind"));

    let mut random = Seeded(5);
    let (_, events) = generate_calls(&mut random, 160);
    log_events(&server, events, 4).await;
    for call in list_calls(&server).await {
        let said = random.one_of(&["ptp", "paid", "angry", "wrong", "", ""]);
        if !said.is_empty() {
            let path = format!("/api/ribbon/calls/{}", call["sessionId"].as_str().unwrap());
            let request = server.request(Method::PATCH, &path).header("X-API-Key", KEY);
            let body = json!({ "disposition": said });
            Answer::from_request(request.json(&body)).await.ok::<Value>();
        }
    }
    let calls = list_calls(&server).await;
    for direction in ["", "inbound", "outbound"] {
        let calls: Vec<&Value> = calls
            .iter()
            .filter(|call| direction.is_empty() || call["callDirection"] == direction)
            .collect();
        let query = format!("by=agentId&callDirection={direction}");
        let path = format!("/api/ribbon/analytics/outcomes?{query}");
        let found: Outcomes = server.get(&path).await.ok();
        let mut by_agent: BTreeMap<Option<&str>, Vec<&Value>> = BTreeMap::new();
        for call in &calls {
            by_agent.entry(call["agentId"].as_str()).or_default().push(call);
        }
        assert_eq!(found.groups.len(), by_agent.len(), "{query}");
        for group in &found.groups {
            let agent = group.row.value.as_ref().and_then(Value::as_str);
            let calls = &by_agent[&agent];
            assert_eq!(counts(&group.outcomes), recount(calls), "{query} {agent:?}");
            assert_eq!(group.row.figures.calls, i64::try_from(calls.len()).unwrap());
        }
        let all = found.summary.outcomes;
        assert_eq!(counts(&all), recount(&calls), "{query}");
        let rate = all.promise_rate;
        let exact = f64::from(i32::try_from(all.promises).unwrap())
            / f64::from(i32::try_from(all.contacts).unwrap());
        assert!((rate.rate - exact).abs() < 0.000_06, "{rate:?}");
        assert!(rate.low < rate.rate && rate.rate < rate.high, "{rate:?}");
    }
    // Another list counts the same calls by its own kinds; ranges of numbers have outcomes too.
    set_list(&server, json!([{"code": "wrong", "label": "x", "kind": "contact"}])).await;
    let path = "/api/ribbon/analytics/outcomes?by=context.daysOverdue&edges=0,30,60";
    let found: Outcomes = server.get(path).await.ok();
    let wrong = calls.iter().filter(|call| call["disposition"] == "wrong").count();
    assert_eq!(found.summary.outcomes.contacts, i64::try_from(wrong).unwrap());
    assert_eq!(found.summary.outcomes.promises, 0);
    let sum: i64 = found.groups.iter().map(|group| group.outcomes.contacts).sum();
    assert_eq!(sum, found.summary.outcomes.contacts);
}

#[tokio::test]
async fn a_kind_is_one_of_three() {
    let server = Server::start_with_simulator(SLOW).await;
    for kind in [json!("promised"), json!("")] {
        let list = json!([{"code": "a", "label": "A"}, {"code": "b", "label": "B", "kind": kind}]);
        assert_eq!(set_list(&server, list).await.wrong_field(), "dispositions[1].kind");
    }
    let list = json!([{"code": "a", "label": "A", "kind": null}]);
    let seen: Value = set_list(&server, list).await.ok();
    assert_eq!(seen["dispositions"], json!([{"code": "a", "label": "A"}]));
}
