//! Tests what an export carries for people: notes and outcomes, chosen columns, local times; and who
//! may export.

use crate::support::{ADMIN_TOKEN, Answer, KEY, Server, create_token};
use call_ribbon_shared::wire::{CallObject, Logged};
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/ribbon/export/calls";
const CLIENT: &str = "/api/admin/clients/client-demo";

/// Logs a call with data of the page, and saves an agent's notes on it.
async fn seed(server: &Server) {
    let data = json!({"agentId": "agent1", "customerData": {"customerId": "C1", "name": "Asha Rao",
        "callType": "reminder", "agentId": "agent1",
        "context": {"amountDue": 1_234_567.5, "loan": {"kind": "=home"}},
        "metadata": {"campaign": "early"}}});
    server.log_event("initiated", "c1", "2025-10-12T20:30:00Z", data.clone()).await.ok::<Logged>();
    server.log_event("connected", "c1", "2025-10-12T20:30:05Z", data).await.ok::<Logged>();
    let ended = json!({"duration": 115});
    server.log_event("callEnded", "c1", "2025-10-12T20:32:00Z", ended).await.ok::<Logged>();
    let list: Value = server.get("/api/ribbon/calls?list=all").await.ok();
    let session = list["calls"][0]["sessionId"].as_str().unwrap();
    let notes = json!({"disposition": "promise_to_pay", "notes": "pays by UPI",
        "followUp": {"at": "2025-10-14T04:30:00Z", "note": "ask for it"}});
    let request = server.request(Method::PATCH, &format!("/api/ribbon/calls/{session}"));
    let request = request.header("X-API-Key", KEY).json(&notes);
    Answer::from_request(request).await.ok::<CallObject>();
}

async fn change_client(server: &Server, change: Value) -> Answer {
    server.request_as_staff(Method::PATCH, CLIENT, ADMIN_TOKEN, change).await
}

#[tokio::test]
async fn a_file_carries_what_agents_wrote() {
    let server = Server::start().await;
    seed(&server).await;
    let file: Value = server.get(PATH).await.ok();
    let call = &file["calls"][0];
    assert_eq!(
        (&call["disposition"], &call["notes"]),
        (&json!("promise_to_pay"), &json!("pays by UPI"))
    );
    assert_eq!(
        (&call["followUp"]["at"], &call["followUp"]["note"]),
        (&json!("2025-10-14T04:30:00Z"), &json!("ask for it"))
    );
}

#[tokio::test]
async fn a_table_has_the_columns_that_people_see() {
    let server = Server::start().await;
    seed(&server).await;
    let labels = json!([{"field": "context.amountDue", "name": "Amount due", "unit": "INR"}]);
    change_client(&server, json!({"timeZone": "Asia/Kolkata", "fieldLabels": labels}))
        .await
        .ok::<Value>();
    let columns = "started,customer,agent,status,duration,outcome,followUp,type,context.amountDue,\
                   context.loan.kind,metadata.campaign,context.none";
    let answer = server.get(&format!("{PATH}?format=table&columns={columns}")).await;
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert!(answer.header("content-disposition").contains("\"calls-beginning-to-"));
    let lines: Vec<&str> = answer.text.lines().collect();
    assert_eq!(
        lines,
        [
            "Started,Customer,Agent,Status,Duration,Outcome,Follow-up,Type,Amount due,\
             context.loan.kind,metadata.campaign,context.none",
            "2025-10-13 02:00:00,Asha Rao,agent1,Completed,0:01:55,Promise to pay,\
             2025-10-14 10:00:00,reminder,1234567.5,'=home,early,",
        ]
    );
    // Without columns: all of them, and the fields that the client has named.
    let all = server.get(&format!("{PATH}?format=table&bom=true&timezone=UTC")).await;
    let head = all.text.lines().next().unwrap();
    assert!(head.contains("Started,Customer,Number") && head.ends_with("Session ID,Amount due"));
    assert!(all.text.contains("2025-10-12 20:30:00"), "{}", all.text);
    for (field, query) in [
        ("columns", "format=table&columns=started,colour"),
        ("columns", "format=table&columns=context."),
        ("columns", "format=csv&columns=started"),
        ("bom", "format=json&bom=true"),
    ] {
        assert_eq!(server.get(&format!("{PATH}?{query}")).await.wrong_field(), field, "{query}");
    }
    let many = vec!["context.a"; 101].join(",");
    let many = server.get(&format!("{PATH}?format=table&columns={many}")).await;
    assert_eq!(many.wrong_field(), "columns");
}

#[tokio::test]
async fn each_export_is_in_the_audit_log_and_viewers_may_be_kept_from_it() {
    let server = Server::start().await;
    seed(&server).await;
    let (viewer_id, viewer) = create_token(&server, "viewer").await;
    let (_, admin) = create_token(&server, "admin").await;
    let path = format!("{CLIENT}/ribbon/export/calls");
    let ask = async |token: &str, query: &str| {
        let path = format!("{path}?{query}");
        server.request_as_staff(Method::GET, &path, token, Value::Null).await
    };
    let days = "startDate=2025-10-01&endDate=2025-10-31";
    assert_eq!(
        ask(&viewer, &format!("{days}&format=csv&callDirection=outbound")).await.status,
        200
    );
    assert_eq!(ask(ADMIN_TOKEN, &format!("{days}&search=9876543210")).await.status, 200);
    assert_eq!(server.get(&format!("{PATH}?{days}&format=table")).await.status, 200);
    let log: Value = server
        .request_as_staff(Method::GET, &format!("{CLIENT}/audit"), &admin, Value::Null)
        .await
        .ok();
    let lines = log["audit"].as_array().unwrap().iter();
    let lines: Vec<[&str; 2]> = lines
        .filter(|line| line["act"] == "calls.exported")
        .map(|line| [line["by"].as_str().unwrap(), line["subject"].as_str().unwrap()])
        .collect();
    assert_eq!(
        lines,
        [
            ["API key", "2025-10-01-to-2025-10-31, table, 1 call"],
            // A text that was searched for may be a phone number.
            ["operator", "2025-10-01-to-2025-10-31, json, search"],
            ["the viewer", "2025-10-01-to-2025-10-31, csv, callDirection=outbound, 1 call"],
        ]
    );
    let by: Vec<&Value> =
        log["audit"].as_array().unwrap().iter().map(|line| &line["byId"]).collect();
    assert!(by.contains(&&json!(viewer_id)), "{by:?}");

    let shown: Value = change_client(&server, json!({"viewersMayExport": false})).await.ok();
    assert_eq!(shown["viewersMayExport"], false);
    ask(&viewer, days).await.problem(403, "scope_missing");
    assert_eq!(ask(&admin, days).await.status, 200);
    assert_eq!(server.get(PATH).await.status, 200);
    let about = format!("{CLIENT}/ribbon/client");
    let about = server.request_as_staff(Method::GET, &about, &viewer, Value::Null).await;
    assert_eq!(about.ok::<Value>()["viewersMayExport"], false);
}

#[tokio::test]
async fn names_of_fields_are_kept_in_order_or_refused() {
    let server = Server::start().await;
    let labels = json!([
        {"field": "metadata.campaign", "name": "Campaign"},
        {"field": "context.daysOverdue", "name": "Days overdue", "unit": "days"},
    ]);
    let shown: Value = change_client(&server, json!({"fieldLabels": labels})).await.ok();
    assert_eq!(shown["fieldLabels"], labels);
    let about: Value = server.get("/api/ribbon/client").await.ok();
    assert_eq!(about["fieldLabels"], labels);
    for (field, line) in [
        ("fieldLabels[0].field", json!({"field": "agentId", "name": "Agent"})),
        ("fieldLabels[0].name", json!({"field": "context.a", "name": " "})),
        ("fieldLabels[0].unit", json!({"field": "context.a", "name": "A", "unit": "x".repeat(21)})),
    ] {
        let answer = change_client(&server, json!({"fieldLabels": [line]})).await;
        assert_eq!(answer.wrong_field(), field);
    }
    let twice = json!({"field": "context.a", "name": "A"});
    let answer = change_client(&server, json!({"fieldLabels": [twice, twice]})).await;
    assert_eq!(answer.wrong_field(), "fieldLabels[1].field");
    let none: Value = change_client(&server, json!({"fieldLabels": null})).await.ok();
    assert_eq!(none["fieldLabels"], json!([]));
}
