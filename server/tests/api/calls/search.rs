//! Tests the search for calls: each filter against a simple one over the same calls.

mod breakdown;
mod many;
mod refused;

use crate::analytics::totals::Seeded;
use crate::support::{Answer, KEY, OTHER_KEY, Server};
use call_ribbon_shared::wire::{CallHistory, Logged};
use chrono::{DateTime, Datelike as _, Timelike as _};
use chrono_tz::{America, Asia, Tz};
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/ribbon/calls?list=all";

type Plain = Box<dyn Fn(&Value) -> bool>;

/// Logs so many calls of all kinds, around a night in which New York changes its clocks.
async fn seed(server: &Server, calls: usize) {
    let mut random = Seeded(11);
    let mut events = Vec::new();
    let mut judged = Vec::new();
    for n in 0..calls {
        let sid = format!("Call_{n:03}%");
        // Several start at once.
        let start = 1_762_041_600 + i64::try_from(random.next(400)).unwrap() * 1_200;
        let at = |seconds: i64| DateTime::from_timestamp(start + seconds, 0).unwrap().to_rfc3339();
        let direction = random.one_of(&["inbound", "outbound"]);
        let mut customer = json!({"context": {}, "metadata": {}});
        if random.next(5) > 0 {
            let id = random.next(12);
            customer["customerId"] = json!(format!("Cust/{id}"));
            customer["name"] =
                json!(random.one_of(&["Asha Rao", "Zoë MÜLLER", "राहुल", "50% Off_Ltd"]));
        }
        if random.next(4) > 0 {
            customer["agentId"] = json!(random.one_of(&["a1", "a2", "Straße"]));
        }
        if random.next(4) > 0 {
            customer["callType"] = json!(random.one_of(&["sales", "care"]));
        }
        let due = random.next(7);
        customer["context"]["due"] = [
            json!(30),
            json!(30.0),
            json!(-1.5),
            json!("30"),
            json!(true),
            json!(null),
            json!([30]),
        ][due]
            .clone();
        if random.next(2) > 0 {
            customer["context"]["plan"] =
                json!({"name": random.one_of(&["Gold", "gold", "true", ""])});
            customer["metadata"]["campaign"] = json!(random.one_of(&["renewals", "spring \"26\""]));
        }
        let phone = random.one_of(&["+919876543210", "098765 43210", "+14155550100", "112"]);
        let first = if direction == "inbound" { "incoming" } else { "initiated" };
        let data = json!({"callSid": sid, "phoneNumber": phone, "callDirection": direction,
            "customerData": customer});
        events.push(json!({"event": first, "timestamp": at(0), "data": data}));
        let end = match random.next(6) {
            0 => continue,
            1 => json!({"event": "failed", "timestamp": at(2), "data": {"callSid": sid}}),
            2 => json!({"event": "missed", "timestamp": at(20), "data": {"callSid": sid}}),
            _ => {
                let seconds = random.one_of(&[0, 1, 29, 30, 60, 61, 600]);
                let data = json!({"callSid": sid, "duration": seconds});
                json!({"event": "callEnded", "timestamp": at(seconds + 5), "data": data})
            }
        };
        events.push(end);
        if random.next(3) == 0 {
            judged.push((sid, random.one_of(&["paid", "later"])));
        }
    }
    for batch in events.chunks(500) {
        server.post_json("/api/ribbon/log-calls", json!({"events": batch})).await.ok::<Value>();
    }
    for call in pages(server, PATH, 500).await {
        let sid = call["callSid"].as_str().unwrap();
        if let Some((_, word)) = judged.iter().find(|(judged, _)| judged == sid) {
            let path = format!("/api/ribbon/calls/{}", call["sessionId"].as_str().unwrap());
            let request = server.request(Method::PATCH, &path).header("X-API-Key", KEY);
            Answer::from_request(request.json(&json!({"disposition": word}))).await.ok::<Value>();
        }
    }
}

/// Returns all pages of a list, in order.
async fn pages(server: &Server, path: &str, limit: usize) -> Vec<Value> {
    let mut calls = Vec::new();
    let mut cursor = String::new();
    loop {
        let page: Value = server.get(&format!("{path}&limit={limit}&cursor={cursor}")).await.ok();
        let listed = page["calls"].as_array().unwrap();
        assert!(listed.len() <= limit);
        calls.extend(listed.iter().cloned());
        let Some(next) = page["nextCursor"].as_str() else { return calls };
        assert_ne!(cursor, next, "{path}");
        next.clone_into(&mut cursor);
    }
}

fn names(calls: &[Value]) -> Vec<&str> {
    calls.iter().map(|call| call["callSid"].as_str().unwrap()).collect()
}

fn seconds(call: &Value) -> i64 {
    call["duration"].as_i64().unwrap_or(0)
}

fn talked(call: &Value) -> bool {
    call["connectedTime"].is_string() || seconds(call) > 0
}

fn is(path: &'static str, wanted: &'static str) -> Plain {
    Box::new(move |call| call.pointer(path).is_some_and(|value| value == wanted))
}

fn started(call: &Value, zone: Tz) -> DateTime<Tz> {
    let at = DateTime::parse_from_rfc3339(call["startTime"].as_str().unwrap()).unwrap();
    at.with_timezone(&zone)
}

/// The texts that a search is compared with.
fn holds(text: &'static str) -> Plain {
    Box::new(move |call| {
        let shown = ["/customerData/name", "/customerData/customerId", "/callSid", "/sessionId"];
        let mut shown = shown.iter().filter_map(|path| call.pointer(path)?.as_str());
        shown.any(|shown| shown.to_lowercase().contains(text))
    })
}

fn of_number(text: &'static str, digits: &'static str) -> Plain {
    Box::new(move |call| {
        let digits_of = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        digits_of(call["phoneNumber"].as_str().unwrap()).contains(digits) || holds(text)(call)
    })
}

fn due(wanted: impl Fn(&Value) -> bool + 'static) -> Plain {
    Box::new(move |call| wanted(&call["customerData"]["context"]["due"]))
}

fn filters() -> Vec<(&'static str, Plain)> {
    let kolkata = Asia::Kolkata;
    vec![
        ("", Box::new(|_| true)),
        (
            "startDate=2025-11-02T06:00:00Z",
            Box::new(|call| call["startTime"].as_str() >= Some("2025-11-02T06:00:00Z")),
        ),
        (
            "endDate=2025-11-02&timezone=Asia/Kolkata",
            Box::new(move |call| started(call, kolkata).day() <= 2),
        ),
        ("agentId=a1", is("/agentId", "a1")),
        (
            "agentId=Stra%C3%9Fe&customerId=Cust/3",
            Box::new(|call| {
                call["agentId"] == "Straße" && call["customerData"]["customerId"] == "Cust/3"
            }),
        ),
        ("customerId=Cust/3", is("/customerData/customerId", "Cust/3")),
        ("customerId=cust/3", Box::new(|_| false)),
        ("status=missed", is("/status", "missed")),
        (
            "status=missed,active,missed,failed",
            Box::new(|call| {
                ["missed", "active", "failed"].contains(&call["status"].as_str().unwrap())
            }),
        ),
        ("callDirection=inbound", is("/callDirection", "inbound")),
        ("callType=sales", is("/customerData/callType", "sales")),
        ("disposition=paid", is("/disposition", "paid")),
        ("connected=true", Box::new(talked)),
        ("connected=false", Box::new(|call| !talked(call))),
        ("minDuration=30", Box::new(|call| seconds(call) >= 30)),
        ("maxDuration=0", Box::new(|call| seconds(call) == 0)),
        ("minDuration=1&maxDuration=60", Box::new(|call| (1..=60).contains(&seconds(call)))),
        ("search=RAO", holds("rao")),
        ("search=z%C3%B6%C3%AB", Box::new(|_| false)),
        ("search=%C3%AB+m%C3%BCLL", holds("ë müll")),
        ("search=%E0%A4%B0%E0%A4%BE", holds("रा")),
        ("search=%25", holds("%")),
        ("search=_", holds("_")),
        ("search=0%25+off_", holds("0% off_")),
        ("search=cust/1", holds("cust/1")),
        ("search=all_01", holds("all_01")),
        ("search=Call_017%25", is("/callSid", "Call_017%")),
        ("search=76+54", of_number("76 54", "7654")),
        ("search=(415)", of_number("(415)", "415")),
        // A whole number is looked up, with its plus sign even if it arrived as a space.
        ("search=%2B919876543210", is("/phoneNumber", "+919876543210")),
        ("search=+14155550100", is("/phoneNumber", "+14155550100")),
        ("search=112", is("/phoneNumber", "112")),
        (
            "search=112&status=missed",
            Box::new(|call| call["phoneNumber"] == "112" && call["status"] == "missed"),
        ),
    ]
}

/// Filters on the sent data, and on hours and days.
fn further_filters() -> Vec<(&'static str, Plain)> {
    let kolkata = Asia::Kolkata;
    let new_york = America::New_York;
    vec![
        (
            "field=context.due&value=30",
            due(|due| due.as_f64() == Some(30.0) || due == "30" || due.is_array()),
        ),
        ("field=context.due&value=30.0", due(|due| due.as_f64() == Some(30.0))),
        ("field=context.due&value=true", due(|due| due == true)),
        ("field=context.due&value=[30]", due(|_| false)),
        ("field=context.due&from=-1.5&to=30", due(|due| due.as_f64() == Some(-1.5))),
        ("field=context.due&from=-1", due(|due| due.as_f64() == Some(30.0))),
        ("field=context.due&to=30", due(|due| due.as_f64() == Some(-1.5))),
        ("field=context.due&missing=true", due(Value::is_null)),
        ("field=context.plan.name&value=gold", is("/customerData/context/plan/name", "gold")),
        ("field=context.plan.name&value=true", is("/customerData/context/plan/name", "true")),
        (
            "field=context.plan.name&missing=true",
            Box::new(|call| {
                call["customerData"]["context"]["plan"]["name"].as_str().is_none_or(str::is_empty)
            }),
        ),
        (
            "field=metadata.campaign&value=spring+%2226%22",
            is("/customerData/metadata/campaign", "spring \"26\""),
        ),
        (
            "field=callType&missing=true",
            Box::new(|call| call["customerData"].get("callType").is_none()),
        ),
        ("field=agentId&missing=true", Box::new(|call| call["agentId"].is_null())),
        ("field=disposition&missing=true", Box::new(|call| call.get("disposition").is_none())),
        ("field=status&value=completed", is("/status", "completed")),
        ("field=callDirection&value=outbound", is("/callDirection", "outbound")),
        (
            "hour=1&timezone=America/New_York",
            Box::new(move |call| started(call, new_york).hour() == 1),
        ),
        (
            "hour=4&hourTo=6&timezone=Asia/Kolkata",
            Box::new(move |call| (4..=6).contains(&started(call, kolkata).hour())),
        ),
        ("hour=5&timezone=Asia/Kolkata", Box::new(move |call| started(call, kolkata).hour() == 5)),
        (
            "weekday=0&timezone=America/New_York",
            Box::new(move |call| started(call, new_york).weekday().num_days_from_sunday() == 0),
        ),
        (
            "hour=23&weekday=1&timezone=America/New_York",
            Box::new(move |call| {
                (
                    started(call, new_york).hour(),
                    started(call, new_york).weekday().num_days_from_sunday(),
                ) == (23, 1)
            }),
        ),
        (
            "weekday=3",
            Box::new(move |call| started(call, Tz::UTC).weekday().num_days_from_sunday() == 3),
        ),
        (
            "callDirection=outbound&connected=true&maxDuration=600&search=a&field=context.due&from=0&weekday=1",
            Box::new(|call| {
                call["callDirection"] == "outbound"
                    && talked(call)
                    && holds("a")(call)
                    && call["customerData"]["context"]["due"].as_f64().is_some_and(|due| due >= 0.0)
                    && started(call, Tz::UTC).weekday().num_days_from_sunday() == 1
            }),
        ),
    ]
}

#[tokio::test]
async fn every_filter_finds_what_it_says_in_every_order() {
    let server = Server::start().await;
    server.add_other_client().await;
    let others = json!({"apiKey": OTHER_KEY, "event": "initiated",
        "timestamp": "2025-11-02T00:00:00Z", "data": {"callSid": "Call_000%"}});
    server.post_json("/api/ribbon/log-call", others).await.ok::<Logged>();
    seed(&server, 300).await;
    let newest = pages(&server, PATH, 500).await;
    assert_eq!(newest.len(), 300);
    let key = |call: &Value| {
        (
            call["startTime"].as_str().unwrap().to_owned(),
            call["callSid"].as_str().unwrap().to_owned(),
        )
    };
    assert!(newest.is_sorted_by(|a, b| key(a) > key(b)));
    let mut found_any = 0;
    for (query, plain) in filters().into_iter().chain(further_filters()) {
        let right: Vec<Value> = newest.iter().filter(|call| plain(call)).cloned().collect();
        found_any += usize::from(!right.is_empty());
        let path = format!("{PATH}&{query}");
        assert_eq!(names(&pages(&server, &path, 500).await), names(&right), "{query}");
        assert_eq!(names(&pages(&server, &path, 41).await), names(&right), "{query} by 41");
        let mut oldest = right.clone();
        oldest.reverse();
        let path_oldest = format!("{path}&sort=oldest");
        assert_eq!(names(&pages(&server, &path_oldest, 37).await), names(&oldest), "{query}");
        let mut longest = right.clone();
        longest.retain(|call| call["status"] != "active");
        longest.sort_by_key(|call| std::cmp::Reverse((seconds(call), key(call))));
        let sorted = format!("{path}&sort=longest");
        assert_eq!(names(&pages(&server, &sorted, 61).await), names(&longest), "{query}, longest");
        longest.reverse();
        let sorted = format!("{path}&sort=shortest");
        assert_eq!(names(&pages(&server, &sorted, 61).await), names(&longest), "{query}, shortest");
        // A file has the calls of the list, with what agents wrote.
        let file: Value = server.get(&format!("/api/ribbon/export/calls?{query}")).await.ok();
        assert_eq!(file["calls"], json!(right), "{query}");
        let csv = format!("/api/ribbon/export/calls?{query}&sort=oldest&format=csv");
        let csv = server.get(&csv).await.text;
        let sessions: Vec<&str> =
            csv.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
        let right: Vec<&str> =
            oldest.iter().map(|call| call["sessionId"].as_str().unwrap()).collect();
        assert_eq!(sessions, right, "{query}");
    }
    assert!(found_any > 50, "only {found_any} filters found a call");

    let one = newest[17]["sessionId"].as_str().unwrap();
    assert_eq!(
        names(&pages(&server, &format!("{PATH}&search={one}"), 5).await),
        names(&newest[17..18])
    );
    // Another client's key finds only that client's call.
    let theirs = server.request(Method::GET, PATH).header("X-API-Key", OTHER_KEY);
    let theirs: CallHistory = Answer::from_request(theirs).await.ok();
    assert_eq!(theirs.calls.len(), 1);
    let stranger = format!("{PATH}&search={one}");
    let stranger = server.request(Method::GET, &stranger).header("X-API-Key", OTHER_KEY);
    assert_eq!(Answer::from_request(stranger).await.ok::<CallHistory>().calls.len(), 0);
}

#[tokio::test]
async fn notes_are_searched_and_all_matches_are_counted() {
    let server = Server::start().await;
    seed(&server, 120).await;
    let whole: CallHistory = server.get(&format!("{PATH}&limit=500")).await.ok();
    let session = &whole.calls[3].session_id;
    let notes = json!({"notes": "Zahlt per Überweisung, ask for UPI"});
    let request = server.request(Method::PATCH, &format!("/api/ribbon/calls/{session}"));
    let saved = Answer::from_request(request.header("X-API-Key", KEY).json(&notes)).await;
    assert_eq!(saved.status, 200, "{}", saved.text);
    for text in ["UPI", "upi", "für", "ÜBERWEISUNG"] {
        let found: CallHistory = server.get(&format!("{PATH}&search={text}")).await.ok();
        let found: Vec<&String> = found.calls.iter().map(|call| &call.session_id).collect();
        let expected = if text == "für" { vec![] } else { vec![session] };
        assert_eq!(found, expected, "{text}");
    }
    for query in [
        "",
        "&callDirection=inbound",
        "&status=completed&connected=true",
        "&agentId=a1",
        "&agentId=a1&customerId=Cust/3",
        "&hour=10&timezone=America/New_York",
        "&weekday=0&timezone=America/New_York",
        "&sort=longest",
        "&minDuration=60&sort=shortest",
        "&startDate=2025-11-03&endDate=2025-11-04",
        "&startDate=2031-01-01&hour=3",
    ] {
        let all: CallHistory = server.get(&format!("{PATH}&limit=500{query}")).await.ok();
        assert_eq!(all.total, None);
        let counted: CallHistory =
            server.get(&format!("{PATH}&limit=1&total=true{query}")).await.ok();
        assert_eq!(counted.total, i64::try_from(all.calls.len()).ok(), "{query}");
    }
    // What only reading the calls would tell is not counted.
    for query in ["&search=rao", "&field=context.x&missing=true"] {
        let counted: CallHistory =
            server.get(&format!("{PATH}&limit=1&total=true{query}")).await.ok();
        assert_eq!(counted.total, None, "{query}");
    }
    assert_eq!(server.get(&format!("{PATH}&total=yes")).await.wrong_field(), "total");
}
