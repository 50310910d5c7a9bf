//! Tests hours and days of time zones.

use crate::support::Server;
use call_ribbon_shared::wire::{Analytics, CallLogs, DetailedAnalytics};
use serde_json::{Value, json};
use std::time::Duration;

async fn overview(server: &Server, query: &str) -> Analytics {
    server.get(&format!("/api/ribbon/analytics?{query}")).await.ok()
}

async fn detailed(server: &Server, query: &str) -> DetailedAnalytics {
    server.get(&format!("/api/ribbon/analytics/detailed?{query}")).await.ok()
}

#[tokio::test]
async fn hours_and_days_are_those_of_the_zone() {
    let server = Server::start().await;
    // Saturday evening in London, Sunday just after midnight in Kolkata and Kathmandu.
    server.log_ended_call("a", "2025-10-11T18:20:00Z", 5, json!({})).await;
    server.log_ended_call("b", "2025-10-11T18:31:00Z", 5, json!({})).await;
    let hours = async |query: &str| -> Vec<u32> {
        let counts = detailed(&server, query).await.calls_by_hour;
        counts.into_iter().flat_map(|(hour, n)| (0..n).map(move |_| hour)).collect()
    };
    let days = async |query: &str| -> Vec<(String, i64)> {
        overview(&server, query).await.calls_by_date.into_iter().collect()
    };
    let day = |day: &str, n: i64| (day.to_owned(), n);
    assert_eq!(hours("").await, [18, 18]);
    assert_eq!(hours("timezone=Asia/Kolkata").await, [0, 23]);
    assert_eq!(hours("timezone=Asia/Kathmandu").await, [0, 0]);
    assert_eq!(hours("timezone=Etc/GMT%2B5").await, [13, 13]);
    assert_eq!(days("").await, [day("2025-10-11", 2)]);
    let both = [day("2025-10-11", 1), day("2025-10-12", 1)];
    assert_eq!(days("timezone=Asia/Kolkata").await, both);
    assert_eq!(days("timezone=Asia/Kathmandu").await, [day("2025-10-12", 2)]);
    let weekdays = detailed(&server, "timezone=Asia/Kolkata").await.calls_by_day_of_week;
    assert_eq!((weekdays[&0], weekdays[&6]), (1, 1));
    // A date is a whole day of that zone, at both ends.
    let sunday = "startDate=2025-10-12&endDate=2025-10-12";
    assert_eq!(overview(&server, sunday).await.summary.total_calls, 0);
    let sunday = format!("{sunday}&timezone=Asia/Kolkata");
    assert_eq!(days(&sunday).await, [day("2025-10-12", 1)]);
    // Without a parameter the client's own zone applies.
    server.run_sql("UPDATE clients SET time_zone = 'Asia/Kathmandu'").await;
    assert_eq!(hours("").await, [0, 0]);
    assert_eq!(hours("timezone=UTC").await, [18, 18]);
}

#[tokio::test]
async fn the_log_has_the_days_of_the_zone() {
    let server = Server::start().await;
    server.log_ended_call("a", "2025-10-11T18:20:00Z", 5, json!({})).await;
    server.log_ended_call("b", "2025-10-11T18:31:00Z", 5, json!({})).await;
    let total = async |query: &str| -> i64 {
        let asked = format!("/api/ribbon/call-logs?startDate=2025-10-12&endDate=2025-10-12{query}");
        let logs: CallLogs = server.get(&asked).await.ok();
        logs.pagination.total
    };
    for (zone, calls) in
        [("", 0), ("&timezone=UTC", 0), ("&timezone=Asia/Kolkata", 1), ("&timezone=", 0)]
    {
        assert_eq!(total(zone).await, calls, "{zone}");
    }
    let wrong = server.get("/api/ribbon/call-logs?timezone=Mars/Olympus").await;
    assert_eq!(wrong.wrong_field(), "timezone");
}

#[tokio::test]
async fn clocks_that_change_lose_and_double_no_call() {
    let server = Server::start().await;
    // In New York, 1:30 occurs twice on 2025-11-02, and 2:30 never on 2025-03-09.
    for (n, start) in [
        "2025-11-02T03:59:59Z",
        "2025-11-02T04:00:00Z",
        "2025-11-02T05:30:00Z",
        "2025-11-02T06:30:00Z",
        "2025-11-03T04:59:59Z",
        "2025-11-03T05:00:00Z",
        "2025-03-09T06:59:00Z",
        "2025-03-09T07:01:00Z",
    ]
    .into_iter()
    .enumerate()
    {
        server.log_ended_call(&format!("c{n}"), start, 5, json!({})).await;
    }
    let zone = "timezone=America/New_York";
    let long = detailed(&server, &format!("startDate=2025-11-02&endDate=2025-11-02&{zone}")).await;
    assert_eq!(long.summary.total_calls, 4);
    let hours = [long.calls_by_hour[&0], long.calls_by_hour[&1], long.calls_by_hour[&23]];
    assert_eq!(hours, [1, 2, 1]);
    let short = detailed(&server, &format!("startDate=2025-03-09&endDate=2025-03-09&{zone}")).await;
    let hours = [short.calls_by_hour[&1], short.calls_by_hour[&2], short.calls_by_hour[&3]];
    assert_eq!(hours, [1, 0, 1]);
}

/// Such times are refused now; databases have them from before.
#[tokio::test]
async fn calls_of_impossible_years_do_not_slow_figures_down() {
    let server = Server::start().await;
    server.log_ended_call("a", "2025-10-11T18:20:00Z", 5, json!({})).await;
    server.log_ended_call("b", "2025-10-11T19:20:00Z", 7, json!({})).await;
    server.log_ended_call("c", "2025-10-11T20:20:00Z", 9, json!({})).await;
    for (call, from, to) in [
        ("a", 1_760_206_500_000_i64, -62_135_596_800_000_i64),
        ("c", 1_760_213_700_000, 253_402_299_900_000),
    ] {
        server
            .run_sql(&format!(
                "UPDATE totals SET bucket = {to} WHERE bucket = {from};
                 UPDATE calls SET started_at = {to} WHERE call_sid = '{call}'"
            ))
            .await;
    }
    let asked = async {
        for zone in ["UTC", "America/New_York", "Asia/Kolkata"] {
            for range in ["", "startDate=0001-01-01T00:00:00Z&endDate=9999-12-31T23:59:59Z&"] {
                let query = format!("{range}timezone={zone}");
                let days = overview(&server, &query).await;
                assert_eq!((days.summary.total_calls, days.calls_by_date.len()), (3, 3), "{query}");
                let hours = detailed(&server, &query).await.calls_by_hour;
                assert_eq!(hours.values().sum::<i64>(), 3, "{query}");
                for path in ["breakdown?by=status&", "fields?", "agents?"] {
                    let path = format!("/api/ribbon/analytics/{path}{query}");
                    assert_eq!(server.get(&path).await.status, 200, "{path}");
                }
            }
        }
    };
    // Not a measurement: reading each month of ten thousand years took minutes, and takes less than
    // a second now.
    tokio::time::timeout(Duration::from_mins(1), asked).await.expect("figures are slow");
}

/// A range of all years costs no more than the time in which there are calls.
#[tokio::test]
async fn all_years_may_be_asked_for_and_none_logged() {
    let server = Server::start().await;
    let log = async |sid: &str, at: &str| {
        server.log_event("callEnded", sid, at, json!({"agentId": "agent1"})).await
    };
    for at in ["0001-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"] {
        assert_eq!(log("c0", at).await.wrong_field(), "timestamp", "{at}");
    }
    for (sid, at) in [
        ("c1", "2000-01-01T00:00:00Z"),
        ("c2", "2024-01-01T10:00:00Z"),
        ("c3", "2025-10-12T10:00:00Z"),
    ] {
        assert_eq!(log(sid, at).await.status, 200, "{at}");
    }
    let years = "startDate=0001-01-01&endDate=9999-12-31&timezone=America/New_York";
    for path in [
        "analytics",
        "analytics/detailed",
        "analytics/agents",
        "call-logs",
        "calls",
        "export/calls",
        "analytics/breakdown?by=agentId",
    ] {
        let mark = if path.contains('?') { '&' } else { '?' };
        let answer = server.get(&format!("/api/ribbon/{path}{mark}{years}")).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        // No row for each day of ten thousand years.
        assert!(answer.text.len() < 5_000, "{path}: {}", answer.text.len());
    }
    let trends = server.get(&format!("/api/ribbon/analytics/trends?{years}")).await;
    assert_eq!(trends.wrong_field(), "startDate");
    // The days of an agent are those of the last year; the sums are of all time.
    let agents: Value = server.get(&format!("/api/ribbon/analytics/agents?{years}")).await.ok();
    assert_eq!(agents["daysFrom"], "2024-09-08");
    let agent = &agents["agents"][0];
    assert_eq!((&agent["calls"], &agents["summary"]["calls"]), (&json!(3), &json!(3)));
    let days: Vec<_> = agent["days"].as_array().unwrap().iter().map(|day| &day["date"]).collect();
    assert_eq!(days, [&json!("2025-10-12")]);
    let recent = "/api/ribbon/analytics/agents?startDate=2024-12-01";
    let recent: Value = server.get(recent).await.ok();
    assert_eq!(recent["daysFrom"], Value::Null);
}
