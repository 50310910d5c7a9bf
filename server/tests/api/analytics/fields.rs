//! Tests which fields have figures, their limits, and what is refused.

use crate::support::breakdown::{get_breakdown, log_events};
use crate::support::{ADMIN_TOKEN, Answer, KEY, OTHER_KEY, Server};
use call_ribbon_shared::wire::{CallLogs, Fields};
use reqwest::Method;
use serde_json::{Map, Value, json};

const AT: &str = "2025-10-12T10:30:00Z";
const DEMO: &str = "/api/admin/clients/client-demo";

fn of(context: &Value) -> Value {
    json!({"customerData": {"context": context}})
}

async fn fields(server: &Server, query: &str) -> Fields {
    server.get(&format!("/api/ribbon/analytics/fields?{query}")).await.ok()
}

#[tokio::test]
async fn an_id_does_not_grow_without_bound_and_sums_still_agree() {
    let server = Server::start().await;
    let event = |n: usize| {
        let context = json!({"id": format!("ID-{n}"), "amount": n * 100 + 7});
        json!({"event": "callEnded", "timestamp": "2025-03-03T10:00:00Z",
            "data": {"callSid": format!("c{n}"), "duration": n % 90,
                "customerData": {"context": context}}})
    };
    log_events(&server, (0..5_000).map(event).collect(), 4).await;
    let values = "SELECT field || ' ' || COUNT(*) FROM field_values
        WHERE field LIKE 'context.%' GROUP BY field ORDER BY field";
    let kept = ["context.amount 1001", "context.id 1001"];
    assert_eq!(server.database.read_texts(values).await, kept);
    let found = get_breakdown(&server, "by=context.id&limit=200").await;
    assert_eq!((found.rows.len(), found.truncated, found.summary.calls), (200, true, 5_000));
    assert_eq!(found.other.unwrap().calls, 4_800);
    // Numbers beyond the first thousand are grouped in bins with round edges.
    let found = get_breakdown(&server, "by=context.amount&edges=0,100000,250000,490000").await;
    let calls: Vec<i64> = found.rows.iter().map(|row| row.figures.calls).collect();
    assert_eq!(calls, [1_000, 1_500, 2_400, 100]);
    assert!(found.interpolated.is_empty() && found.other.is_none() && found.missing.is_none());
    let found = get_breakdown(&server, "by=context.amount&edges=0,123456").await;
    let calls: Vec<i64> = found.rows.iter().map(|row| row.figures.calls).collect();
    assert_eq!((calls.iter().sum::<i64>(), found.interpolated), (5_000, vec![123_456.0]));
    assert!((calls[0] - 1_234).abs() < 60, "{calls:?}");
    let found = get_breakdown(&server, "by=context.amount").await;
    assert!(found.interpolated.is_empty() && (4..=9).contains(&found.rows.len()));
    let said = server.rebuild_analytics().await;
    assert!(said.ends_with("nothing differed.\n"), "{said}");
    // A call whose value has a row of its own and one without start earlier than known so far.
    let ids = "SELECT SUBSTR(value, 5) FROM field_values
        WHERE field = 'context.id' AND value <> 'o' ORDER BY value";
    let told_apart: Vec<String> = server.database.read_texts(ids).await;
    let other = (0..5_000).map(|n| n.to_string()).find(|n| !told_apart.contains(n)).unwrap();
    for n in [&told_apart[0], &other] {
        let call = format!("c{n}");
        server.log_event("ringing", &call, "2025-03-02T10:00:00Z", json!({})).await.ok::<Value>();
    }
    let found = get_breakdown(&server, "by=context.id&endDate=2025-03-02").await;
    assert_eq!((found.rows.len(), found.other.unwrap().calls), (1, 1));
    assert!(server.rebuild_analytics().await.ends_with("nothing differed.\n"));
    let found = fields(&server, "").await;
    let id = found.fields.iter().find(|field| field.field == "context.id").unwrap();
    assert_eq!((id.distinct_values, id.truncated, id.calls), (1_000, true, 5_000));
}

#[tokio::test]
async fn fields_are_listed_with_their_spellings_and_no_more_than_are_kept() {
    let server = Server::start().await;
    server.add_other_client().await;
    server.log_ended_call("c1", AT, 5, of(&json!({"loanAmount": 5, "who": "x"}))).await;
    server.log_ended_call("c2", AT, 5, of(&json!({"loan_amt": 5, "who": 7}))).await;
    let deep = json!({"LoanAmount": "5", "who": 8, "deep": {"vip": true}});
    server.log_ended_call("c3", AT, 5, of(&deep)).await;
    let found = fields(&server, "").await;
    let names: Vec<&str> = found.fields.iter().map(|field| field.field.as_str()).collect();
    let sent = [
        "context.who",
        "context.LoanAmount",
        "context.deep.vip",
        "context.loanAmount",
        "context.loan_amt",
    ];
    assert_eq!(names, [&["callDirection", "status"][..], &sent].concat());
    let row = |n: usize| serde_json::to_value(&found.fields[n]).unwrap();
    assert_eq!(
        row(2),
        json!({"field": "context.who", "type": "number", "calls": 3, "coverage": 1.0,
            "distinctValues": 3, "truncated": false})
    );
    assert_eq!(row(4)["type"], "boolean");
    assert_eq!(row(5)["spelledLike"], json!(["context.LoanAmount", "context.loan_amt"]));
    assert!(!found.truncated);
    let none = fields(&server, "endDate=2025-10-11").await;
    assert_eq!((none.fields.len(), none.total_calls), (0, 0));

    // Another client has none of this.
    server.run_sql("UPDATE clients SET plan = 'enterprise' WHERE client_id = 'client-other'").await;
    let path = "/api/ribbon/analytics";
    let theirs = server.request(Method::GET, &format!("{path}/fields"));
    let theirs: Fields = Answer::from_request(theirs.header("X-Api-Key", OTHER_KEY)).await.ok();
    assert_eq!((theirs.fields.len(), theirs.total_calls), (0, 0));
    let theirs = server.request(Method::GET, &format!("{path}/breakdown?by=context.who"));
    let theirs = Answer::from_request(theirs.header("X-Api-Key", OTHER_KEY)).await;
    assert_eq!(theirs.wrong_field(), "by");

    let many: Map<String, Value> = (0..300).map(|n| (format!("f{n:03}"), json!(n))).collect();
    server.log_ended_call("many", AT, 5, of(&Value::Object(many))).await;
    let found = fields(&server, "").await;
    assert_eq!((found.fields.len(), found.truncated), (202, true));
    assert!(server.rebuild_analytics().await.ends_with("nothing differed.\n"));
}

#[tokio::test]
async fn wrong_questions_are_answered_with_the_field() {
    let server = Server::start().await;
    server.log_ended_call("c1", AT, 5, of(&json!({"a": "x"}))).await;
    let path = "/api/ribbon/analytics/breakdown";
    for (query, field) in [
        ("", "by"),
        ("by=", "by"),
        ("by=name", "by"),
        ("by=context.none", "by"),
        ("by=context.a&edges=1", "edges"),
        ("by=context.a&edges=2,1", "edges"),
        ("by=context.a&edges=1,x", "edges"),
        ("by=context.a&edges=inf", "edges"),
        ("by=context.a&limit=0", "limit"),
        ("by=context.a&callDirection=up", "callDirection"),
        ("by=context.a&timezone=Mars", "timezone"),
        ("by=context.a&startDate=soon", "startDate"),
    ] {
        assert_eq!(server.get(&format!("{path}?{query}")).await.wrong_field(), field, "{query}");
    }
    assert_eq!(server.get(&format!("{path}?by=status&edges=&limit=")).await.status, 200);
    let none = server.get(&format!("{path}?by=context.none")).await;
    assert!(none.text.contains("context.none"), "{}", none.text);
    let nobodys = server.request(Method::GET, &format!("{path}?by=status"));
    assert_eq!(Answer::from_request(nobodys).await.status, 401);
    server.run_sql("UPDATE clients SET features = '[\"api\"]'").await;
    for path in ["breakdown?by=status", "fields", "agents"] {
        let refused = server.get(&format!("/api/ribbon/analytics/{path}")).await;
        assert_eq!(refused.status, 403, "{path}: {}", refused.text);
    }
}

#[tokio::test]
async fn a_client_declares_the_edges_of_its_numbers() {
    let server = Server::start().await;
    for n in 0..100 {
        server.log_ended_call(&format!("c{n}"), AT, 5, of(&json!({"daysOverdue": n}))).await;
    }
    let patch = async |edges: Value| {
        let request = server.request(Method::PATCH, DEMO).bearer_auth(ADMIN_TOKEN);
        Answer::from_request(request.json(&json!({"fieldEdges": edges}))).await
    };
    let rows = async || -> Vec<(Option<f64>, Option<f64>, i64)> {
        let found = get_breakdown(&server, "by=context.daysOverdue").await;
        found.rows.iter().map(|row| (row.from, row.to, row.figures.calls)).collect()
    };
    let row = |from: f64, to: f64, calls| (Some(from), Some(to), calls);
    let chosen: Vec<_> =
        (0..5).map(|n| row(f64::from(n) * 20.0, f64::from(n + 1) * 20.0, 20)).collect();
    assert_eq!(rows().await, chosen);
    let edges = json!({"context.daysOverdue": [0.0, 30.0, 60.0, 90.0]});
    assert_eq!(patch(edges.clone()).await.ok::<Value>()["fieldEdges"], edges);
    assert_eq!(
        rows().await,
        [row(0.0, 30.0, 30), row(30.0, 60.0, 30), row(60.0, 90.0, 30), (Some(90.0), None, 10)]
    );
    let found = fields(&server, "").await;
    let days = found.fields.iter().find(|field| field.field == "context.daysOverdue").unwrap();
    assert_eq!(days.edges.as_deref(), Some(&[0.0, 30.0, 60.0, 90.0][..]));
    for wrong in [
        json!({"context.a": [2, 1]}),
        json!({"context.a": []}),
        json!({"context.a": ["1"]}),
        json!({"name": [1]}),
    ] {
        let field = patch(wrong.clone()).await.wrong_field();
        assert!(field.starts_with("fieldEdges"), "{wrong}: {field}");
    }
    assert_eq!(patch(json!(null)).await.ok::<Value>()["fieldEdges"], json!({}));
    assert_eq!(rows().await, chosen);
    let audit = server
        .request_as_staff(Method::GET, &format!("{DEMO}/audit"), ADMIN_TOKEN, Value::Null)
        .await;
    assert!(audit.text.contains("client.changed"), "{}", audit.text);
}

#[tokio::test]
async fn an_erased_customers_values_are_nowhere_and_its_calls_count_without_them() {
    let server = Server::start().await;
    let of = |id: &str, loan: &str| {
        json!({"customerData": {"customerId": id, "name": id, "callType": "recovery",
            "context": {"loan": loan, "city": "Pune"}}})
    };
    server.log_ended_call("a", AT, 50, of("C1", "loan-4711")).await;
    server.log_ended_call("b", AT, 70, of("C2", "loan-8")).await;
    let path = format!("{DEMO}/customers/C1");
    server.request_as_staff(Method::DELETE, &path, ADMIN_TOKEN, Value::Null).await.ok::<Value>();
    let found = get_breakdown(&server, "by=context.loan").await;
    assert_eq!((found.rows.len(), found.missing.unwrap().calls), (1, 1));
    let found = get_breakdown(&server, "by=context.city").await;
    assert_eq!((found.rows[0].figures.calls, found.missing.unwrap().total_duration), (1, 50));
    assert!(server.all_totals().await.iter().all(|row| !row.contains("4711")));
    assert!(server.rebuild_analytics().await.ends_with("nothing differed.\n"));
}

/// A lone surrogate and a number beyond the range do not affect the fields beside them.
#[tokio::test]
async fn an_odd_value_costs_no_other_value() {
    let server = Server::start().await;
    let context = r#"{"name":"Asha \ud83d","\udc00":1,"huge":1e400,"list":[1,1e400],"due":1.10,"deep":{"cut":"\ud83d","stage":"new"}}"#;
    for event in ["connected", "callEnded"] {
        let body = format!(
            r#"{{"apiKey":"{KEY}","event":"{event}","data":{{"callSid":"c","reason":"\ud83d","\ud83d":0,"phoneNumber":"+91 98 \ud83d","customerData":{{"name":"Asha \ud83d","callType":"sales","context":{context}}}}}}}"#
        );
        server.post_text("/api/ribbon/log-call", &body).await.ok::<Value>();
    }
    let logs: CallLogs = server.get("/api/ribbon/call-logs").await.ok();
    assert_eq!(logs.logs[0].customer_name.as_deref(), Some("Asha \u{fffd}"));
    for (field, value) in [
        ("context.due", json!(1.1)),
        ("context.deep.stage", json!("new")),
        ("context.name", json!("Asha \u{fffd}")),
        ("context.deep.cut", json!("\u{fffd}")),
        ("callType", json!("sales")),
    ] {
        let path = format!("/api/ribbon/analytics/breakdown?by={field}");
        let figures: Value = server.get(&path).await.ok();
        let row = figures["rows"].as_array().unwrap().iter().find(|row| row["calls"] == 1);
        let row = row.unwrap_or_else(|| panic!("{field}: {figures}"));
        if value.is_string() {
            assert_eq!(row["value"], value, "{field}");
        }
    }
    for field in ["context.huge", "context.list"] {
        let path = format!("/api/ribbon/analytics/breakdown?by={field}");
        // No call has it.
        assert_eq!(server.get(&path).await.wrong_field(), "by");
    }
}

/// A context is stored as sent, with lone surrogates.
#[tokio::test]
async fn an_odd_context_is_handed_back_as_it_came() {
    let server = Server::start().await;
    let context = r#"{"x":"\ud83d","huge":1e400,"\udc00":[ 1.10 ]}"#;
    let body = format!(
        r#"{{"apiKey":"{KEY}","event":"connected","data":{{"callSid":"c","customerData":{{"context":{context}}}}}}}"#
    );
    server.post_text("/api/ribbon/log-call", &body).await.ok::<Value>();
    let logs: CallLogs = server.get("/api/ribbon/call-logs").await.ok();
    assert_eq!(logs.logs[0].customer_context.as_ref().unwrap().get(), context);
    let body = format!(
        r#"{{"apiKey":"{KEY}","customerData":{{"customerId":"C","name":"Asha \ud83d","customFields":{{}}}}}}"#
    );
    server.post_text("/api/ribbon/customer", &body).await.ok::<Value>();
}
