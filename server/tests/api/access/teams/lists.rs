//! Tests that a supervisor's lists are as whole as a viewer's, and limited in the same ways.

use super::{CLIENT, OTHERS, floor};
use crate::support::ADMIN_TOKEN;
use call_ribbon_shared::wire::CallHistory;
use reqwest::Method;
use serde_json::{Value, json};

/// More calls of another team than a request reads that filters in memory.
const CALLS: i64 = 6_000;

#[tokio::test]
async fn pages_of_a_supervisor_are_full_and_their_calls_are_counted() {
    let floor = floor().await;
    // All of them are newer, and longer, than those of the supervisor's team.
    floor
        .server
        .run_sql(&format!(
            "INSERT INTO calls (client_id, call_sid, session_id, call_seq, direction, status,
                started_at, ended_at, duration, customer, agent_id, last_seq, last_event,
                last_event_at, last_activity_at, state)
             WITH RECURSIVE counted (n) AS
                (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < {CALLS})
             SELECT 'client-demo', 'z' || (100000 + n), 's' || (100000 + n), 1000000 + n,
                'outbound', 'completed', 1760263200000 + n * CAST(1000 AS BIGINT), 1760263200000,
                4000, '{{}}', '{OTHERS}', 0, 'callEnded', 0, 0, '{{}}' FROM counted"
        ))
        .await;
    for (query, right) in [
        ("", vec!["ant-active", "ant-missed", "ant-done"]),
        ("&sort=oldest", vec!["ant-done", "ant-missed", "ant-active"]),
        ("&sort=longest", vec!["ant-done", "ant-missed"]),
        ("&sort=shortest", vec!["ant-missed", "ant-done"]),
        ("&agentId=ant&status=completed", vec!["ant-done"]),
        (
            "&startDate=2025-10-12&endDate=2025-10-12&hour=8&hourTo=9",
            vec!["ant-missed", "ant-done"],
        ),
        ("&search=ant-missed", vec!["ant-missed"]),
    ] {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("calls?list=all&limit=2&total=true{query}&cursor={cursor}");
            let page: CallHistory = floor.read(&path).await;
            assert_eq!(page.total, i64::try_from(right.len()).ok(), "{query}");
            found.extend(page.calls.into_iter().map(|call| call.call_sid));
            let Some(next) = page.next_cursor else { break };
            assert_eq!(found.len() % 2, 0, "{query}: {found:?}");
            cursor = next;
        }
        assert_eq!(found, right, "{query}");
    }
}

#[tokio::test]
async fn a_supervisor_may_not_export_if_viewers_may_not() {
    let floor = floor().await;
    let path = format!("{CLIENT}/ribbon/export/calls?format=csv");
    assert_eq!(floor.ask(&path).await.status, 200);
    let body = json!({"viewersMayExport": false});
    floor.server.request_as_staff(Method::PATCH, CLIENT, ADMIN_TOKEN, body).await.ok::<Value>();
    floor.ask(&path).await.problem(403, "scope_missing");
}
