//! Compares the database with the acknowledged events and with what the rules make of them.

use super::events::Event;
use anyhow::{Context, Result, ensure};
use call_ribbon_shared::call::Call;
use chrono::DateTime;
use sqlx::any::{AnyRow, install_default_drivers};
use sqlx::{AnyPool, Row as _};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The tables of sums, each with an order for its rows.
const SUMS: [&str; 5] = [
    "SELECT * FROM totals ORDER BY 1, 2, 3",
    "SELECT * FROM customer_totals ORDER BY 1, 2, 3",
    "SELECT * FROM customer_weeks ORDER BY 1, 2, 3",
    "SELECT * FROM event_totals ORDER BY 1, 2, 3",
    "SELECT * FROM usage WHERE calls <> 0 ORDER BY 1, 2",
];

/// The counts of what was found correct.
#[derive(Debug)]
pub struct CheckedCounts {
    pub events: usize,
    pub calls: usize,
}

/// Reads the whole database and compares it with the events, each acknowledged under a log id.
pub async fn check_database(
    database: &str,
    acknowledged: &[(Event, String)],
) -> Result<CheckedCounts> {
    install_default_drivers();
    let pool = AnyPool::connect(database).await.context("the database cannot be opened")?;
    let found = check_all(&pool, acknowledged).await;
    pool.close().await;
    found
}

/// Returns how many of these events are not in the database.
pub async fn count_lost(database: &str, acknowledged: &[&str]) -> Result<usize> {
    install_default_drivers();
    let pool = AnyPool::connect(database).await.context("the database cannot be opened")?;
    let stored: Vec<String> =
        sqlx::query_scalar("SELECT event_id FROM events").fetch_all(&pool).await?;
    pool.close().await;
    let stored: HashSet<&str> = stored.iter().map(String::as_str).collect();
    Ok(acknowledged.iter().filter(|id| !stored.contains(*id)).count())
}

async fn check_all(pool: &AnyPool, acknowledged: &[(Event, String)]) -> Result<CheckedCounts> {
    let rows: Vec<(i64, String, String)> =
        sqlx::query_as("SELECT seq, event_id, log_id FROM events ORDER BY seq")
            .fetch_all(pool)
            .await?;
    for (place, (seq, ..)) in (1..).zip(&rows) {
        ensure!(*seq == place, "the feed has {seq} at place {place}");
    }
    let head: i64 = sqlx::query_scalar("SELECT seq FROM feed_heads").fetch_one(pool).await?;
    ensure!(usize::try_from(head) == Ok(rows.len()), "the head is {head} of {}", rows.len());

    let count = rows.len();
    let stored: HashMap<String, String> =
        rows.into_iter().map(|(_, event_id, log_id)| (event_id, log_id)).collect();
    ensure!(stored.len() == count, "{} events are there twice", count - stored.len());
    let lost = acknowledged.iter().filter(|(event, _)| !stored.contains_key(&event.id)).count();
    ensure!(lost == 0, "{lost} acknowledged events are lost");
    ensure!(count == acknowledged.len(), "{count} events are there of {}", acknowledged.len());
    let others = acknowledged.iter().filter(|(event, log_id)| stored[&event.id] != *log_id).count();
    ensure!(others == 0, "{others} events are there under another log id than was answered");

    let calls = check_calls(pool, acknowledged).await?;
    check_usage(pool, &calls).await?;
    Ok(CheckedCounts { events: count, calls: calls.len() })
}

/// Checks that each call is what the rules make of its events, in whatever order they arrived.
async fn check_calls(
    pool: &AnyPool,
    acknowledged: &[(Event, String)],
) -> Result<BTreeMap<String, Call>> {
    let mut expected: BTreeMap<String, Call> = BTreeMap::new();
    for (event, _) in acknowledged {
        expected.entry(event.call_sid.clone()).or_default().apply(&event.fact);
    }
    let rows: Vec<(String, String, Option<String>)> =
        sqlx::query_as("SELECT call_sid, state, customer FROM calls").fetch_all(pool).await?;
    ensure!(rows.len() == expected.len(), "{} calls of {}", rows.len(), expected.len());
    for (call_sid, state, customer) in rows {
        let call = Call::from_stored(&state, customer.as_deref())?;
        let expected = expected.get(&call_sid);
        ensure!(Some(&call) == expected, "{call_sid} is {call:?} and should be {expected:?}");
    }
    Ok(expected)
}

/// Checks that each month's usage is the number of calls that started in it; the demo client's zone
/// is UTC.
async fn check_usage(pool: &AnyPool, calls: &BTreeMap<String, Call>) -> Result<()> {
    let mut expected: BTreeMap<String, i64> = BTreeMap::new();
    for call in calls.values() {
        let start = call.started_at().and_then(DateTime::from_timestamp_millis);
        let start = start.context("a call without a start")?;
        *expected.entry(start.format("%Y-%m").to_string()).or_default() += 1;
    }
    let usage: Vec<(String, i64)> =
        sqlx::query_as("SELECT month, calls FROM usage WHERE calls <> 0").fetch_all(pool).await?;
    let usage: BTreeMap<String, i64> = usage.into_iter().collect();
    ensure!(usage == expected, "usage is {usage:?} and should be {expected:?}");
    Ok(())
}

/// Compares the sums and the usage of two databases and returns the number of rows.
pub async fn compare_sums(one: &str, other: &str) -> Result<usize> {
    let (one, other) = (AnyPool::connect(one).await?, AnyPool::connect(other).await?);
    let mut count = 0;
    for sql in SUMS {
        let rows = sqlx::query(sql).fetch_all(&one).await?;
        let others = sqlx::query(sql).fetch_all(&other).await?;
        ensure!(rows.len() == others.len(), "{sql}: {} rows and {}", rows.len(), others.len());
        for (row, other) in rows.iter().zip(&others) {
            let (row, other) = (row_texts(row), row_texts(other));
            ensure!(row == other, "{sql}: {row:?} and {other:?}");
        }
        count += rows.len();
    }
    one.close().await;
    other.close().await;
    Ok(count)
}

/// Returns a row's cells as texts.
fn row_texts(row: &AnyRow) -> Vec<String> {
    let cell = |place| match row.try_get::<Option<i64>, _>(place) {
        Ok(number) => format!("{number:?}"),
        Err(_) => format!("{:?}", row.try_get::<Option<String>, _>(place)),
    };
    (0..row.len()).map(cell).collect()
}
