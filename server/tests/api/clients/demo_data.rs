//! Tests that demo data is what the server itself would have stored for these calls.

use crate::support::{Answer, Server};
use call_ribbon_shared::wire::{Analytics, CallLogs};
use reqwest::Method;
use serde::de::DeserializeOwned;
use std::process::Command;

const ARGUMENTS: [&str; 7] =
    ["demo-data", "--calls", "1500", "--days", "60", "--until", "2025-11-30"];

async fn demo_data(server: &Server) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_call-ribbon"));
    command.args(ARGUMENTS).args(["--database", &server.database.url()]);
    let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let errors = String::from_utf8(done.stderr).unwrap();
    assert!(done.status.success() && !errors.contains("crk_"), "{errors}");
    String::from_utf8(done.stdout).unwrap()
}

async fn get<T: DeserializeOwned>(server: &Server, key: &str, path: &str) -> T {
    let request = server.request(Method::GET, path);
    Answer::from_request(request.header("X-API-Key", key)).await.ok()
}

async fn count(server: &Server, sql: &'static str) -> i64 {
    server.database.read_texts(sql).await[0].parse().unwrap()
}

#[tokio::test]
async fn made_up_calls_are_kept_as_any_others_and_once() {
    let server = Server::start().await;
    let said = demo_data(&server).await;
    let keys: Vec<&str> = said
        .lines()
        .filter_map(|line| line.split_once("only once: "))
        .map(|(_, key)| key)
        .collect();
    assert_eq!(keys.len(), 3, "{said}");
    let rows = server.all_totals().await;
    assert!(server.rebuild_analytics().await.ends_with("clients: 4; nothing differed.\n"));

    let mut calls = 0;
    for key in &keys {
        let all: Analytics = get(&server, key, "/api/ribbon/analytics?limit=1").await;
        calls += all.summary.total_calls;
        let days = all.calls_by_date;
        assert!(days.first_key_value().unwrap().0.as_str() >= "2025-10-02", "{days:?}");
        assert!(days.last_key_value().unwrap().0.as_str() <= "2025-11-30", "{days:?}");
        assert!(all.summary.total_duration > 0 && all.summary.missed_calls > 0);
        let logs: CallLogs = get(&server, key, "/api/ribbon/call-logs?event=all").await;
        assert!(logs.pagination.total > all.summary.total_calls * 2);
    }
    assert_eq!(calls, 1500);
    for (what, sql) in [
        ("calls", "SELECT CAST(COUNT(*) AS TEXT) FROM calls"),
        ("month's calls", "SELECT CAST(SUM(calls) AS TEXT) FROM usage"),
        ("sums", "SELECT CAST(SUM(calls) AS TEXT) FROM totals"),
    ] {
        assert_eq!(count(&server, sql).await, 1500, "{what}");
    }
    // Feeds have no gap, and every customer of a call exists.
    for sql in [
        "SELECT CAST(COUNT(*) AS TEXT) FROM feed_heads h WHERE h.seq <>
            (SELECT COUNT(*) FROM events e WHERE e.client_id = h.client_id)",
        "SELECT CAST(COUNT(*) AS TEXT) FROM calls c WHERE customer_id IS NOT NULL AND NOT EXISTS
            (SELECT 1 FROM customers k WHERE k.client_id = c.client_id
             AND k.customer_id = c.customer_id)",
        "SELECT CAST(COUNT(*) AS TEXT) FROM calls WHERE status = 'active'",
    ] {
        assert_eq!(count(&server, sql).await, 0, "{sql}");
    }
    // The numbers cannot belong to anyone: a 0 follows the country code.
    let numbers = server.database.read_texts("SELECT phone FROM calls").await;
    let nobodys = ["+910", "+10", "+490"];
    assert!(numbers.iter().all(|number| nobodys.iter().any(|start| number.starts_with(start))));

    let said = demo_data(&server).await;
    assert!(!said.contains("crk_") && said.contains("existed already"), "{said}");
    assert_eq!(count(&server, "SELECT CAST(COUNT(*) AS TEXT) FROM calls").await, 1500);
    assert_eq!(server.all_totals().await, rows);
}

#[tokio::test]
async fn work_that_was_stopped_goes_on_to_the_same_calls() {
    let (whole, stopped) = (Server::start().await, Server::start().await);
    demo_data(&whole).await;
    demo_data(&stopped).await;
    // As if it had been stopped after the second business's first calls.
    let gone = "client_id = 'demo-de'";
    for table in [
        "events",
        "calls",
        "customers",
        "call_notes",
        "usage",
        "totals",
        "customer_totals",
        "customer_weeks",
        "event_totals",
        "field_totals",
        "field_values",
        "field_days",
        "field_days_until",
        "feed_heads",
    ] {
        stopped.run_sql(&format!("DELETE FROM {table} WHERE {gone}")).await;
    }
    demo_data(&stopped).await;
    assert_eq!(whole.all_totals().await, stopped.all_totals().await);
    let events = "SELECT client_id || seq || log_id || call_seq || event || at || data || status
        FROM events ORDER BY client_id, seq";
    assert_eq!(whole.database.read_texts(events).await, stopped.database.read_texts(events).await);
}
