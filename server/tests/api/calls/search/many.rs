//! Tests a search among more calls than one request examines.

use super::{PATH, names, pages};
use crate::support::Server;
use call_ribbon_shared::wire::CallHistory;
use serde_json::{Value, json};

/// More than twice as many as a request examines.
const CALLS: i64 = 45_000;

/// Inserts calls without the server: one per minute from 2025-01-01 on. Every thousandth was busy,
/// with Asha Rao, of a certain type, and long.
async fn write(server: &Server) {
    server
        .run_sql(&format!(
            "INSERT INTO calls (client_id, call_sid, session_id, call_seq, direction, phone, status,
                started_at, ended_at, duration, customer_id, customer_name, customer, agent_id,
                last_seq, last_event, last_event_at, last_activity_at, state)
             WITH RECURSIVE counted (n) AS
                (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < {CALLS})
             SELECT 'client-demo', 'c' || (100000 + n), 's' || (100000 + n), 1000000 + n,
                'outbound', '+9198' || (10000000 + n),
                CASE WHEN n % 1000 = 0 THEN 'busy' ELSE 'completed' END,
                1735689600000 + n * CAST(60000 AS BIGINT), 1735689600000, n % 50,
                'C' || (n % 7), CASE WHEN n % 1000 = 0 THEN 'Asha Rao' ELSE 'Ravi' END,
                CASE WHEN n % 1000 = 0 THEN '{{\"context\":{{\"due\":7}}}}'
                    ELSE '{{\"context\":{{\"due\":8}}}}' END,
                'a' || (n % 2), 0, 'callEnded', 0, 0, '{{}}' FROM counted"
        ))
        .await;
    // For the changes of a zone's clocks, the sums give the range that has calls.
    for bucket in [1_735_689_600_000_i64, 1_735_689_600_000 + CALLS * 60_000 / 900_000 * 900_000] {
        server
            .run_sql(&format!(
                "INSERT INTO totals (client_id, bucket, calls, inbound, outbound, missed,
                    connected, duration, to_30s, to_1m, to_3m, to_5m, over_5m)
                 VALUES ('client-demo', {bucket}, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0)"
            ))
            .await;
    }
}

fn sid(n: i64) -> String {
    format!("c{}", 100_000 + n)
}

#[tokio::test]
async fn a_search_goes_on_until_all_is_looked_at() {
    let server = Server::start().await;
    write(&server).await;
    let rare: Vec<String> = (0..CALLS / 1000).rev().map(|n| sid(n * 1000)).collect();
    let few = ["status=busy", "search=rao", "field=context.due&value=7"];
    for query in few {
        let found = pages(&server, &format!("{PATH}&{query}"), 30).await;
        assert_eq!(names(&found), rare, "{query}");
        let mut found = pages(&server, &format!("{PATH}&{query}&sort=oldest"), 500).await;
        found.reverse();
        assert_eq!(names(&found), rare, "{query}, oldest");
    }
    for query in ["agentId=a0&status=busy", "customerId=C0&search=asha"] {
        let seventh: Vec<String> = (0..CALLS)
            .rev()
            .filter(|n| n % 1000 == 0 && (query.starts_with('a') || n % 7 == 0))
            .map(sid)
            .collect();
        assert_eq!(names(&pages(&server, &format!("{PATH}&{query}"), 500).await), seventh);
    }
    // A page is short, and its cursor continues from there.
    let page: CallHistory = server.get(&format!("{PATH}&status=failed")).await.ok();
    assert!(page.calls.is_empty() && page.next_cursor.is_some());
    let to = page.searched_to.unwrap();
    assert!(to.as_str() > "2025-01-01" && to.as_str() < "2025-01-31", "{to}");
    assert!(pages(&server, &format!("{PATH}&status=failed"), 20).await.is_empty());
    // A file has them nevertheless.
    for query in few {
        let file: Value = server.get(&format!("/api/ribbon/export/calls?{query}")).await.ok();
        assert_eq!(names(file["calls"].as_array().unwrap()), rare, "{query}");
        let csv = server.get(&format!("/api/ribbon/export/calls?{query}&format=csv")).await;
        assert_eq!(csv.text.lines().count(), rare.len() + 1);
    }
    let all = server.get("/api/ribbon/export/calls?format=csv&status=completed").await;
    assert_eq!(all.text.lines().count(), 45_000 - 45 + 1);
}

#[tokio::test]
async fn the_longest_of_many_and_of_few_come_in_one_order() {
    let server = Server::start().await;
    write(&server).await;
    let length = |n: i64| (n % 50, n);
    let sorted = |wanted: &dyn Fn(i64) -> bool| {
        let mut calls: Vec<i64> = (0..CALLS).filter(|n| wanted(*n)).collect();
        calls.sort_by_key(|n| length(*n));
        calls.into_iter().map(sid).collect::<Vec<_>>()
    };
    // The 45,000 minutes from 2025-01-01 on end in the first days of February.
    for (query, right) in [
        ("minDuration=49", sorted(&|n| n % 50 == 49)),
        ("startDate=2025-01-01&endDate=2025-01-01", sorted(&|n| n < 1_440)),
        ("status=busy", sorted(&|n| n % 1000 == 0)),
        ("startDate=2025-01-02&agentId=a1&maxDuration=1", sorted(&|n| n >= 1_440 && n % 50 == 1)),
        ("search=rao", sorted(&|n| n % 1000 == 0)),
        (
            "startDate=2025-01-03&endDate=2025-01-03&hour=5",
            sorted(&|n| (3_180..3_240).contains(&n)),
        ),
        (
            "startDate=2025-01-03&endDate=2025-01-04&field=context.due&value=7",
            sorted(&|n| (2_880..5_760).contains(&n) && n % 1000 == 0),
        ),
        ("field=context.due&value=7", sorted(&|n| n % 1000 == 0)),
        ("hour=5&weekday=3", sorted(&|n| n % 10_080 >= 300 && n % 10_080 < 360)),
    ] {
        let shortest = pages(&server, &format!("{PATH}&{query}&sort=shortest"), 500).await;
        assert_eq!(names(&shortest), right, "{query}");
        let mut longest = pages(&server, &format!("{PATH}&{query}&sort=longest"), 101).await;
        longest.reverse();
        assert_eq!(names(&longest), right, "{query}");
    }
    let hours = pages(&server, &format!("{PATH}&hour=5&weekday=3&sort=oldest"), 500).await;
    let right: Vec<String> =
        (0..CALLS).filter(|n| (300..360).contains(&(n % 10_080))).map(sid).collect();
    assert_eq!(names(&hours), right);
}

#[tokio::test]
async fn what_comes_in_meanwhile_moves_nothing() {
    let server = Server::start().await;
    for n in 0..9 {
        let at = format!("2025-10-12T10:3{}:00Z", n / 3);
        server.log_ended_call(&format!("old{n}"), &at, 5, json!({})).await;
    }
    for (sort, right) in [
        ("newest", ["old8", "old7", "old6", "old5", "old4", "old3", "old2", "old1", "old0"]),
        ("longest", ["old8", "old7", "old6", "old5", "old4", "old3", "old2", "old1", "old0"]),
    ] {
        let (mut found, mut cursor, mut new) = (Vec::new(), String::new(), 0);
        loop {
            let path = format!("{PATH}&sort={sort}&limit=2&search=old&cursor={cursor}");
            let page: CallHistory = server.get(&path).await.ok();
            found.extend(page.calls.into_iter().map(|call| call.call_sid));
            let Some(next) = page.next_cursor else { break };
            cursor = next;
            // It is the newest, and the longest.
            new += 1;
            let sid = format!("bold{sort}{new}");
            server.log_ended_call(&sid, "2025-10-12T11:00:00Z", 60 + new, json!({})).await;
        }
        found.retain(|sid| sid.starts_with("old"));
        assert_eq!(found, right, "{sort}");
    }
}
