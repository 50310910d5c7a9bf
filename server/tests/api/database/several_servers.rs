//! Tests several servers on one database: each sees what the others count, write and run.

use crate::support::database::wants_postgres;
use crate::support::{Database, SLOW, Server, TALKS};
use call_ribbon_server::config::SimulatorSettings;
use call_ribbon_shared::call::Status;
use call_ribbon_shared::wire::{CallLogs, CallObject, CallStarted, ConfigAnswer, Logged};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

const T0: &str = "2025-10-12T10:30:00Z";

/// Two servers that start on one fresh database at the same time; skipped on SQLite, which only one
/// server may use.
async fn two(simulator: SimulatorSettings) -> Option<(Server, Server)> {
    if !wants_postgres() {
        return None;
    }
    let database = Arc::new(Database::new().await);
    let on = || Server::start_on(Arc::clone(&database), Arc::default(), simulator);
    Some(futures_util::future::join(on(), on()).await)
}

fn in_turn<'s>(n: usize, one: &'s Server, other: &'s Server) -> &'s Server {
    if n.is_multiple_of(2) { one } else { other }
}

#[tokio::test]
async fn two_hundred_starts_over_two_servers_make_a_hundred_calls() {
    let Some((one, other)) = two(SLOW).await else { return };
    let start = |n: usize| {
        let server = in_turn(n, &one, &other);
        server.post_json("/api/ribbon/calls", json!({"to": "+919876543210"}))
    };
    let answers = futures_util::future::join_all((0..200).map(start)).await;
    let started = answers.iter().filter(|answer| answer.status == 202).count();
    assert_eq!(started, 100);
    for refused in answers.iter().filter(|answer| answer.status != 202) {
        refused.problem(429, "monthly_limit_exceeded");
    }
    let config: ConfigAnswer = other.get("/api/ribbon/config").await.ok();
    assert_eq!((config.usage.calls_this_month, config.usage.remaining), (100, 0));
    let logs: CallLogs = one.get("/api/ribbon/call-logs").await.ok();
    assert_eq!(logs.pagination.total, 100);
}

/// Under the strictest isolation every conflict of two servers ends in a serialization failure, as
/// on databases without another level: each group is retried until it succeeds.
#[tokio::test]
async fn what_another_server_got_in_the_way_of_is_tried_again() {
    if !wants_postgres() {
        return;
    }
    let database = Arc::new(Database::new().await);
    let strict = "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || quote_ident(current_database()) ||
        ' SET default_transaction_isolation = serializable'; END $$";
    database.run_sql(strict).await;
    let on = || Server::start_on(Arc::clone(&database), Arc::default(), SLOW);
    let (one, other) = futures_util::future::join(on(), on()).await;
    for wave in 0..10 {
        let start = |n: usize| {
            let server = in_turn(n, &one, &other);
            server.post_json("/api/ribbon/calls", json!({"to": "+919876543210"}))
        };
        let answers = futures_util::future::join_all((0..20).map(start)).await;
        let started = answers.iter().filter(|answer| answer.status == 202).count();
        assert_eq!(started, if wave < 5 { 20 } else { 0 }, "{}", answers[0].text);
    }
    let logs: CallLogs = one.get("/api/ribbon/call-logs").await.ok();
    assert_eq!(logs.pagination.total, 100);
}

#[tokio::test]
async fn an_agent_gets_one_call_of_two_servers() {
    let Some((one, other)) = two(SLOW).await else { return };
    let start = |n: usize| {
        let server = in_turn(n, &one, &other);
        server.post_json("/api/ribbon/calls", json!({"to": "+919876543210", "agentId": "agent1"}))
    };
    let answers = futures_util::future::join_all((0..20).map(start)).await;
    let started = answers.iter().filter(|answer| answer.status == 202).count();
    assert_eq!(started, 1);
    for refused in answers.iter().filter(|answer| answer.status != 202) {
        refused.problem(409, "conflict");
    }
}

#[tokio::test]
async fn one_feed_without_gap_or_repeat_whichever_server_is_told() {
    let Some((one, other)) = two(SLOW).await else { return };
    one.add_other_client().await;
    let mut streams = [one.events_after(0).await, other.events_after(0).await];
    let log = |n: usize| {
        let server = in_turn(n, &one, &other);
        // Both servers get some ids for different calls; only one of the calls can have them.
        let body = json!({"event": "note", "eventId": format!("e{}", n / 4 * 2 + n % 4 % 3),
            "data": {"callSid": format!("c{}", n % 7)}});
        async move { server.post_json("/api/ribbon/log-call", body).await.status }
    };
    let statuses = futures_util::future::join_all((0..400).map(log)).await;
    assert!(statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
    let logs: CallLogs = one.get("/api/ribbon/call-logs?event=all").await.ok();
    for stream in &mut streams {
        for seq in 1..=logs.pagination.total {
            assert_eq!(stream.next_event().await.unwrap().seq, seq);
        }
    }
}

#[tokio::test]
async fn an_event_logged_on_one_server_is_delivered_by_the_other() {
    let Some((one, other)) = two(SLOW).await else { return };
    let mut stream = other.events_after(0).await;
    for n in 0..20 {
        let sid = format!("c{n}");
        let logged: Logged = one.log_event("initiated", &sid, T0, json!({})).await.ok();
        // Well before the periodic read: the first event may arrive while the other server has not
        // subscribed yet.
        let soon = if n == 0 { Duration::from_secs(15) } else { Duration::from_secs(3) };
        let event = tokio::time::timeout(soon, stream.next_event()).await.unwrap().unwrap();
        assert_eq!((event.log_id, event.seq), (logged.log_id, n + 1));
    }
}

#[tokio::test]
async fn what_no_notice_told_of_is_seen_all_the_same() {
    let Some((one, other)) = two(SLOW).await else { return };
    one.log_event("initiated", "c0", T0, json!({})).await.ok::<Logged>();
    let mut stream = other.events_after(0).await;
    assert_eq!(stream.next_event().await.unwrap().seq, 1);
    // Every connection is cut, and the listener's own has to be opened again first.
    one.run_sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND query LIKE 'LISTEN%'",
    )
    .await;
    one.log_event("initiated", "c1", T0, json!({})).await.ok::<Logged>();
    assert_eq!(stream.next_event().await.unwrap().seq, 2);
    one.log_event("initiated", "c2", T0, json!({})).await.ok::<Logged>();
    assert_eq!(stream.next_event().await.unwrap().seq, 3);
}

#[tokio::test]
async fn a_call_is_played_once_whoever_plays_it() {
    let times = SimulatorSettings { ring_after: 300, answer_after: 300, talk_for: 600, ..TALKS };
    let Some((one, other)) = two(times).await else { return };
    let mut stream = one.events_after(0).await;
    let to = json!({"to": "+919876543210"});
    let started: Vec<CallStarted> = futures_util::future::join_all(
        (0..10).map(|_| async { one.post_json("/api/ribbon/calls", to.clone()).await.read() }),
    )
    .await;
    // A third server resumes all calls in progress, as after a restart, and the second one runs
    // those that it is involved in.
    let third = one.start_another(times).await;
    for call in &started[..5] {
        // Too early for some of them, which does not matter here.
        other.control_call(&call.session_id, "dtmf", json!({"digit": "1"})).await;
    }
    let mut events = Vec::new();
    while events.iter().filter(|name| *name == "callEnded").count() < 10 {
        events.push(stream.next_event().await.unwrap().event);
    }
    for name in ["initiated", "ringing", "connected", "callEnded"] {
        assert_eq!(events.iter().filter(|event| *event == name).count(), 10, "{name}");
    }
    for call in &started {
        assert_eq!(third.show_call(&call.session_id).await.status, Status::Completed);
    }
}

#[tokio::test]
async fn a_call_is_controlled_from_whichever_server_and_goes_on() {
    // If it slept until the ring time-out, the first server's side of the call would hang up late.
    let times = SimulatorSettings { talk_for: 1, ..SLOW };
    let Some((one, other)) = two(times).await else { return };
    let mut stream = one.events_after(0).await;
    let ring = one.post_json("/api/ribbon/simulator/incoming", json!({"from": "12345"})).await;
    let id = ring.read::<CallStarted>().session_id;
    other.control_call(&id, "answer", json!({})).await.ok::<CallObject>();
    assert_eq!(stream.names_until("callEnded").await, ["incoming", "connected", "callEnded"]);
}
