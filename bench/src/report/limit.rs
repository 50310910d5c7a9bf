//! Measures how fast a database alone can insert the rows that the server has written.

use crate::clock::Stopwatch;
use crate::server::Setup;
use anyhow::{Context, Result, ensure};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};
use std::path::Path;
use std::time::Duration;

/// Events per transaction.
const BATCH: i64 = 100;
/// The most events to copy.
const MOST: i64 = 100_000;

/// Copies what the server has written in `folder` into empty tables with the same schema. Returns
/// the events per second.
pub async fn measure_sqlite(folder: &Path, written: &Setup) -> Result<f64> {
    let empty = folder.join("plain.db");
    let setup = Setup {
        database: format!("sqlite:{}", empty.display()),
        ..Setup::new(written.program.clone(), String::new())
    };
    // The server creates the tables.
    setup.start().await?.stop().await?;
    let options = SqliteConnectOptions::new().filename(&empty);
    let options = options.journal_mode(SqliteJournalMode::Wal);
    let mut db = options.synchronous(SqliteSynchronous::Full).connect().await?;
    let source = folder.join("bench.db");
    sqlx::query("ATTACH $1 AS written")
        .bind(source.to_str().context("a path that is no text")?)
        .execute(&mut db)
        .await?;
    let events: i64 =
        sqlx::query_scalar("SELECT MAX(seq) FROM written.events").fetch_one(&mut db).await?;
    let events = events.min(MOST);
    let watch = Stopwatch::start();
    let mut first = 1;
    while first <= events {
        copy_batch(&mut db, first).await?;
        first += BATCH;
    }
    let took = watch.elapsed();
    let found: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM events").fetch_one(&mut db).await?;
    db.close().await?;
    check_rate(found, first, took)
}

/// Does the same in the database that the server has written on PostgreSQL.
pub async fn measure_postgres(address: &str) -> Result<f64> {
    let mut db = PgConnection::connect(address).await?;
    for sql in [
        "CREATE TABLE plain_events (LIKE events INCLUDING ALL)",
        "CREATE TABLE plain_calls (LIKE calls INCLUDING ALL)",
    ] {
        sqlx::query(sql).execute(&mut db).await?;
    }
    let events: i64 = sqlx::query_scalar("SELECT MAX(seq) FROM events").fetch_one(&mut db).await?;
    let events = events.min(MOST);
    let watch = Stopwatch::start();
    let mut first = 1;
    while first <= events {
        let mut tx = db.begin().await?;
        for sql in [
            "INSERT INTO plain_events SELECT * FROM events WHERE seq >= $1 AND seq < $2",
            "INSERT INTO plain_calls SELECT * FROM calls WHERE (client_id, call_seq) IN
                 (SELECT client_id, call_seq FROM events WHERE seq >= $1 AND seq < $2)
             ON CONFLICT (client_id, call_sid) DO UPDATE
                 SET last_seq = excluded.last_seq, state = excluded.state",
        ] {
            sqlx::query(sql).bind(first).bind(first + BATCH).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        first += BATCH;
    }
    let took = watch.elapsed();
    let found = sqlx::query_scalar("SELECT COUNT(*) FROM plain_events").fetch_one(&mut db).await?;
    db.close().await?;
    check_rate(found, first, took)
}

/// Returns the events per second. Fails unless all events before `next` were found.
fn check_rate(found: i64, next: i64, took: Duration) -> Result<f64> {
    ensure!(found > next - 1 - BATCH && found < next, "{found} events were copied, up to {next}");
    #[expect(clippy::cast_precision_loss, reason = "at most MOST")]
    Ok(found as f64 / took.as_secs_f64())
}

/// Copies one transaction's rows.
async fn copy_batch(db: &mut SqliteConnection, first: i64) -> Result<()> {
    let mut tx = db.begin_with("BEGIN IMMEDIATE").await?;
    let texts = [
        "INSERT INTO events SELECT * FROM written.events WHERE seq >= $1 AND seq < $2",
        "INSERT OR REPLACE INTO calls SELECT * FROM written.calls WHERE (client_id, call_seq) IN
             (SELECT client_id, call_seq FROM written.events WHERE seq >= $1 AND seq < $2)",
    ];
    for sql in texts {
        sqlx::query(sql).bind(first).bind(first + BATCH).execute(&mut *tx).await?;
    }
    Ok(tx.commit().await?)
}
