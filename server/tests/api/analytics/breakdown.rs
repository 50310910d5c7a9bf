//! Tests figures by any field against a simple recount of the calls that this test has sent.

use crate::analytics::totals::Seeded;
use crate::support::breakdown::{
    KnownCall, assert_figures, field_value, format_time, generate_calls, get_breakdown, log_events,
};
use crate::support::{SLOW, Server};
use call_ribbon_shared::wire::AgentFigures;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// 2025-03-01T00:00:00Z
const BEGIN: i64 = 1_740_787_200_000;
const DAY: i64 = 24 * 60 * 60 * 1000;

fn local(at: i64, zone: Tz) -> DateTime<Tz> {
    DateTime::<Utc>::from_timestamp_millis(at).unwrap().with_timezone(&zone)
}

/// A range as requested, and its first and last moment: whole days of the zone, or moments.
fn range(round: usize, zone: Tz, random: &mut Seeded) -> (String, i64, i64) {
    let mut some = |days: i64| i64::try_from(random.next(usize::try_from(days * DAY).unwrap()));
    let (from, until) = if round < 4 {
        (BEGIN - DAY, BEGIN + 30 * DAY)
    } else {
        let from = BEGIN + some(20).unwrap();
        (from, from + 1 + some(9).unwrap())
    };
    if round % 8 < 4 {
        let query = format!("startDate={}&endDate={}", format_time(from), format_time(until - 1));
        return (format!("{query}&timezone={zone}"), from, until);
    }
    let start = |date: NaiveDate| {
        let midnight = date.and_time(NaiveTime::MIN).and_local_timezone(zone);
        midnight.earliest().unwrap().timestamp_millis()
    };
    let (first, last) = (local(from, zone).date_naive(), local(until, zone).date_naive());
    let query = format!("startDate={first}&endDate={last}&timezone={zone}");
    (query, start(first), start(last.succ_opt().unwrap()))
}

fn that<'k>(calls: &[&'k KnownCall], of: impl Fn(&KnownCall) -> bool) -> Vec<&'k KnownCall> {
    calls.iter().filter(|call| of(call)).copied().collect()
}

async fn assert_all(server: &Server, known: &[KnownCall], random: &mut Seeded) {
    let zones = [Tz::UTC, Tz::Asia__Kolkata, Tz::Asia__Kathmandu, Tz::America__New_York];
    for round in 0..12 {
        let zone = zones[round % 4];
        let (query, from, until) = range(round, zone, random);
        let known: Vec<&KnownCall> = known.iter().collect();
        let within = that(&known, |call| (from..until).contains(&call.at));
        let overview: Value = server.get(&format!("/api/ribbon/analytics?{query}")).await.ok();
        assert_eq!(overview["summary"]["totalCalls"], json!(within.len()), "{query}");
        for direction in ["", "inbound", "outbound"] {
            let query = format!("{query}&callDirection={direction}");
            let within = that(&within, |call| {
                direction.is_empty() || call.inbound == (direction == "inbound")
            });
            for field in [
                "agentId",
                "callDirection",
                "status",
                "callType",
                "context.loan.type",
                "metadata.vip",
                "metadata.tags",
            ] {
                assert_values(server, field, &query, &within).await;
            }
            for (field, edges) in [
                ("context.daysOverdue", "-30,0,30,60,90"),
                ("context.amount", "0,1000,2500,22500"),
                ("context.amount", ""),
            ] {
                assert_numbers(server, field, &query, &within, edges).await;
            }
        }
        assert_agents(server, &query, &within, zone).await;
    }
}

async fn assert_values(server: &Server, field: &str, query: &str, calls: &[&KnownCall]) {
    let found = get_breakdown(server, &format!("by={field}&{query}&limit=50")).await;
    let what = format!("{field} {query}");
    assert_figures(found.summary, calls, &what);
    let mut by_value: BTreeMap<String, Vec<&KnownCall>> = BTreeMap::new();
    for call in calls {
        if let Some(value) = field_value(call, field) {
            by_value.entry(value.to_string()).or_default().push(call);
        }
    }
    assert_eq!(found.rows.len(), by_value.len(), "{what}");
    assert!(found.rows.is_sorted_by(|a, b| a.figures.calls >= b.figures.calls), "{what}");
    for row in &found.rows {
        let value = row.value.as_ref().unwrap().to_string();
        assert_figures(row.figures, &by_value[&value], &format!("{what} {value}"));
        let label = row.label.as_deref();
        match (field, value.as_str()) {
            ("agentId", "\"agent1\"") => assert_eq!(label, Some("Agent One"), "{what}"),
            ("agentId", "\"agent9\"") => assert_eq!(label, Some("Name of agent9"), "{what}"),
            _ => {}
        }
    }
    let missing = that(calls, |call| field_value(call, field).is_none());
    assert_figures(found.missing.unwrap_or_default(), &missing, &format!("{what}, missing"));
    assert!(found.other.is_none() && !found.truncated, "{what}");
}

async fn assert_numbers(
    server: &Server,
    field: &str,
    query: &str,
    calls: &[&KnownCall],
    edges: &str,
) {
    let found = get_breakdown(server, &format!("by={field}&{query}&edges={edges}")).await;
    let what = format!("{field} {query} {edges}");
    let of = |call: &KnownCall| field_value(call, field).and_then(|value| value.as_f64());
    let mut seen = 0;
    for row in &found.rows {
        let from = row.from.unwrap_or(f64::NEG_INFINITY);
        let to = row.to.unwrap_or(f64::INFINITY);
        let one = row.value.as_ref().and_then(Value::as_f64);
        let (from, to) = one.map_or((from, to), |one| (one, one.next_up()));
        let within = that(calls, |call| of(call).is_some_and(|n| (from..to).contains(&n)));
        assert_figures(row.figures, &within, &format!("{what} {from} {to}"));
        seen += within.len();
    }
    let missing = that(calls, |call| of(call).is_none());
    assert_eq!(seen + missing.len(), calls.len(), "{what}");
    assert_figures(found.missing.unwrap_or_default(), &missing, &format!("{what}, missing"));
    assert!(found.interpolated.is_empty() && found.other.is_none(), "{what}");
}

async fn assert_agents(server: &Server, query: &str, calls: &[&KnownCall], zone: Tz) {
    let path = format!("/api/ribbon/analytics/agents?{query}");
    let found: AgentFigures = server.get(&path).await.ok();
    assert_figures(found.summary, calls, query);
    let mut seen = 0;
    for agent in &found.agents {
        let of = that(calls, |call| call.agent.as_deref() == Some(&agent.agent_id));
        assert_figures(agent.figures, &of, query);
        for day in &agent.days {
            let date = |call: &KnownCall| local(call.at, zone).date_naive().to_string();
            let on_day = that(&of, |call| date(call) == day.date);
            assert_figures(day.figures, &on_day, &format!("{query} {}", day.date));
            seen += on_day.len();
        }
    }
    let nobodys = that(calls, |call| call.agent.is_none());
    assert_eq!(seen + nobodys.len(), calls.len(), "{query}");
    assert_figures(found.missing.unwrap_or_default(), &nobodys, query);

    // The short form has the same numbers of calls.
    let short: AgentFigures = server.get(&format!("{path}&days=counts")).await.ok();
    assert_eq!(short.agents.len(), found.agents.len());
    let from = short.daily_calls_from.map(|day| day.parse::<NaiveDate>().unwrap());
    for (short, full) in short.agents.iter().zip(&found.agents) {
        assert_eq!((&short.agent_id, short.figures), (&full.agent_id, full.figures));
        assert!(short.days.is_empty());
        let counts = short.daily_calls.as_deref().unwrap_or_default();
        let days: Vec<(String, i64)> = (from.into_iter().flat_map(|day| day.iter_days()))
            .zip(counts)
            .filter(|(_, calls)| **calls > 0)
            .map(|(day, calls)| (day.to_string(), *calls))
            .collect();
        let expected: Vec<_> =
            full.days.iter().map(|day| (day.date.clone(), day.figures.calls)).collect();
        assert_eq!(days, expected, "{query}");
    }
}

#[tokio::test]
async fn late_doubled_and_shuffled_events_count_as_the_calls_do() {
    let mut random = Seeded(3);
    let (known, orderly) = generate_calls(&mut random, 300);
    let mut wild: Vec<Value> = Vec::new();
    for event in &orderly {
        wild.extend((0..=random.next(2)).map(|_| event.clone()));
    }
    for n in (1..wild.len()).rev() {
        wild.swap(n, random.next(n + 1));
    }
    let (one, other) = (Server::start().await, Server::start().await);
    log_events(&one, orderly, 1).await;
    // Days that are merged halfway include later events as well.
    let late = wild.split_off(wild.len() / 2);
    log_events(&other, wild, 8).await;
    other.app.merge_days().await;
    log_events(&other, late, 8).await;
    assert_all(&other, &known, &mut random).await;
    one.app.merge_days().await;
    assert!(one.read_days().await == other.read_days().await, "the days differ");
    assert!(one.read_days().await.len() > 100, "no days were put together");
    assert!(one.read_totals().await == other.read_totals().await, "the totals differ");
    for by in ["context.daysOverdue", "context.amount", "context.loan.type", "agentId", "status"] {
        let path = format!("/api/ribbon/analytics/breakdown?by={by}&limit=3");
        assert_eq!(one.get(&path).await.text, other.get(&path).await.text);
    }
    for path in ["/api/ribbon/analytics/fields", "/api/ribbon/analytics/agents"] {
        assert_eq!(one.get(path).await.text, other.get(path).await.text);
    }
    let right = (other.read_totals().await, other.read_days().await);
    let said = other.rebuild_analytics().await;
    assert!(said.ends_with("nothing differed.\n"), "{said}");
    // Damaged sums are corrected, once.
    other
        .run_sql(
            "UPDATE field_totals SET sums = REPLACE(sums, 'thome', 'tghost') WHERE field <> '';
             UPDATE field_totals SET sums = 'nonsense' WHERE field = 'status' AND bucket =
                (SELECT MIN(bucket) FROM field_totals);
             DELETE FROM field_totals WHERE field = 'metadata.vip';
             INSERT INTO field_totals VALUES ('client-demo', 'ghost', 900000, 'tx	1 0 0 0|');
             UPDATE field_values SET calls = calls + 3 WHERE field = 'agentId';
             DELETE FROM field_values WHERE field = '';
             UPDATE field_days SET sums = REPLACE(sums, 'agent9', 'agent8') WHERE field = 'agentId';
             DELETE FROM field_days WHERE field = '*';
             INSERT INTO field_values VALUES ('client-demo', 'context.x', 'ty', 4)",
        )
        .await;
    assert!((other.read_totals().await, other.read_days().await) != right, "nothing was damaged");
    let said = other.rebuild_analytics().await;
    assert!(said.ends_with("were corrected.\n"), "{said}");
    assert!((other.read_totals().await, other.read_days().await) == right, "something stays wrong");
    let said = other.rebuild_analytics().await;
    assert!(said.ends_with("nothing differed.\n"), "{said}");
}

#[tokio::test]
async fn sums_of_fields_that_are_lost_are_counted_from_the_calls() {
    let mut random = Seeded(5);
    let (known, events) = generate_calls(&mut random, 100);
    let server = Server::start().await;
    log_events(&server, events, 8).await;
    let right = server.read_totals().await;
    server
        .run_sql(
            "DELETE FROM field_totals; DELETE FROM field_values; DELETE FROM field_days;
             DELETE FROM field_days_until",
        )
        .await;
    assert!(server.rebuild_analytics().await.ends_with("differed and were corrected.\n"));
    let server = server.stop().await.start(SLOW).await;
    assert!(server.read_totals().await == right, "the totals differ");
    assert_all(&server, &known, &mut random).await;
    // The same from merged days, for a client whose days begin at another time.
    server
        .run_sql(
            "UPDATE clients SET time_zone = 'Asia/Kolkata'; DELETE FROM field_days;
             DELETE FROM field_days_until",
        )
        .await;
    let server = server.stop().await.start(SLOW).await;
    server.app.merge_days().await;
    assert_all(&server, &known, &mut random).await;
    assert!(server.rebuild_analytics().await.ends_with("nothing differed.\n"));
}
