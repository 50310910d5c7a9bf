//! Tests that a supervisor's lists are as whole as a viewer's, and limited in the same ways, and
//! figures and lists of one team.

use super::{CLIENT, Floor, OTHERS, floor};
use crate::support::{ADMIN_TOKEN, Answer};
use call_ribbon_shared::wire::{
    AgentFigures, Breakdown, CallBacks, CallHistory, FollowUps, Outcomes, Pivot, Today, Trends,
};
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

impl Floor {
    /// Reads a path with the client's key, for the supervisor's team.
    async fn of_team<T: serde::de::DeserializeOwned>(&self, rest: &str) -> T {
        let mark = if rest.contains('?') { '&' } else { '?' };
        self.server.get(&format!("/api/ribbon/{rest}{mark}teamId={}", self.team_id)).await.ok()
    }
}

#[tokio::test]
async fn figures_and_lists_are_those_of_the_team() {
    let floor = floor().await;
    let names = |calls: &CallHistory| -> Vec<String> {
        calls.calls.iter().map(|call| call.call_sid.clone()).collect()
    };
    let all: CallHistory = floor.server.get("/api/ribbon/calls?list=all").await.ok();
    assert_eq!(all.calls.len(), 7);
    let own = ["ant-active", "ant-missed", "ant-done"];
    assert_eq!(names(&floor.of_team("calls?list=all").await), own);
    let agents: AgentFigures = floor.of_team("analytics/agents").await;
    assert_eq!(agents.agents.len(), 1);
    assert_eq!(agents.summary.calls, 3);
    let outcomes: Outcomes = floor.of_team("analytics/outcomes?by=agentId").await;
    assert_eq!((outcomes.groups.len(), outcomes.summary.figures.calls), (1, 3));
    let pivot: Pivot = floor.of_team("analytics/pivot?by=agentId&across=status").await;
    assert_eq!(pivot.summary.calls, 3);
    let breakdown: Breakdown = floor.of_team("analytics/breakdown?by=status").await;
    assert_eq!(breakdown.summary.calls, 3);
    let days = "startDate=2025-10-12&endDate=2025-10-12";
    let trends: Trends = floor.of_team(&format!("analytics/trends?{days}")).await;
    let of_hours: i64 = trends.hours.iter().map(|hour| hour.calls).sum();
    assert_eq!((trends.current.summary.calls, trends.current.days[0].figures.calls), (3, 3));
    assert_eq!((of_hours, trends.current.summary.missed), (3, 1));
    let inbound: Trends =
        floor.of_team(&format!("analytics/trends?{days}&callDirection=inbound")).await;
    assert_eq!(inbound.current.summary.calls, 1);
    let today: Today = floor.of_team("analytics/today").await;
    let of_half_hours: i64 = today.half_hours.iter().map(|half| half.calls).sum();
    assert_eq!((of_half_hours, today.agents.len()), (3, 1));
    let answering: Value = floor.of_team("analytics/answering").await;
    assert_eq!(answering["calls"], 1);
    let due: FollowUps = floor.of_team("follow-ups").await;
    assert_eq!(due.follow_ups.len(), 1);
    let missed: CallBacks = floor.of_team("call-backs").await;
    assert_eq!((missed.callers.len(), missed.figures.callers), (1, 1));
    let path = format!("/api/ribbon/export/calls?format=table&teamId={}", floor.team_id);
    let file = floor.server.get(&path).await;
    assert!(file.status == 200 && file.text.contains("ant-done"), "{}", file.text);
    assert!(!file.text.contains(OTHERS), "{}", file.text);
}

#[tokio::test]
async fn a_team_that_is_not_ones_own_is_refused() {
    let floor = floor().await;
    let teams: Value = floor
        .server
        .request_as_staff(Method::GET, &format!("{CLIENT}/teams"), ADMIN_TOKEN, Value::Null)
        .await
        .ok();
    let teams = teams["teams"].as_array().unwrap();
    let other = teams.iter().find(|team| team["teamId"] != floor.team_id.as_str()).unwrap();
    let other = other["teamId"].as_str().unwrap();
    for rest in [
        "calls?list=all",
        "follow-ups?limit=5",
        "call-backs?limit=5",
        "analytics/agents?callDirection=",
    ] {
        let refused = |answer: Answer| assert_eq!(answer.wrong_field(), "teamId", "{rest}");
        refused(floor.ask(&format!("{CLIENT}/ribbon/{rest}&teamId={other}")).await);
        refused(floor.server.get(&format!("/api/ribbon/{rest}&teamId=none")).await);
        let own = format!("{CLIENT}/ribbon/{rest}&teamId={}", floor.team_id);
        assert_eq!(floor.ask(&own).await.status, 200, "{rest}");
    }
    // A session may read one customer's calls, and those by nothing else.
    let path = format!("/api/ribbon/calls?customerId=x&teamId={}", floor.team_id);
    assert_eq!(floor.server.get(&path).await.wrong_field(), "teamId");
}
