//! Tests every figure and every page against a simple recount of the calls, over unusual times and
//! zones.

use crate::support::Server;
use call_ribbon_shared::wire::{Analytics, CallLogs, DetailedAnalytics};
use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::BTreeMap;

const DAY: i64 = 24 * 60 * 60 * 1000;
/// 2025-03-01T00:00:00Z
const BEGIN: i64 = 1_740_787_200_000;

/// A random generator that gives the same numbers for the same seed (`SplitMix64`).
struct Seeded(u64);

impl Seeded {
    fn next(&mut self, below: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        i64::try_from((x ^ (x >> 31)) >> 33).unwrap() % below
    }
}

#[derive(Clone)]
struct Known {
    sid: String,
    at: i64,
    inbound: bool,
    seconds: i64,
    customer: Option<String>,
}

fn time(at: i64) -> String {
    DateTime::<Utc>::from_timestamp_millis(at).unwrap().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Generates calls over fifty days: a dozen customers call often, the others seldom.
fn calls(random: &mut Seeded) -> Vec<Known> {
    let mut calls: Vec<Known> = (0..3_000)
        .map(|n| {
            let quarter = BEGIN + random.next(50 * 96) * 900_000;
            let beside = [0, 1, 899_999, 450_000][usize::try_from(random.next(4)).unwrap()];
            let customer = match random.next(10) {
                0 => None,
                1..=5 => Some(format!("busy/{}", random.next(12))),
                _ => Some(format!("C{}", random.next(900))),
            };
            let seconds = [0, 0, 29, 30, 60, 179, 180, 299, 300, 2_000];
            let seconds = seconds[usize::try_from(random.next(10)).unwrap()];
            let inbound = random.next(3) == 0;
            Known { sid: format!("call-{n:05}"), at: quarter + beside, inbound, seconds, customer }
        })
        .collect();
    calls.sort_by_key(|call| (Reverse(call.at), Reverse(call.sid.clone())));
    calls
}

fn event(call: &Known) -> Value {
    let direction = if call.inbound { "inbound" } else { "outbound" };
    let mut data = json!({"callSid": call.sid, "callDirection": direction,
        "phoneNumber": "+910100000000", "duration": call.seconds});
    if let Some(customer) = &call.customer {
        data["customerData"] = json!({"customerId": customer, "name": customer});
    }
    json!({"event": "callEnded", "data": data, "timestamp": time(call.at)})
}

async fn server_with(calls: &[Known]) -> Server {
    let server = Server::start().await;
    for batch in calls.chunks(500) {
        let events: Vec<Value> = batch.iter().map(event).collect();
        let answer = server.post_json("/api/ribbon/log-calls", json!({"events": events})).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(!answer.text.contains("false"), "{}", answer.text);
    }
    server
}

fn sum(calls: &[&Known], of: impl Fn(&Known) -> bool) -> i64 {
    i64::try_from(calls.iter().filter(|call| of(call)).count()).unwrap()
}

fn assert_summary(summary: &Value, calls: &[&Known], what: &str) {
    let total = sum(calls, |_| true);
    let duration: i64 = calls.iter().map(|call| call.seconds).sum();
    assert_eq!(summary["totalCalls"], json!(total), "{what}");
    assert_eq!(summary["totalDuration"], json!(duration), "{what}");
    assert_eq!(summary["inboundCalls"], json!(sum(calls, |call| call.inbound)), "{what}");
    assert_eq!(summary["outboundCalls"], json!(sum(calls, |call| !call.inbound)), "{what}");
    let missed = sum(calls, |call| call.inbound && call.seconds == 0);
    assert_eq!(summary["missedCalls"], json!(missed), "{what}");
}

fn assert_detailed(found: &DetailedAnalytics, calls: &[&Known], zone: Tz, what: &str) {
    let local = |call: &Known| {
        DateTime::<Utc>::from_timestamp_millis(call.at).unwrap().with_timezone(&zone)
    };
    for (hour, count) in &found.calls_by_hour {
        assert_eq!(*count, sum(calls, |call| local(call).hour() == *hour), "{what}, hour {hour}");
    }
    for (day, count) in &found.calls_by_day_of_week {
        let on_day = |call: &Known| local(call).weekday().num_days_from_sunday() == *day;
        assert_eq!(*count, sum(calls, on_day), "{what}, day {day}");
    }
    let long = |from: i64, to: i64| sum(calls, |call| (from..to).contains(&call.seconds));
    let buckets = &found.duration_buckets;
    assert_eq!(
        [buckets.to_30s, buckets.to_1m, buckets.to_3m, buckets.to_5m, buckets.over_5m],
        [long(0, 30), long(30, 60), long(60, 180), long(180, 300), long(300, i64::MAX)],
        "{what}"
    );
    let mut customers: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for call in calls {
        if let Some(customer) = &call.customer {
            let sums = customers.entry(customer).or_default();
            *sums = (sums.0 + 1, sums.1 + call.seconds);
        }
    }
    let mut top: Vec<_> =
        customers.into_iter().map(|(id, (n, s))| (Reverse(n), Reverse(s), id)).collect();
    top.sort_unstable();
    top.truncate(10);
    let found_top: Vec<_> = found
        .top_customers
        .iter()
        .map(|top| (Reverse(top.call_count), Reverse(top.total_duration), top.customer_id.as_str()))
        .collect();
    assert_eq!(found_top, top, "{what}");
}

#[tokio::test]
async fn figures_are_those_of_a_plain_recount() {
    let mut random = Seeded(11);
    let calls = calls(&mut random);
    let server = server_with(&calls).await;
    let zones = [Tz::UTC, Tz::Asia__Kathmandu, Tz::America__New_York, Tz::Australia__Lord_Howe];
    for round in 0..24 {
        let zone = zones[round % zones.len()];
        let from = BEGIN - DAY + random.next(52 * DAY);
        let length = [52 * DAY, 20 * DAY, 3 * DAY, 1_800_000][round % 4];
        let (from, until) = match round {
            // The whole range, and ranges of whole days in the zone whose clocks change.
            0 => (BEGIN - DAY, BEGIN + 60 * DAY),
            _ => (from, from + 1 + random.next(length)),
        };
        let customer = (round % 3 == 1).then(|| format!("busy/{}", random.next(12)));
        // The end is a moment that is itself included.
        let mut query =
            format!("startDate={}&endDate={}&timezone={zone}", time(from), time(until - 1));
        let inside = |call: &&Known| (from..until).contains(&call.at);
        let wanted: Vec<&Known> = calls.iter().filter(inside).collect();
        let detailed = server.get(&format!("/api/ribbon/analytics/detailed?{query}")).await;
        assert_summary(&detailed.ok::<Value>()["summary"], &wanted, &query);
        assert_detailed(&detailed.ok(), &wanted, zone, &query);
        if let Some(customer) = &customer {
            query = format!("{query}&customerId={customer}");
        }
        let wanted: Vec<&Known> = wanted
            .into_iter()
            .filter(|call| customer.is_none() || call.customer == customer)
            .collect();
        let overview = server.get(&format!("/api/ribbon/analytics?{query}")).await;
        assert_summary(&overview.ok::<Value>()["summary"], &wanted, &query);
        let by_date = overview.ok::<Analytics>().calls_by_date;
        let mut dates: BTreeMap<String, i64> = by_date.keys().map(|day| (day.clone(), 0)).collect();
        for call in &wanted {
            let at = DateTime::<Utc>::from_timestamp_millis(call.at).unwrap().with_timezone(&zone);
            *dates.entry(at.date_naive().to_string()).or_default() += 1;
        }
        assert_eq!(by_date, dates, "{query}");
    }
    assert!(server.rebuild_analytics().await.ends_with("nothing differed.\n"));
}

#[tokio::test]
async fn pages_and_cursors_go_through_all_rows_once() {
    let mut random = Seeded(12);
    let calls = calls(&mut random);
    let server = server_with(&calls).await;
    for round in 0..10 {
        let from = BEGIN + random.next(10 * DAY);
        let until = if round < 4 { from + 40 * DAY } else { from + random.next(20 * DAY) + 1 };
        let direction = [None, Some("inbound"), Some("outbound")][round % 3];
        let customer = (round % 4 == 3).then(|| format!("busy/{}", random.next(12)));
        let event = ["", "&event=all", "&event=callEnded", "&event=nothing"][round % 4];
        let wanted: Vec<&str> = calls
            .iter()
            .filter(|call| (from..until).contains(&call.at) && !event.contains("nothing"))
            .filter(|call| direction.is_none_or(|word| call.inbound == (word == "inbound")))
            .filter(|call| customer.is_none() || call.customer == customer)
            .map(|call| call.sid.as_str())
            .collect();
        let mut query =
            format!("startDate={}&endDate={}&pageSize=370{event}", time(from), time(until - 1));
        query += &direction.map(|word| format!("&callDirection={word}")).unwrap_or_default();
        query += &customer.map(|id| format!("&customerId={id}")).unwrap_or_default();
        let logs = async |more: String| -> CallLogs {
            server.get(&format!("/api/ribbon/call-logs?{query}{more}")).await.ok()
        };
        let sids = |logs: &CallLogs| -> Vec<String> {
            let sid = |row: &Value| row["callSid"].as_str().unwrap().to_owned();
            logs.logs
                .iter()
                .map(|row| sid(&serde_json::from_str(row.data.get()).unwrap()))
                .collect()
        };
        let (mut by_page, mut by_cursor) = (Vec::new(), Vec::new());
        let pages = wanted.len().div_ceil(370);
        let mut cursor = String::new();
        for page in 1..=pages + 1 {
            let found = logs(format!("&page={page}")).await;
            assert_eq!(found.pagination.total, i64::try_from(wanted.len()).unwrap(), "{query}");
            assert_eq!(found.pagination.next_cursor.is_some(), page < pages, "{query} {page}");
            by_page.append(&mut sids(&found));
            if page == 1 || !cursor.is_empty() {
                let found = logs(format!("&cursor={cursor}")).await;
                by_cursor.append(&mut sids(&found));
                cursor = found.pagination.next_cursor.unwrap_or_default();
            }
        }
        // Events of one moment are in the order of their arrival, which is not that of the calls.
        if event.is_empty() {
            assert_eq!(by_page, wanted, "{query}");
        }
        assert_eq!(by_page, by_cursor, "{query}");
        by_page.sort_unstable();
        let mut all = wanted;
        all.sort_unstable();
        assert_eq!(by_page, all, "{query}");
    }
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let server = Server::start().await;
    for day in 10..13 {
        server
            .log_ended_call(&format!("c{day}"), &format!("2025-10-{day}T10:00:00Z"), 1, json!({}))
            .await;
    }
    let first: CallLogs = server.get("/api/ribbon/call-logs?pageSize=1").await.ok();
    let cursor = first.pagination.next_cursor.unwrap();
    let path = format!("/api/ribbon/call-logs?pageSize=1&cursor={cursor}");
    let second: CallLogs = server.get(&path).await.ok();
    assert_eq!(second.logs[0].initiated_at, "2025-10-11T10:00:00Z");
    assert_eq!(server.get(&format!("{path}&event=all")).await.wrong_field(), "cursor");
    assert_eq!(server.get("/api/ribbon/call-logs?cursor=next").await.wrong_field(), "cursor");
}

#[tokio::test]
async fn ids_of_equal_customers_stand_in_the_order_of_their_bytes() {
    let server = Server::start().await;
    for (n, id) in ["b", "a", "B", "_", "ä", "A1", "a1"].into_iter().enumerate() {
        let more = json!({"customerData": {"customerId": id, "name": id}});
        server.log_ended_call(&format!("c{n}"), "2025-10-12T10:00:00Z", 5, more).await;
    }
    let found: DetailedAnalytics = server.get("/api/ribbon/analytics/detailed").await.ok();
    let ids: Vec<_> = found.top_customers.into_iter().map(|top| top.customer_id).collect();
    assert_eq!(ids, ["A1", "B", "_", "a", "a1", "b", "ä"]);
}
