//! Tests the log of events, and its pages.

use crate::support::Server;
use call_ribbon_shared::call::Status;
use call_ribbon_shared::wire::{ActiveCalls, CallLogs};
use serde_json::json;

#[tokio::test]
async fn call_logs_are_paged_and_filtered() {
    let server = Server::start().await;
    for day in 10..15 {
        let sid = format!("c{day}");
        let direction = if day % 2 == 0 { "inbound" } else { "outbound" };
        let more = json!({"callDirection": direction, "customerData": {"customerId": format!("C{}", day % 3)}});
        server
            .log_event("initiated", &sid, &format!("2025-10-{day}T23:30:00Z"), more.clone())
            .await;
        server.log_event("connected", &sid, &format!("2025-10-{day}T23:31:00Z"), more).await;
    }
    let logs = async |query: &str| -> (Vec<String>, CallLogs) {
        let logs: CallLogs = server.get(&format!("/api/ribbon/call-logs?{query}")).await.ok();
        (logs.logs.iter().map(|row| row.initiated_at[8..10].to_owned()).collect(), logs)
    };
    let (days, all) = logs("").await;
    assert_eq!(days, ["14", "13", "12", "11", "10"]);
    assert_eq!(all.logs[0].event, "connected");
    assert_eq!(all.logs[0].client_name, "Demo Client");
    let (days, page) = logs("page=2&pageSize=2").await;
    assert_eq!(days, ["12", "11"]);
    let pagination = page.pagination;
    assert_eq!((pagination.total, pagination.total_pages, pagination.page_size), (5, 3, 2));
    assert_eq!(logs("pageSize=100000").await.1.pagination.page_size, 500);
    assert_eq!(logs("callDirection=inbound").await.0, ["14", "12", "10"]);
    assert_eq!(logs("customerId=C1").await.0, ["13", "10"]);
    assert_eq!(logs("startDate=2025-10-11&endDate=2025-10-12").await.0, ["12", "11"]);
    assert_eq!(logs("endDate=2025-10-11T23:29:59Z").await.0, ["10"]);
    let (_, connected) = logs("event=connected").await;
    assert_eq!(connected.pagination.total, 5);
    assert!(connected.logs.iter().all(|row| row.event == "connected"));
    assert_eq!(logs("event=all&pageSize=3").await.1.pagination.total, 10);
    // Days are in the client's time zone: 23:30 in London is 5 o'clock the next morning in Kolkata.
    server.run_sql("UPDATE clients SET time_zone = 'Asia/Kolkata'").await;
    assert_eq!(logs("startDate=2025-10-12&endDate=2025-10-12").await.0, ["11"]);
}

#[tokio::test]
async fn a_row_has_what_its_event_did_not_say() {
    let server = Server::start().await;
    server
        .log_event(
            "initiated",
            "c1",
            "2025-10-12T10:30:00Z",
            json!({"customerData": {"name": "Asha"}}),
        )
        .await;
    let body = json!({"event": "callEnded", "data": {"callSid": "c1", "note": "bye"},
        "timestamp": "2025-10-12T10:31:00Z", "domain": "crm.example.com"});
    server.post_json("/api/ribbon/log-call", body).await;
    let logs: CallLogs = server.get("/api/ribbon/call-logs").await.ok();
    assert_eq!(
        logs.logs[0].data.get(),
        r#"{"callSid":"c1","note":"bye","phoneNumber":"+919876543210","callDirection":"outbound","duration":0,"customerData":{"name":"Asha"}}"#
    );
    assert_eq!(logs.logs[0].domain.as_deref(), Some("crm.example.com"));
    assert_eq!(logs.logs[0].customer_name.as_deref(), Some("Asha"));
}

#[tokio::test]
async fn a_call_that_went_silent_is_abandoned() {
    let server = Server::start().await;
    server.log_event("connected", "c1", "2025-10-12T10:30:00Z", json!({})).await;
    let active: ActiveCalls = server.get("/api/ribbon/active-calls").await.ok();
    assert_eq!((active.count, active.active_calls[0].status), (1, Status::Active));
    assert!(active.active_calls[0].end_time.is_none());
    let id = active.active_calls[0].session_id.clone();

    server.clock.advance(std::time::Duration::from_mins(239));
    server.app.sweep().await;
    assert_eq!(server.show_call(&id).await.status, Status::Active);
    server.clock.advance(std::time::Duration::from_mins(2));
    server.app.sweep().await;
    server.app.sweep().await;
    let call = server.show_call(&id).await;
    assert_eq!(call.status, Status::Abandoned);
    assert_eq!(call.end_time.as_deref(), Some("2025-10-12T10:30:00Z"));
    let timeline = call.timeline.unwrap();
    assert_eq!((timeline.len(), timeline[1].source.as_str()), (2, "system"));
    let active: ActiveCalls = server.get("/api/ribbon/active-calls").await.ok();
    assert_eq!(active.count, 0);
    // A reported end takes precedence.
    server.log_event("callEnded", "c1", "2025-10-12T10:40:00Z", json!({})).await;
    assert_eq!(server.show_call(&id).await.status, Status::Completed);
}
