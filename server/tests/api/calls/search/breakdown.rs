//! Tests that every number of a breakdown leads to its calls.

use super::{PATH, pages, seed};
use crate::support::Server;
use call_ribbon_shared::wire::{Breakdown, Logged};
use serde_json::{Value, json};

async fn count(server: &Server, query: &str) -> i64 {
    let found = pages(server, &format!("{PATH}&{query}"), 500).await;
    i64::try_from(found.len()).unwrap()
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn every_row_of_a_breakdown_opens_its_calls() {
    let server = Server::start().await;
    seed(&server, 200).await;
    // The context of an earlier event counts if the latest customerData has none.
    let early = json!({"customerData": {"name": "Asha", "context": {"due": 77, "late": true}}});
    server.log_event("initiated", "two", "2025-11-02T10:00:00Z", early).await.ok::<Logged>();
    let later = json!({"customerData": {"name": "Asha", "callType": "care"}});
    server.log_event("connected", "two", "2025-11-02T10:00:09Z", later).await.ok::<Logged>();
    let mut rows = 0;
    for (by, edges) in [
        ("context.due", ""),
        ("context.due", "&edges=0,30,31"),
        ("context.late", ""),
        ("context.plan.name", ""),
        ("metadata.campaign", ""),
        ("callType", ""),
        ("agentId", ""),
        ("status", ""),
        ("disposition", ""),
        ("callDirection", ""),
    ] {
        let path = format!("/api/ribbon/analytics/breakdown?by={by}{edges}");
        let breakdown: Breakdown = server.get(&path).await.ok();
        assert_eq!(breakdown.summary.calls, 201);
        for row in &breakdown.rows {
            let query = match (&row.value, row.from, row.to) {
                (Some(Value::String(text)), ..) => format!("value={}", encoded(text)),
                (Some(value), ..) => format!("value={value}"),
                (None, Some(from), Some(to)) => format!("from={from}&to={to}"),
                (None, Some(from), None) => format!("from={from}"),
                (None, None, to) => format!("to={}", to.unwrap()),
            };
            let found = count(&server, &format!("field={by}&{query}")).await;
            // A text that contains a number is a separate row there, and matched as well here.
            let doubled = by == "context.due" && query == "value=30";
            if doubled {
                assert!(found > row.figures.calls, "{by} {query}");
            } else {
                assert_eq!(found, row.figures.calls, "{by} {query}");
            }
            rows += 1;
        }
        let missing = breakdown.missing.map_or(0, |missing| missing.calls);
        let found = count(&server, &format!("field={by}&missing=true")).await;
        assert_eq!(found, missing, "{by}");
    }
    assert!(rows > 20, "{rows}");
    assert_eq!(count(&server, "field=context.due&value=77").await, 1);
}
