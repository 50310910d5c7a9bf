//! Measures how fast SQLite alone can insert the rows that the server has written.

use crate::clock::Stopwatch;
use crate::server::Setup;
use anyhow::{Context, Result};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};
use std::path::Path;

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
    db.close().await?;
    #[expect(clippy::cast_precision_loss, reason = "at most MOST")]
    Ok(events as f64 / took.as_secs_f64())
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
