//! Tests a client's retention, and what is left afterwards.

use crate::support::{ADMIN_TOKEN, Answer, KEY, Server};
use call_ribbon_shared::wire::{CallLogs, Logged};
use chrono::{DateTime, SecondsFormat, TimeDelta};
use reqwest::Method;
use serde_json::{Value, json};
use std::process::Command;

const CLIENT: &str = "/api/admin/clients/client-demo";
const RETENTION: &str = "/api/admin/clients/client-demo/retention";

async fn admin(server: &Server, method: Method, path: &str, body: Value) -> Answer {
    Answer::from_request(server.request(method, path).bearer_auth(ADMIN_TOKEN).json(&body)).await
}

async fn keep(server: &Server, retention: Value) -> Value {
    let body = json!({"retention": retention});
    admin(server, Method::PATCH, CLIENT, body).await.ok::<Value>()["retention"].clone()
}

async fn run(server: &Server, body: Value) -> Value {
    admin(server, Method::POST, &format!("{RETENTION}/run"), body).await.ok()
}

fn numbers(report: &Value) -> (i64, i64, i64) {
    let number = |name: &str| report[name].as_i64().unwrap();
    (number("calls"), number("events"), number("notes"))
}

async fn logged(server: &Server, query: &str) -> i64 {
    server.get(&format!("/api/ribbon/call-logs{query}")).await.ok::<CallLogs>().pagination.total
}

/// Returns the totals and the months of calls, as stored in the database.
async fn sums(server: &Server) -> (Vec<String>, Vec<String>) {
    let months = "SELECT month || ' ' || calls FROM usage WHERE calls > 0 ORDER BY month";
    let mut totals = server.read_totals().await;
    totals.retain(|row| !row.contains("|event "));
    (totals, server.database.read_texts(months).await)
}

/// Returns the calls of all rows of a log, read by page number and again by cursor.
async fn walked(server: &Server, query: &str) -> Vec<String> {
    let logs = async |more: String| -> CallLogs {
        server.get(&format!("/api/ribbon/call-logs?pageSize=300{query}{more}")).await.ok()
    };
    let sids = |logs: &CallLogs| -> Vec<String> {
        let data = logs.logs.iter().map(|row| row.data.get());
        let sid = |data: &str| -> Value { serde_json::from_str(data).unwrap() };
        data.map(|data| sid(data)["callSid"].as_str().unwrap().to_owned()).collect()
    };
    let (mut by_page, mut by_cursor) = (Vec::new(), Vec::new());
    let first = logs(String::new()).await.pagination;
    for page in 1..=first.total_pages + 1 {
        by_page.append(&mut sids(&logs(format!("&page={page}")).await));
    }
    let mut next = Some(String::new());
    while let Some(cursor) = next {
        let found = logs(format!("&cursor={cursor}")).await;
        by_cursor.append(&mut sids(&found));
        next = found.pagination.next_cursor;
    }
    assert_eq!(by_page, by_cursor, "{query}");
    assert_eq!(first.total, i64::try_from(by_page.len()).unwrap(), "{query}");
    by_page.sort_unstable();
    by_page
}

#[tokio::test]
async fn calls_go_and_their_sums_stay() {
    let server = Server::start().await;
    let customer = json!({"customerData": {"customerId": "c1", "name": "Asha"}});
    for (sid, start) in [
        ("a", "2025-10-12T10:30:00Z"),
        ("b", "2025-10-12T10:31:00Z"),
        ("c", "2025-10-14T08:00:00Z"),
    ] {
        server.log_ended_call(sid, start, 40, customer.clone()).await;
    }
    let id = server.get("/api/ribbon/call-logs").await.ok::<CallLogs>().logs[2].session_id.clone();
    let notes = server.request(Method::PATCH, &format!("/api/ribbon/calls/{id}"));
    let notes = notes.header("X-API-Key", KEY).json(&json!({"notes": "n"}));
    Answer::from_request(notes).await.ok::<Value>();
    server.log_ended_call("new", &server.time_now(), 5, json!({})).await;
    server.log_event("initiated", "active", "2025-10-13T10:30:00Z", json!({})).await.ok::<Logged>();
    let before = sums(&server).await;

    // Nothing is set, so nothing is removed.
    assert_eq!(numbers(&run(&server, json!({})).await), (0, 0, 0));
    assert_eq!(
        keep(&server, json!({"callsDays": 100})).await,
        json!({"eventsDays": null, "callsDays": 100})
    );
    let look: Value = admin(&server, Method::GET, RETENTION, json!({})).await.ok();
    assert_eq!((numbers(&look), &look["eventsBefore"]), ((3, 6, 1), &Value::Null));
    assert_eq!(numbers(&run(&server, json!({"dryRun": true})).await), (3, 6, 1));
    assert_eq!(logged(&server, "").await, 5);
    // A call in progress keeps what began after it.
    let report = run(&server, json!({})).await;
    assert_eq!((numbers(&report), &report["complete"]), ((2, 4, 1), &json!(true)));
    assert_eq!(logged(&server, "").await, 3);
    let end = json!({"duration": 60});
    server.log_event("callEnded", "active", "2025-10-13T10:32:00Z", end).await.ok::<Logged>();
    let before = {
        let after = sums(&server).await;
        assert_ne!(after, before);
        after
    };
    assert_eq!(numbers(&run(&server, json!({})).await), (2, 4, 0));
    assert_eq!(logged(&server, "?event=all").await, 2);
    assert_eq!(sums(&server).await, before);
    assert!(server.rebuild_analytics().await.contains("nothing differed"));
    assert_eq!(sums(&server).await, before);

    // Events of that time are accepted, visible until they are removed in turn, and then no longer
    // counted.
    server.log_ended_call("a", "2025-10-12T10:30:00Z", 40, customer).await;
    assert_eq!(logged(&server, "").await, 2);
    assert_ne!(sums(&server).await, before);
    server.app.enforce_retention().await;
    assert_eq!((logged(&server, "").await, sums(&server).await), (1, before));

    // A listener from the beginning receives what is left, and then what follows.
    let mut stream = server.events_after(0).await;
    assert_eq!(stream.next_event().await.unwrap().call_sid, "new");
    assert_eq!(stream.next_event().await.unwrap().call_sid, "new");
    server.log_event("ringing", "next", &server.time_now(), json!({})).await.ok::<Logged>();
    assert_eq!(stream.next_event().await.unwrap().call_sid, "next");
}

#[tokio::test]
async fn events_go_before_their_calls_but_for_the_latest() {
    let server = Server::start().await;
    for n in 0..3 {
        let sid = format!("old{n}");
        server.log_event("ringing", &sid, "2025-10-12T10:29:00Z", json!({})).await.ok::<Logged>();
        server.log_ended_call(&sid, "2025-10-12T10:30:00Z", 7, json!({})).await;
    }
    server.log_event("initiated", "active", "2025-10-12T10:30:00Z", json!({})).await.ok::<Logged>();
    server.log_event("ringing", "active", "2025-10-12T10:31:00Z", json!({})).await.ok::<Logged>();
    let before = (sums(&server).await, server.get("/api/ribbon/call-logs").await.text);
    keep(&server, json!({"eventsDays": 30})).await;
    assert_eq!(numbers(&run(&server, json!({"dryRun": true})).await), (0, 6, 0));
    assert_eq!(numbers(&run(&server, json!({})).await), (0, 6, 0));
    assert_eq!(numbers(&run(&server, json!({})).await), (0, 0, 0));
    assert_eq!(logged(&server, "?event=all").await, 5);
    assert_eq!(before, (sums(&server).await, server.get("/api/ribbon/call-logs").await.text));
    // A late repeat does not change its call.
    server.log_event("ringing", "old1", "2025-10-12T10:29:00Z", json!({})).await.ok::<Logged>();
    assert_eq!(before, (sums(&server).await, server.get("/api/ribbon/call-logs").await.text));
}

#[tokio::test]
async fn wrong_times_and_strangers_are_refused() {
    let server = Server::start().await;
    for (field, body) in [
        ("retention.callsDays", json!({"callsDays": 0})),
        ("retention.eventsDays", json!({"eventsDays": 36_501})),
        ("retention.eventsDays", json!({"eventsDays": "x"})),
    ] {
        let body = json!({"retention": body});
        assert_eq!(admin(&server, Method::PATCH, CLIENT, body).await.wrong_field(), field);
    }
    let path = format!("{RETENTION}/run");
    assert_eq!(
        admin(&server, Method::POST, &path, json!({"dryRun": 1})).await.wrong_field(),
        "dryRun"
    );
    let unknown = path.replace("client-demo", "nobody");
    admin(&server, Method::POST, &unknown, json!({})).await.problem(404, "not_found");
    let nobody = RETENTION.replace("client-demo", "nobody");
    admin(&server, Method::GET, &nobody, json!({})).await.problem(404, "not_found");
    let request = server.request(Method::POST, &path).header("X-API-Key", KEY).json(&json!({}));
    assert_eq!(Answer::from_request(request).await.status, 401);
}

#[tokio::test]
async fn it_is_set_and_run_by_the_command_line_too() {
    let server = Server::start().await;
    server.log_ended_call("a", "2025-10-12T10:30:00Z", 40, json!({})).await;
    let say = async |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_call-ribbon"));
        command.args(args).args(["--database", &server.database.url()]);
        let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    };
    say(&["client", "retention", "client-demo", "--calls-days", "100", "--events-days", "30"])
        .await;
    say(&["client", "retention", "client-demo", "--events-days", "forever"]).await;
    let said = say(&["retention", "--client", "client-demo", "--dry-run"]).await;
    assert!(said.contains("Would be deleted: 1 calls, 2 events, 0 notes."), "{said}");
    let said = say(&["retention", "--client", "client-demo"]).await;
    assert!(said.contains("Deleted: 1 calls, 2 events, 0 notes."), "{said}");
    assert_eq!(logged(&server, "").await, 0);
}

#[tokio::test]
async fn the_log_has_a_page_for_each_row_that_is_left_and_no_other() {
    let server = Server::start().await;
    let now = DateTime::parse_from_rfc3339(&server.time_now()).unwrap();
    let at = |n: i64, seconds: i64| {
        let at = now - TimeDelta::minutes(60 * n + 7) + TimeDelta::seconds(seconds);
        at.to_rfc3339_opts(SecondsFormat::Secs, true).replace("+00:00", "Z")
    };
    let call = |n: i64| {
        let data = json!({"callSid": format!("c{n:04}"), "duration": 9,
            "callDirection": if n % 3 == 0 { "inbound" } else { "outbound" },
            "customerData": {"customerId": format!("k{}", n % 2)}});
        [("initiated", 0), ("callEnded", 9)].map(
            |(event, seconds)| json!({"event": event, "data": data, "timestamp": at(n, seconds)}),
        )
    };
    let log = async |numbers: Vec<i64>| {
        for some in numbers.chunks(250) {
            let events: Vec<Value> = some.iter().copied().flat_map(call).collect();
            let answer = server.post_json("/api/ribbon/log-calls", json!({"events": events})).await;
            assert!(answer.status == 200 && !answer.text.contains("false"), "{}", answer.text);
        }
    };
    // One call per hour, over more than 80 days. All calls older than 70 days are removed, and of
    // those older than 30 days all but the last event.
    log((0..2_000).collect()).await;
    keep(&server, json!({"callsDays": 70, "eventsDays": 30})).await;
    assert_eq!(run(&server, json!({})).await["complete"], json!(true));
    // Some are logged so late that their time is no longer counted.
    log(vec![1_900, 1_950]).await;

    let kept = walked(&server, "").await;
    assert!((1_670..1_700).contains(&kept.len()), "{}", kept.len());
    let sids = "SELECT call_sid FROM calls ORDER BY call_sid";
    assert_eq!(kept, server.database.read_texts(sids).await);
    for (query, sql) in [
        ("&callDirection=inbound", "SELECT call_sid FROM calls WHERE direction = 'inbound'"),
        ("&customerId=k1", "SELECT call_sid FROM calls WHERE customer_id = 'k1'"),
        ("&event=all", "SELECT call_sid FROM events JOIN calls USING (client_id, call_seq)"),
        (
            "&event=initiated",
            "SELECT call_sid FROM events JOIN calls USING (client_id, call_seq)
              WHERE event = 'initiated'",
        ),
    ] {
        let mut wanted = server.database.read_texts(sql).await;
        wanted.sort_unstable();
        assert_eq!(walked(&server, query).await, wanted, "{query}");
    }
    assert!(server.rebuild_analytics().await.contains("nothing differed"));
    assert_eq!(walked(&server, "").await, kept);
    // Figures include everything that ever was logged.
    let figures: Value = server.get("/api/ribbon/analytics/detailed").await.ok();
    assert_eq!(figures["summary"]["totalCalls"], json!(2_002));
    let customer: Value = server.get("/api/ribbon/customer/k1/calls").await.ok();
    assert_eq!(customer["totalCalls"], json!(1_000));
}
