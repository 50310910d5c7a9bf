//! Counts what logging writes to a SQLite file, so that a change which writes much more is noticed.
//! The counts do not depend on the machine. docs/internals/writing.md explains them.

use crate::support::database::wants_postgres;
use crate::support::{Database, SLOW, Server};
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};
use std::sync::Arc;

/// Calls that are stored before the measured group.
const STORED: usize = 2_000;
/// Calls in the measured group, each with one event: as many as wait together under load.
const GROUP: usize = 49;
/// The most pages that the group may write.
const MOST_PAGES: u64 = 400;
/// The most bytes of the database per stored call with one event.
const MOST_BYTES: i64 = 2_400;
/// A frame of the write-ahead log: a page and its header.
const FRAME: u64 = 4096 + 24;

/// Returns the events of new calls with customer and context. Ids are spread like those of real
/// calls.
fn new_calls(numbers: std::ops::Range<usize>) -> Value {
    let event = |n: usize| {
        let spread = n.wrapping_mul(0x9E37_79B9) % 0xFFFF_FFFF;
        let data = json!({
            "callSid": format!("{spread:08x}-7d2c-4a53-9d0f-{n:012x}"),
            "phoneNumber": format!("+9198{:08}", spread % 100_000_000),
            "callDirection": "outbound",
            "agentId": format!("agent-{}", n % 50),
            "customerData": {
                "customerId": format!("CUST-{}", spread % 50_000),
                "name": "Asha Rao",
                "context": {"amountDue": spread % 9_000, "product": "loan", "city": "Pune"},
            },
        });
        json!({"event": "initiated", "eventId": format!("{spread:08x}-{n}"), "data": data})
    };
    json!({"events": numbers.map(event).collect::<Vec<_>>()})
}

async fn log(server: &Server, numbers: std::ops::Range<usize>) {
    let answer: Value = server.post_json("/api/ribbon/log-calls", new_calls(numbers)).await.ok();
    let results = answer["results"].as_array().unwrap();
    assert!(results.iter().all(|result| result["success"] == json!(true)), "{answer}");
}

#[tokio::test]
async fn a_group_of_new_calls_writes_few_pages() {
    if wants_postgres() {
        return;
    }
    let database = Arc::new(Database::in_file());
    let url = database.url();
    let server = Server::start_on(database, Arc::default(), SLOW).await;
    for first in (0..STORED).step_by(100) {
        log(&server, first..first + 100).await;
    }
    let mut beside = SqliteConnection::connect(&url).await.unwrap();
    let moved: (i64, i64, i64) =
        sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut beside).await.unwrap();
    assert_eq!(moved.0, 0, "the log could not be emptied");
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&mut beside).await.unwrap();
    let bytes = pages * 4096 / i64::try_from(STORED).unwrap();
    log(&server, STORED..STORED + GROUP).await;
    let wal = format!("{}-wal", url.trim_start_matches("sqlite:"));
    let written = std::fs::metadata(wal).unwrap().len() / FRAME;
    beside.close().await.unwrap();
    eprintln!("{written} pages for {GROUP} calls, {bytes} bytes a call");
    assert!((1..=MOST_PAGES).contains(&written), "{written} pages for {GROUP} calls");
    assert!(bytes <= MOST_BYTES, "{bytes} bytes a call");
}
