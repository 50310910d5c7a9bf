//! Tests figures about calls, and what each of them means.

use crate::support::{Answer, OTHER_KEY, Server};
use call_ribbon_shared::wire::{Analytics, DetailedAnalytics};
use reqwest::Method;
use serde_json::{Value, json};

const OVERVIEW: &str = "/api/ribbon/analytics";
const DETAILED: &str = "/api/ribbon/analytics/detailed";

async fn overview(server: &Server, query: &str) -> Analytics {
    server.get(&format!("{OVERVIEW}?{query}")).await.ok()
}

async fn detailed(server: &Server, query: &str) -> DetailedAnalytics {
    server.get(&format!("{DETAILED}?{query}")).await.ok()
}

fn of(customer: &str) -> Value {
    json!({"customerData": {"customerId": customer, "name": format!("Name {customer}")}})
}

#[tokio::test]
async fn a_client_without_calls_has_zeros() {
    let server = Server::start().await;
    let answer: Value = server.get(OVERVIEW).await.ok();
    let summary = json!({"totalCalls": 0, "totalDuration": 0, "avgDuration": 0, "inboundCalls": 0,
        "outboundCalls": 0, "missedCalls": 0});
    let usage = json!({"callsThisMonth": 0, "limit": 100, "remaining": 100});
    assert_eq!(
        answer,
        json!({"summary": summary, "callsByDate": {}, "recentCalls": [], "usage": usage})
    );
    let answer: Value = server.get(DETAILED).await.ok();
    assert_eq!(answer["summary"], summary);
    for (name, count) in [("callsByHour", 24), ("callsByDayOfWeek", 7), ("durationBuckets", 5)] {
        let counts = answer[name].as_object().unwrap();
        assert_eq!(counts.len(), count, "{name}");
        assert!(counts.values().all(|n| *n == json!(0)), "{name}");
    }
    assert_eq!((&answer["topCustomers"], &answer["recentActivity"]), (&json!([]), &json!([])));
    let empty = overview(&server, "startDate=2025-10-11&endDate=2025-10-12").await;
    let days: Vec<_> = empty.calls_by_date.into_iter().collect();
    assert_eq!(days, [("2025-10-11".to_owned(), 0), ("2025-10-12".to_owned(), 0)]);
}

#[tokio::test]
async fn durations_fall_into_buckets_with_their_lower_edge() {
    let server = Server::start().await;
    let mut n = 0;
    // A different number of calls on each edge, so that no two errors cancel out.
    for (seconds, calls) in
        [(0, 1), (29, 1), (30, 2), (59, 1), (60, 3), (179, 1), (180, 4), (299, 1), (300, 5)]
    {
        for _ in 0..calls {
            n += 1;
            server
                .log_ended_call(&format!("c{n}"), "2025-10-12T10:30:00Z", seconds, json!({}))
                .await;
        }
    }
    let answer: Value = server.get(DETAILED).await.ok();
    assert_eq!(
        answer["durationBuckets"],
        json!({"0-30s": 2, "30s-1m": 3, "1m-3m": 4, "3m-5m": 5, "5m+": 5})
    );
    assert_eq!(answer["summary"]["totalDuration"], json!(3026));
    // The calls that were not connected are under 30 seconds, and can be told apart.
    let later = json!({"callDirection": "inbound"});
    server.log_event("missed", "missed", "2025-10-12T10:30:00Z", later).await;
    let with_missed: Value = server.get(DETAILED).await.ok();
    assert_eq!(with_missed["durationBuckets"]["0-30s"], json!(3));
    assert_eq!(with_missed["connectedCalls"], answer["connectedCalls"]);
    assert_eq!(answer["connectedCalls"], json!(18));
    assert_eq!(answer["summary"]["avgDuration"], json!(159));
}

#[tokio::test]
async fn the_average_is_rounded() {
    let server = Server::start().await;
    for (n, seconds, average) in [(0, 1, 1), (1, 2, 2), (2, 1, 1), (3, 0, 1), (4, 0, 1), (5, 0, 1)]
    {
        server.log_ended_call(&format!("c{n}"), "2025-10-12T10:30:00Z", seconds, json!({})).await;
        // 1; 1.5; 1.33; 1; 0.8; 0.67
        assert_eq!(overview(&server, "").await.summary.avg_duration, average, "after {n}");
    }
}

#[tokio::test]
async fn missed_calls_came_in_and_ended_without_being_connected() {
    let server = Server::start().await;
    let inbound = || json!({"callDirection": "inbound"});
    let at = "2025-10-12T10:30:00Z";
    let later = "2025-10-12T10:31:00Z";
    server.log_event("incoming", "still-rings", at, inbound()).await;
    server.log_event("incoming", "connected", at, inbound()).await;
    server.log_event("connected", "connected", later, inbound()).await;
    server.log_event("callEnded", "connected", later, inbound()).await;
    server.log_event("initiated", "outbound", at, json!({})).await;
    server.log_event("callEnded", "outbound", later, json!({})).await;
    let missed = async || overview(&server, "").await.summary.missed_calls;
    assert_eq!(missed().await, 0);
    server.log_event("missed", "missed", at, inbound()).await;
    server.log_event("failed", "failed", at, inbound()).await;
    server.log_event("callEnded", "still-rings", later, inbound()).await;
    assert_eq!(missed().await, 3);
    // It becomes known that they talked.
    server.log_event("callEnded", "missed", later, json!({"duration": 12})).await;
    let summary = overview(&server, "").await.summary;
    assert_eq!((summary.missed_calls, summary.total_calls), (2, 5));
    assert_eq!((summary.inbound_calls, summary.outbound_calls), (4, 1));
    // A call without an end counts as missed once it is abandoned.
    server.log_event("incoming", "silent", at, inbound()).await;
    assert_eq!(missed().await, 2);
    server.clock.advance(std::time::Duration::from_hours(5));
    server.app.sweep().await;
    assert_eq!(missed().await, 3);
}

#[tokio::test]
async fn top_customers_stand_by_calls_then_duration_then_id() {
    let server = Server::start().await;
    let at = "2025-10-12T10:30:00Z";
    for (n, (customer, seconds)) in
        [("C3", 10), ("C1", 10), ("C2", 11), ("C9", 1), ("C9", 1)].into_iter().enumerate()
    {
        server.log_ended_call(&format!("c{n}"), at, seconds, of(customer)).await;
    }
    server.log_ended_call("nobodys", at, 500, json!({})).await;
    let tops = async |query: &str| -> Vec<(String, i64, i64)> {
        let top = detailed(&server, query).await.top_customers;
        top.into_iter().map(|top| (top.customer_id, top.call_count, top.total_duration)).collect()
    };
    let row = |id: &str, calls, duration| (id.to_owned(), calls, duration);
    let expected = [row("C9", 2, 2), row("C2", 1, 11), row("C1", 1, 10), row("C3", 1, 10)];
    assert_eq!(tops("").await, expected);
    // The same from the calls alone, for a range shorter than a bucket.
    let within = "startDate=2025-10-12T10:30:00Z&endDate=2025-10-12T10:30:01Z";
    assert_eq!(tops(within).await, expected);
    assert!(tops("startDate=2025-10-12T10:30:01Z").await.is_empty());
    let first = detailed(&server, "").await.top_customers.remove(0);
    assert_eq!(first.customer_name.as_deref(), Some("Name C9"));
    assert_eq!(first.phone_number.as_deref(), Some("+919876543210"));
    for n in 10..20 {
        server.log_ended_call(&format!("c{n}"), at, 1, of(&format!("D{n}"))).await;
    }
    let ids: Vec<String> = tops("").await.into_iter().map(|(id, ..)| id).collect();
    assert_eq!(ids, ["C9", "C2", "C1", "C3", "D10", "D11", "D12", "D13", "D14", "D15"]);
    // A call that turns out to be another customer's counts for that customer.
    let call = of("C3");
    server.log_event("note", "c3", "2025-10-12T10:40:00Z", call).await;
    assert_eq!(tops("").await[0], row("C3", 2, 11));
}

#[tokio::test]
async fn ranges_are_exact_also_within_a_bucket() {
    let server = Server::start().await;
    for minute in 0..60 {
        let start = format!("2025-10-12T10:{minute:02}:00Z");
        server.log_ended_call(&format!("c{minute}"), &start, 1, of("C1")).await;
    }
    for (from, until, calls) in [
        ("10:00:00", "10:59:59", 60),
        ("10:15:00", "10:29:59.999", 15),
        ("10:15:00", "10:30:00", 16),
        ("10:14:00", "10:31:00", 18),
        ("10:14:00.001", "10:31:00", 17),
        ("10:16:00", "10:20:00", 5),
        ("10:16:00", "10:16:00", 1),
        ("10:16:00.001", "10:16:59.999", 0),
        ("10:07:00", "10:52:00", 46),
    ] {
        let range = format!("startDate=2025-10-12T{from}Z&endDate=2025-10-12T{until}Z");
        let all = overview(&server, &range).await;
        assert_eq!(all.summary.total_calls, calls, "{range}");
        assert_eq!(all.calls_by_date["2025-10-12"], calls, "{range}");
        assert_eq!(all.recent_calls.len(), usize::try_from(calls).unwrap(), "{range}");
        let one = overview(&server, &format!("{range}&customerId=C1")).await;
        assert_eq!(one.summary.total_calls, calls, "{range}");
        let top = detailed(&server, &range).await.top_customers;
        assert_eq!(top.first().map_or(0, |top| top.call_count), calls, "{range}");
        let other = overview(&server, &format!("{range}&customerId=C2")).await;
        assert_eq!(other.summary.total_calls, 0, "{range}");
    }
}

#[tokio::test]
async fn recent_calls_are_the_newest_and_as_many_as_asked_for() {
    let server = Server::start().await;
    for n in 10..25 {
        let customer = of(if n % 2 == 0 { "even" } else { "odd/1" });
        server
            .log_ended_call(&format!("c{n}"), &format!("2025-10-{n}T10:00:00Z"), 4, customer)
            .await;
    }
    let recent = overview(&server, "limit=2").await.recent_calls;
    assert_eq!((recent[0].call_sid.as_str(), recent[1].call_sid.as_str()), ("c24", "c23"));
    assert_eq!(recent.len(), 2);
    assert_eq!(overview(&server, "limit=1000000").await.recent_calls.len(), 15);
    assert_eq!(detailed(&server, "").await.recent_activity.len(), 10);
    let odd = overview(&server, "customerId=odd/1&endDate=2025-10-20").await;
    assert_eq!((odd.summary.total_calls, odd.summary.total_duration), (5, 20));
    assert_eq!(odd.recent_calls[0].call_sid, "c19");
    assert_eq!(odd.usage.limit, 100);
}

#[tokio::test]
async fn only_those_who_may_see_them_and_only_their_own() {
    let server = Server::start().await;
    server.add_other_client().await;
    server.log_ended_call("c1", "2025-10-12T10:00:00Z", 4, of("C1")).await;
    let get = async |path: &str, key: Option<&str>| {
        let mut request = server.request(Method::GET, path);
        if let Some(key) = key {
            request = request.header("X-API-Key", key);
        }
        Answer::from_request(request).await
    };
    for path in [OVERVIEW, DETAILED] {
        get(path, None).await.problem(401, "missing_api_key");
        get(path, Some("nope")).await.problem(401, "invalid_api_key");
        let inside = "startDate=2025-10-12T09:59:00Z&endDate=2025-10-12T10:01:00Z";
        for query in ["", "customerId=C1", inside] {
            let other: Value = get(&format!("{path}?{query}"), Some(OTHER_KEY)).await.ok();
            assert_eq!(other["summary"]["totalCalls"], json!(0), "{path}?{query}");
            assert!(!other.to_string().contains("C1"), "{other}");
        }
    }
    server.run_sql("UPDATE clients SET plan = 'trial' WHERE client_id = 'client-other'").await;
    server
        .run_sql("UPDATE credentials SET scopes = '[\"ribbon\",\"export\"]' WHERE credential_id = 'key-demo'")
        .await;
    for path in [OVERVIEW, DETAILED] {
        get(path, Some(OTHER_KEY)).await.problem(403, "feature_not_in_plan");
        server.get(path).await.problem(403, "scope_missing");
    }
}

#[tokio::test]
async fn a_wrong_query_is_refused_by_its_name() {
    let server = Server::start().await;
    for (field, query) in [
        ("startDate", "startDate=soon"),
        ("endDate", "endDate=2025-13-01"),
        ("startDate", "startDate=2025-10-13&endDate=2025-10-12"),
        ("startDate", "startDate=2025-10-12T10:00:01Z&endDate=2025-10-12T10:00:00Z"),
        ("timezone", "timezone=Mars/Olympus"),
        ("timezone", "timezone=%2B05:30"),
    ] {
        for path in [OVERVIEW, DETAILED] {
            assert_eq!(
                server.get(&format!("{path}?{query}")).await.wrong_field(),
                field,
                "{query}"
            );
        }
    }
    for query in ["limit=0", "limit=-1", "limit=many"] {
        assert_eq!(server.get(&format!("{OVERVIEW}?{query}")).await.wrong_field(), "limit");
    }
    let twice = server.get(&format!("{OVERVIEW}?limit=1&limit=2")).await;
    twice.problem(400, "invalid_request");
    // Dates far away are not an error.
    let far = server.get(&format!("{OVERVIEW}?startDate=0001-01-01&endDate=9999-12-31")).await;
    assert_eq!(far.status, 200, "{}", far.text);
}
