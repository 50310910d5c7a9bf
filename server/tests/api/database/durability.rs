//! Tests that acknowledged data is on disk, and that a call outlives its server.

use crate::support::{Server, Stream, TALKS};
use call_ribbon_server::config::SimulatorSettings;
use call_ribbon_shared::call::Status;
use call_ribbon_shared::wire::{CallLogs, CallObject, ConfigAnswer};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn everything_acknowledged_is_there_also_in_the_reopened_file() {
    let server = Server::start().await;
    let now = server.time_now();
    let log = |n: usize| {
        let (server, now) = (&server, &now);
        async move {
            let more = json!({"n": n, "customerData": {"customerId": format!("C{}", n % 10)}});
            server.log_event("note", &format!("c{}", n % 50), now, more).await.status
        }
    };
    // Fifty calls with one note of the same time and name each: the rest are repeats.
    let statuses = futures_util::future::join_all((0..100).map(log)).await;
    assert!(statuses.iter().all(|status| *status == 200));
    let record = |n: usize| {
        let server = &server;
        async move {
            let data = json!({"callSid": format!("c{}", n % 50)});
            let body = json!({"event": "note", "eventId": format!("e{n}"), "data": data});
            server.post_json("/api/ribbon/log-call", body).await.status
        }
    };
    let statuses = futures_util::future::join_all((0..600).map(record)).await;
    assert!(statuses.iter().all(|status| *status == 200));
    let check = async |server: &Server| {
        let events: CallLogs = server.get("/api/ribbon/call-logs?event=all").await.ok();
        assert_eq!(events.pagination.total, 650);
        let calls: CallLogs = server.get("/api/ribbon/call-logs").await.ok();
        assert_eq!(calls.pagination.total, 50);
        let config: ConfigAnswer = server.get("/api/ribbon/config").await.ok();
        assert_eq!(config.usage.calls_this_month, 50);
    };
    check(&server).await;
    let again = server.stop().await.start(TALKS).await;
    check(&again).await;
    let mut stream = again.events_after(0).await;
    for seq in 1..=650 {
        assert_eq!(stream.next_event().await.unwrap().seq, seq);
    }
}

#[tokio::test]
async fn a_call_in_progress_survives_the_servers_restart() {
    let server = Server::start_with_simulator(TALKS).await;
    let mut stream = server.events_after(0).await;
    let id = server.start_call("+919876543210").await.session_id;
    let connected = stream.events_until("connected").await.pop().unwrap();
    let held: CallObject = server.control_call(&id, "hold", json!({"onHold": true})).await.ok();
    assert_eq!(held.on_hold, Some(true));

    let server = server.stop().await.start(TALKS).await;
    let call = server.show_call(&id).await;
    assert_eq!((call.status, call.on_hold), (Status::Active, Some(true)));
    server.control_call(&id, "mute", json!({"muted": true})).await.ok::<CallObject>();

    // The other side hangs up at its own time, whichever server runs it.
    let ends_soon = SimulatorSettings { talk_for: 1, ..TALKS };
    let server = server.stop().await.start(ends_soon).await;
    let request = server
        .request(Method::GET, "/api/ribbon/events")
        .header("x-api-key", crate::support::KEY)
        .header("last-event-id", connected.seq);
    let mut stream = Stream::open(request).await;
    let events = stream.events_until("callEnded").await;
    let names: Vec<&str> = events.iter().map(|event| event.event.as_str()).collect();
    assert_eq!(names, ["holdtoggle", "mutetoggle", "callEnded"]);
    assert_eq!(events[0].seq, connected.seq + 1);
    assert_eq!(events[2].reason.as_deref(), Some("the other side hung up"));
}

#[tokio::test]
async fn a_database_that_cannot_be_read_is_said_to_be_away() {
    let server = Server::start().await;
    server.run_sql("ALTER TABLE usage RENAME TO hidden").await;
    let answer = server.get("/api/ribbon/config").await;
    answer.problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), "1");
    // A group that fails is refused completely, and no part of it is stored.
    let logged = server.log_event("initiated", "c1", "2025-10-12T10:30:00Z", json!({})).await;
    logged.problem(503, "unavailable");
    assert_eq!(logged.header("retry-after"), "1");
    server.run_sql("ALTER TABLE hidden RENAME TO usage").await;
    let logs: CallLogs = server.get("/api/ribbon/call-logs?event=all").await.ok();
    assert_eq!(logs.pagination.total, 0);
    let logged = server.log_event("initiated", "c1", "2025-10-12T10:30:00Z", json!({})).await;
    assert_eq!(logged.status, 200);
}
